use std::time::Duration;

use crate::state::merge::{MergeMethod, MergeRefusal};
use crate::state::merge_request::{MergeRequest, MergeRequestState, MergeWish};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// How long GitHub can tell what became of a request.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

impl World {
    /// Notes the wish. Whether it can be fulfilled is found out later.
    pub(crate) fn request_merge(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        wish: MergeWish,
        by: &str,
    ) -> MergeRequest {
        let (repository, mint) = self.parts(at);
        let request = MergeRequest {
            uuid: mint.guid(),
            number,
            wish,
            state: MergeRequestState::Pending,
            requested_at: mint.now(),
            by: by.to_owned(),
            asked: false,
        };
        repository.merge_requests.push(request.clone());
        request
    }

    /// What became of a request. Who asks for the first time is told that it is pending; only then
    /// it is carried out, so that a client always has something to wait for. `None`: there is none,
    /// or it is too long ago.
    pub(crate) fn poll_merge_request(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        uuid: &str,
    ) -> Option<MergeRequest> {
        let (repository, mint) = self.parts(at);
        let now = mint.now().instant()?;
        let is_it = |it: &&mut MergeRequest| it.number == number && it.uuid == uuid;
        let request = repository.merge_requests.iter_mut().find(is_it)?;
        let kept_until = request.requested_at.instant()?.checked_add(KEPT).ok()?;
        if now > kept_until {
            return None;
        }
        if !std::mem::replace(&mut request.asked, true) {
            return Some(request.clone());
        }
        self.carry_out(at, uuid)
    }

    /// Carries out whatever is pending.
    pub(crate) fn carry_out_merges(&mut self, at: RepositoryIndex) {
        let all = self.repository(at).merge_requests.iter();
        let all: Vec<String> = all.map(|request| request.uuid.clone()).collect();
        for uuid in all {
            self.carry_out(at, &uuid);
        }
    }

    fn carry_out(&mut self, at: RepositoryIndex, uuid: &str) -> Option<MergeRequest> {
        let request = self.repository(at).merge_requests.iter().find(|it| it.uuid == uuid)?.clone();
        let repository = self.repository(at);
        let it = repository.pull_request(request.number)?;
        let MergeWish { method, action, expected_head, message } = &request.wish;
        let has_queue = repository.has_merge_queue(&it.base_ref);
        let state = match &request.state {
            MergeRequestState::Pending if it.head_sha != *expected_head => {
                let message = "Head branch was modified. Review and try the merge again.";
                MergeRequestState::Failed(message.to_owned())
            }
            MergeRequestState::Pending
                if action == "merge_queue" || (has_queue && action == "default") =>
            {
                match self.enqueue(at, request.number, &request.by) {
                    Ok(()) | Err(MergeRefusal::Queued) => MergeRequestState::Enqueued,
                    Err(refusal) => failed(refusal),
                }
            }
            MergeRequestState::Pending => {
                let (method, message) = (method.unwrap_or(MergeMethod::Merge), message.as_deref());
                match self.merge_pull_request(at, request.number, method, message, &request.by) {
                    Ok(sha) => MergeRequestState::Merged(sha),
                    Err(refusal) => failed(refusal),
                }
            }
            MergeRequestState::Enqueued if it.merged => it
                .merge_commit_sha
                .clone()
                .map_or(MergeRequestState::Enqueued, MergeRequestState::Merged),
            settled => settled.clone(),
        };
        let all = &mut self.repository_mut(at).merge_requests;
        let kept = all.iter_mut().find(|it| it.uuid == uuid)?;
        kept.state = state;
        Some(kept.clone())
    }
}

/// Why there was no merge, in GitHub's words as far as they are known.
fn failed(refusal: MergeRefusal) -> MergeRequestState {
    MergeRequestState::Failed(match refusal {
        MergeRefusal::Blocked(message) => message,
        MergeRefusal::Draft => "Pull Request is still a draft".to_owned(),
        MergeRefusal::NoQueue => "The base branch has no merge queue".to_owned(),
        _ => "Pull Request is not mergeable".to_owned(),
    })
}
