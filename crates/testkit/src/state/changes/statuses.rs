use hookstead_types::{Sha, StatusState};

use crate::objects::status::RecordedStatus;
use crate::state::occurrence::Event;
use crate::state::repository::Branch;
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
        self.work_on_queues(at);
        Some(status)
    }

    fn announce_status(&mut self, at: RepositoryIndex, status: &RecordedStatus) {
        let repository = self.repository(at);
        // With a thousand branches, to look for the status in each takes a millisecond.
        let is_heard = self.is_heard(at, "status");
        let has_it = |branch: &Branch| repository.history.contains(&branch.head, &status.sha);
        let branches = repository.own_branches().filter(|(_, branch)| is_heard && has_it(branch));
        let branches =
            branches.map(|(name, branch)| (name.to_owned(), branch.head.clone())).collect();
        let commit = repository.history.get(status.sha.as_str()).cloned().map(Box::new);
        let event = Event::Status { status: Box::new(status.clone()), branches, commit };
        self.announce(at, &status.creator, event);
    }
}
