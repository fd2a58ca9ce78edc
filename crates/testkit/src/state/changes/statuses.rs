use hookstead_types::{Sha, StatusState};
use serde_json::json;

use crate::objects::status::RecordedStatus;
use crate::payload;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// The values of a status that is to be made.
#[derive(Debug)]
pub(crate) struct NewStatus {
    pub(crate) state: StatusState,
    pub(crate) context: String,
    pub(crate) description: Option<String>,
    pub(crate) target_url: Option<String>,
}

impl NewStatus {
    pub(crate) fn new(state: StatusState, context: &str) -> Self {
        Self { state, context: context.to_owned(), description: None, target_url: None }
    }
}

impl World {
    /// Adds a status to a commit. `None`: the repository has no such commit.
    pub(crate) fn create_status(
        &mut self,
        at: RepositoryIndex,
        sha: &str,
        new: NewStatus,
        creator: &str,
    ) -> Option<RecordedStatus> {
        let (repository, mint) = self.parts(at);
        let sha: Sha = repository.history.get(sha)?.sha.clone();
        let status = RecordedStatus {
            id: mint.id(),
            sha,
            state: new.state,
            context: new.context,
            description: new.description,
            target_url: new.target_url,
            creator: creator.to_owned(),
            created_at: mint.now(),
        };
        repository.statuses.push(status.clone());
        self.announce_status(at, &status);
        Some(status)
    }

    fn announce_status(&mut self, at: RepositoryIndex, status: &RecordedStatus) {
        let repository = self.repository(at);
        let links = &self.links;
        let api = links.api_repository(&repository.name);
        let branches: Vec<_> = repository
            .own_branches()
            .filter(|(_, branch)| repository.history.contains(&branch.head, &status.sha))
            .map(|(name, branch)| {
                json!({
                    "name": name,
                    "commit": {
                        "sha": branch.head,
                        "url": format!("{api}/commits/{}", branch.head),
                    },
                    "protected": false,
                })
            })
            .collect();
        let commit = repository.history.get(status.sha.as_str());
        // `status` alone writes its own times with an offset instead of `Z`.
        let created_at = status.created_at.to_string().replace('Z', "+00:00");
        let payload = json!({
            "id": status.id,
            "sha": status.sha,
            "name": repository.name,
            "avatar_url": payload::user::avatar(links, &status.creator),
            "target_url": status.target_url,
            "context": status.context,
            "description": status.description,
            "state": status.state,
            "commit": commit.map(|commit| payload::commit::full(links, repository, commit)),
            "branches": branches,
            "created_at": created_at,
            "updated_at": created_at,
        });
        self.announce(at, "status", &status.creator, payload);
    }
}
