use crate::objects::review::RecordedReview;
use crate::state::facts::ReviewFacts;
use crate::state::occurrence::Event;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Submits a review of a pull request's head. `None`: there is no such pull request.
    pub(crate) fn submit_review(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        state: &str,
        body: &str,
        author: &str,
    ) -> Option<u64> {
        let (repository, mint) = self.parts(at);
        let sha = repository.pull_request(number)?.head_sha.clone();
        let review = RecordedReview {
            id: mint.id(),
            pull_request: number,
            state: state.to_owned(),
            body: body.to_owned(),
            author: author.to_owned(),
            sha,
            submitted_at: mint.now(),
        };
        let id = review.id;
        repository.issues.reviews.push(review.clone());
        let repository = self.repository(at);
        let pull_request = repository.pull_request_facts(repository.pull_request(number)?);
        let association = repository.association(author);
        let review = Box::new(ReviewFacts { it: review, association });
        let event = Event::Review { review, pull_request: Box::new(pull_request) };
        self.announce(at, author, event);
        Some(id)
    }
}
