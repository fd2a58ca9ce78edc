//! Which projects an event belongs to, and what becomes of repositories.

use hookstead::events::{Repository, RepositoryAction, RepositoryEvent};
use hookstead::types::RepoName;

use super::because::Because;
use super::decision::SeenRepository;
use super::lookup::Lookup;
use super::planner::Planner;
use crate::config::Project;

impl<'a> Planner<'a> {
    /// The projects of a repository: by its name, else by the name that it had before.
    pub(super) fn projects(&mut self, repository: &Repository) -> Vec<&'a Project> {
        let repo = &repository.full_name;
        let config = self.config;
        let of = |name: &RepoName| -> Vec<&'a Project> {
            config.projects.iter().filter(|project| project.repo == *name).collect()
        };
        let projects = of(repo);
        if let Some(project) = projects.first() {
            let (id, name) = (repository.id, project.repo.clone());
            let default_branch = repository.default_branch.clone();
            self.decision.repository = Some(SeenRepository { id, name, default_branch });
            return projects;
        }
        let before = self.name(Lookup::NameOf { repository: repository.id });
        let projects = before.map(of).unwrap_or_default();
        if projects.is_empty() {
            self.nothing(Because::UnknownRepository { repo: repo.clone() });
        }
        for project in &projects {
            self.decision.notices.push(renamed(project, repo));
        }
        projects
    }

    pub(super) fn on_repository(&mut self, event: &RepositoryEvent, name: &str) {
        let is_renamed =
            matches!(event.action, RepositoryAction::Renamed | RepositoryAction::Transferred);
        let starts_nothing = Because::EventStartsNothing { event: name.to_owned() };
        let Some(repository) = event.repository.as_ref().filter(|_| is_renamed) else {
            return self.nothing(starts_nothing);
        };
        let repo = &repository.full_name;
        let Some(before) = name_before(event, repo) else { return self.nothing(starts_nothing) };
        let mut is_known = false;
        for project in self.config.projects.iter().filter(|project| project.repo == before) {
            is_known = true;
            self.nothing(renamed(project, repo));
        }
        if !is_known {
            self.nothing(starts_nothing);
        }
    }
}

fn renamed(project: &Project, to: &RepoName) -> Because {
    let (project, from) = (project.name.clone(), project.repo.clone());
    Because::Renamed { project, from, to: to.clone() }
}

fn name_before(event: &RepositoryEvent, now: &RepoName) -> Option<RepoName> {
    let changes = event.changes.as_ref()?;
    let name = changes.repository.as_ref().and_then(|it| it.name.as_ref()?.from.as_deref());
    let owner = changes.owner.as_ref().and_then(|it| it.from.as_ref());
    let user = owner.and_then(|owner| owner.user.as_ref()).map(|user| user.login.as_str());
    let organization = owner.and_then(|owner| owner.organization.as_ref());
    let owner = user.or(organization.map(|organization| organization.login.as_str()));
    RepoName::new(owner.unwrap_or(now.owner()), name.unwrap_or(now.name())).ok()
}
