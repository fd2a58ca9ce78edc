use crate::fail::fail;
use crate::objects::review::RecordedReview;
use crate::repository::FakeRepository;

/// Reviews, and check runs that somebody wants again.
impl FakeRepository {
    /// Approves a pull request, as this account, and returns the review's id. Sends
    /// `pull_request_review` (`submitted`).
    ///
    /// # Panics
    ///
    /// If there is no such pull request.
    #[track_caller]
    pub fn approve(&self, number: u64, login: &str) -> u64 {
        self.submit_review(number, login, "APPROVED", "")
    }

    /// Asks for changes of a pull request, as this account, and returns the review's id. Sends
    /// `pull_request_review` (`submitted`).
    ///
    /// # Panics
    ///
    /// If there is no such pull request.
    #[track_caller]
    pub fn request_changes(&self, number: u64, login: &str, body: &str) -> u64 {
        self.submit_review(number, login, "CHANGES_REQUESTED", body)
    }

    /// The reviews of a pull request, the oldest first.
    #[must_use]
    pub fn reviews(&self, number: u64) -> Vec<RecordedReview> {
        self.read(|repository| {
            let reviews = repository.issues.reviews.iter();
            reviews.filter(|it| it.pull_request == number).cloned().collect()
        })
    }

    /// Presses the button *Re-run* of a check run. Sends `check_run` (`rerequested`) to the App. The check
    /// run stays as it is, and its suite is queued until the App does something.
    ///
    /// # Panics
    ///
    /// If there is no such check run.
    #[track_caller]
    pub fn rerequest_check_run(&self, id: u64) {
        let owner = self.owner();
        if self.update(|world| world.rerequest_check_run(self.index(), id, &owner)).is_none() {
            fail(&format!("{self} has no check run {id}"));
        }
    }

    /// Presses a button of a check run, by its identifier. Sends `check_run` (`requested_action`) to the App.
    ///
    /// # Panics
    ///
    /// If there is no such check run, or it has no such button.
    #[track_caller]
    pub fn press_check_action(&self, id: u64, identifier: &str) {
        let owner = self.owner();
        let pressed =
            self.update(|world| world.press_check_action(self.index(), id, identifier, &owner));
        if pressed.is_none() {
            fail(&format!("{self} has no check run {id} with a button `{identifier}`"));
        }
    }

    #[track_caller]
    fn submit_review(&self, number: u64, login: &str, state: &str, body: &str) -> u64 {
        self.update(|world| world.submit_review(self.index(), number, state, body, login))
            .unwrap_or_else(|| fail(&format!("{self} has no pull request {number}")))
    }
}
