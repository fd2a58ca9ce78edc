use crate::fail::fail;
use crate::objects::merge_group::RecordedMergeGroup;
use crate::repository::FakeRepository;

/// The merge queue of a branch that [requires](crate::FakeProtection::merge_queue) one.
///
/// Each pull request in it is merged into what is ahead of it, on a branch `gh-readonly-queue/...`. The App hears of
/// such a group by `merge_group` (`checks_requested`), other hooks by a `push` to that branch. When the checks that
/// the base requires are green on the group's head, the base moves there, and the pull request is merged. One that
/// is red, or takes more than an hour [by the fake's clock](crate::Clock), is taken out once it is the first, and
/// what is behind it is built anew.
impl FakeRepository {
    /// Presses *Merge when ready*: puts a pull request into the queue of its base. Sends `pull_request` (`enqueued`),
    /// and what its group brings. Where the base requires no check it is merged at once.
    ///
    /// ```
    /// use hookstead_testkit::{FakeGitHub, FakeProtection, FakePullRequest};
    /// use hookstead_types::StatusState::Success;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let github = FakeGitHub::start().await;
    /// let repository = github.create_organization("octo-org").create_repository("hello-world");
    /// repository.protect("main", FakeProtection::new().check("ci").merge_queue());
    /// let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    /// repository.create_status(&repository.head("feature"), "ci", Success);
    /// repository.enqueue(number);
    /// // Let the program under test check this commit.
    /// let group = &repository.merge_queue("main")[0];
    /// repository.create_status(&group.head_sha, "ci", Success);
    /// assert!(repository.pull_request(number).merged);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it cannot be queued: it is closed, a draft, conflicts, or is queued already, its base has no queue, or
    /// requires a check or a review that it does not have itself.
    #[track_caller]
    pub fn enqueue(&self, number: u64) {
        let owner = self.owner();
        if let Err(refusal) = self.update(|world| world.enqueue(self.index(), number, &owner)) {
            fail(&format!("pull request {number} of {self}: {refusal}"));
        }
    }

    /// Takes a pull request out of the queue. Sends `pull_request` (`dequeued`), and `merge_group` (`destroyed`) to
    /// the App.
    ///
    /// # Panics
    ///
    /// If it is in no queue.
    #[track_caller]
    pub fn dequeue(&self, number: u64) {
        let owner = self.owner();
        if !self.update(|world| world.dequeue(self.index(), number, "MANUAL", Some(&owner))) {
            fail(&format!("pull request {number} of {self} is in no merge queue"));
        }
    }

    /// The groups in the queue of a branch, the next to be merged first.
    #[must_use]
    pub fn merge_queue(&self, branch: &str) -> Vec<RecordedMergeGroup> {
        self.read(|repository| repository.merge_queue.groups(branch).cloned().collect())
    }
}
