use crate::fail::fail;
use crate::objects::issue::{
    FakeIssue, ReactedTo, RecordedComment, RecordedIssue, RecordedReaction,
};
use crate::objects::label::RecordedLabel;
use crate::payload::issue::REACTIONS;
use crate::repository::FakeRepository;

/// What people say about issues and pull requests, and who may do what.
impl FakeRepository {
    /// Opens an issue and returns its number. Sends `issues` (`opened`).
    pub fn open_issue(&self, new: FakeIssue) -> u64 {
        self.update(|world| world.open_issue(self.index(), new))
    }

    /// Closes an issue. Sends `issues` (`closed`).
    ///
    /// # Panics
    ///
    /// If it is not open.
    #[track_caller]
    pub fn close_issue(&self, number: u64) {
        let owner = self.owner();
        if !self.update(|world| world.close_issue(self.index(), number, &owner)) {
            fail(&format!("{self} has no open issue {number}"));
        }
    }

    /// Comments on an issue or a pull request, as this account, and returns the comment's id. Sends
    /// `issue_comment` (`created`).
    ///
    /// ```
    /// use hookstead_testkit::{FakeGitHub, FakePullRequest};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let repository = FakeGitHub::start().await.create_repository("octocat/hello-world");
    /// let number = repository.open_pull_request(FakePullRequest::new("Add a flag"));
    /// repository.comment(number, "monalisa", "/deploy staging");
    /// assert_eq!(repository.comments(number)[0].author, "monalisa");
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If there is neither an issue nor a pull request of that number.
    #[track_caller]
    pub fn comment(&self, number: u64, login: &str, body: &str) -> u64 {
        match self.update(|world| world.create_comment(self.index(), number, body, login)) {
            Some(comment) => comment.id,
            None => fail(&format!("{self} has neither an issue nor a pull request {number}")),
        }
    }

    /// Edits a comment, as this account. Sends `issue_comment` (`edited`).
    ///
    /// # Panics
    ///
    /// If there is no such comment.
    #[track_caller]
    pub fn edit_comment(&self, id: u64, login: &str, body: &str) {
        if self.update(|world| world.update_comment(self.index(), id, body, login)).is_none() {
            fail(&format!("{self} has no comment {id}"));
        }
    }

    /// Deletes a comment, as this account. Sends `issue_comment` (`deleted`).
    ///
    /// # Panics
    ///
    /// If there is no such comment.
    #[track_caller]
    pub fn delete_comment(&self, id: u64, login: &str) {
        if self.update(|world| world.delete_comment(self.index(), id, login)).is_none() {
            fail(&format!("{self} has no comment {id}"));
        }
    }

    /// Reacts to an issue or a pull request, as this account, and returns the reaction's id: the first one's if it
    /// has reacted so already. No hook hears of it.
    ///
    /// # Panics
    ///
    /// If there is nothing of that number, or GitHub knows no such reaction.
    #[track_caller]
    pub fn react(&self, number: u64, login: &str, content: &str) -> u64 {
        if self.read(|repository| repository.labels(number).is_none()) {
            fail(&format!("{self} has neither an issue nor a pull request {number}"));
        }
        self.react_to(ReactedTo::Issue(number), login, content)
    }

    /// Reacts to a comment as [`react`](Self::react) does to what it is on.
    ///
    /// # Panics
    ///
    /// If there is no such comment, or GitHub knows no such reaction.
    #[track_caller]
    pub fn react_to_comment(&self, id: u64, login: &str, content: &str) -> u64 {
        if self.read(|repository| repository.issues.comment(id).is_none()) {
            fail(&format!("{self} has no comment {id}"));
        }
        self.react_to(ReactedTo::Comment(id), login, content)
    }

    #[track_caller]
    fn react_to(&self, to: ReactedTo, login: &str, content: &str) -> u64 {
        if !REACTIONS.contains(&content) {
            fail(&format!("GitHub knows no reaction `{content}`"));
        }
        self.update(|world| world.react(self.index(), to, content, login)).0.id
    }

    /// The labels that the repository has: at first those that GitHub gives to a new one.
    #[must_use]
    pub fn all_labels(&self) -> Vec<RecordedLabel> {
        self.read(|repository| repository.issues.labels.clone())
    }

    /// Puts these labels in the place of all that an issue or a pull request has. Sends `labeled` and
    /// `unlabeled` for each change, as `issues` or `pull_request`.
    ///
    /// # Panics
    ///
    /// If there is neither an issue nor a pull request of that number.
    #[track_caller]
    pub fn set_labels(&self, number: u64, names: &[&str]) {
        let owner = self.owner();
        let labels = names.iter().map(|name| (*name).to_owned()).collect();
        if self.update(|world| world.set_labels(self.index(), number, labels, &owner)).is_none() {
            fail(&format!("{self} has neither an issue nor a pull request {number}"));
        }
    }

    /// Gives an account a role: `admin`, `maintain`, `write`, `triage`, `read`, or `none`. The owner is
    /// `admin`, and everybody else may read.
    pub fn set_role(&self, login: &str, role: &str) {
        self.update(|world| world.repository_mut(self.index()).rules.set_role(login, role));
    }

    /// An issue.
    ///
    /// # Panics
    ///
    /// If there is none of that number.
    #[track_caller]
    #[must_use]
    pub fn issue(&self, number: u64) -> RecordedIssue {
        self.read(|repository| repository.issues.issue(number).cloned())
            .unwrap_or_else(|| fail(&format!("{self} has no issue {number}")))
    }

    /// The names of the labels of an issue or a pull request.
    ///
    /// # Panics
    ///
    /// If there is neither an issue nor a pull request of that number.
    #[track_caller]
    #[must_use]
    pub fn labels(&self, number: u64) -> Vec<String> {
        self.read(|repository| repository.labels(number).map(<[String]>::to_vec)).unwrap_or_else(
            || fail(&format!("{self} has neither an issue nor a pull request {number}")),
        )
    }

    /// The comments on an issue or a pull request, the oldest first.
    #[must_use]
    pub fn comments(&self, number: u64) -> Vec<RecordedComment> {
        self.read(|repository| repository.issues.comments_on(number).cloned().collect())
    }

    /// The reactions to an issue or a pull request, the oldest first.
    #[must_use]
    pub fn reactions(&self, number: u64) -> Vec<RecordedReaction> {
        self.reactions_to(ReactedTo::Issue(number))
    }

    /// The reactions to a comment, the oldest first.
    #[must_use]
    pub fn reactions_to_comment(&self, id: u64) -> Vec<RecordedReaction> {
        self.reactions_to(ReactedTo::Comment(id))
    }

    /// Waits for a comment that satisfies the condition; the first one if there are several.
    ///
    /// # Panics
    ///
    /// Panics as [`FakeGitHub::wait_until`](crate::FakeGitHub::wait_until) does.
    pub async fn wait_for_comment(
        &self,
        number: u64,
        what: &str,
        mut is_it: impl FnMut(&RecordedComment) -> bool,
    ) -> RecordedComment {
        let find = || self.comments(number).into_iter().find(|it| is_it(it));
        self.github().wait_until(what, find).await
    }

    fn reactions_to(&self, to: ReactedTo) -> Vec<RecordedReaction> {
        self.read(|repository| repository.issues.reactions_to(to).cloned().collect())
    }
}
