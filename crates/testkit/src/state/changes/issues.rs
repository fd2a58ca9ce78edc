use crate::objects::issue::{
    FakeIssue, ReactedTo, RecordedComment, RecordedIssue, RecordedReaction,
};
use crate::state::facts::CommentFacts;
use crate::state::occurrence::Event;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Opens an issue.
    pub(crate) fn open_issue(&mut self, at: RepositoryIndex, new: FakeIssue) -> u64 {
        let (repository, mint) = self.parts(at);
        let number = repository.next_number();
        let author = new.author.unwrap_or_else(|| repository.name.owner().to_owned());
        let (now, labels) = (mint.now(), new.labels.clone());
        repository.issues.issues.push(RecordedIssue {
            id: mint.id(),
            number,
            title: new.title,
            body: new.body,
            author: author.clone(),
            open: true,
            labels: new.labels,
            created_at: now.clone(),
            updated_at: now,
            closed_at: None,
        });
        self.know_labels(at, &labels);
        self.announce_issue(at, number, "opened", None, &author);
        number
    }

    /// Closes an issue. `false`: there is none, or it is closed.
    pub(crate) fn close_issue(&mut self, at: RepositoryIndex, number: u64, by: &str) -> bool {
        let (repository, mint) = self.parts(at);
        let Some(it) = repository.issues.issue_mut(number).filter(|it| it.open) else {
            return false;
        };
        it.open = false;
        it.closed_at = Some(mint.now());
        it.updated_at = mint.now();
        self.announce_issue(at, number, "closed", None, by);
        true
    }

    /// Comments on an issue or a pull request. `None`: there is none of that number.
    pub(crate) fn create_comment(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        body: &str,
        author: &str,
    ) -> Option<RecordedComment> {
        let (repository, mint) = self.parts(at);
        repository.labels(number)?;
        let comment = RecordedComment {
            id: mint.id(),
            issue: number,
            body: body.to_owned(),
            author: author.to_owned(),
            created_at: mint.now(),
            updated_at: mint.now(),
        };
        repository.issues.comments.push(comment.clone());
        self.announce_comment(at, &comment, "created", None, author);
        Some(comment)
    }

    /// Changes what a comment says. `None`: there is none.
    pub(crate) fn update_comment(
        &mut self,
        at: RepositoryIndex,
        id: u64,
        body: &str,
        by: &str,
    ) -> Option<RecordedComment> {
        let (repository, mint) = self.parts(at);
        let comment = repository.issues.comments.iter_mut().find(|it| it.id == id)?;
        let before = std::mem::replace(&mut comment.body, body.to_owned());
        comment.updated_at = mint.now();
        let comment = comment.clone();
        self.announce_comment(at, &comment, "edited", Some(before), by);
        Some(comment)
    }

    /// Deletes a comment, and the reactions to it. `None`: there is none.
    pub(crate) fn delete_comment(&mut self, at: RepositoryIndex, id: u64, by: &str) -> Option<()> {
        let issues = &mut self.repository_mut(at).issues;
        let position = issues.comments.iter().position(|it| it.id == id)?;
        let comment = issues.comments.remove(position);
        issues.reactions.retain(|it| it.to != ReactedTo::Comment(id));
        self.announce_comment(at, &comment, "deleted", None, by);
        Some(())
    }

    /// Puts these labels in the place of all others. `None`: there is nothing of that number.
    pub(crate) fn set_labels(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        labels: Vec<String>,
        by: &str,
    ) -> Option<()> {
        let before = self.repository(at).labels(number)?.to_vec();
        self.know_labels(at, &labels);
        let (repository, mint) = self.parts(at);
        let now = mint.now();
        if let Some(issue) = repository.issues.issue_mut(number) {
            (issue.labels, issue.updated_at) = (labels.clone(), now);
        } else if let Some(pull_request) = repository.pull_request_mut(number) {
            (pull_request.labels, pull_request.updated_at) = (labels.clone(), now);
        }
        let is_in =
            |label: &str, labels: &[String]| labels.iter().any(|it| it.eq_ignore_ascii_case(label));
        for label in before.iter().filter(|it| !is_in(it, &labels)) {
            self.announce_issue(at, number, "unlabeled", Some(label), by);
        }
        for label in labels.iter().filter(|it| !is_in(it, &before)) {
            self.announce_issue(at, number, "labeled", Some(label), by);
        }
        Some(())
    }

    /// Reacts, unless that account has reacted so already; returns also whether the reaction is new.
    pub(crate) fn react(
        &mut self,
        at: RepositoryIndex,
        to: ReactedTo,
        content: &str,
        author: &str,
    ) -> (RecordedReaction, bool) {
        let (repository, mint) = self.parts(at);
        let mut known = repository.issues.reactions_to(to);
        if let Some(it) = known.find(|it| it.content == content && it.author == author) {
            return (it.clone(), false);
        }
        let reaction = RecordedReaction {
            id: mint.id(),
            content: content.to_owned(),
            author: author.to_owned(),
            created_at: mint.now(),
            to,
        };
        drop(known);
        repository.issues.reactions.push(reaction.clone());
        (reaction, true)
    }

    /// Takes back a reaction of one's own. `None`: there is none.
    pub(crate) fn take_reaction_back(
        &mut self,
        at: RepositoryIndex,
        to: ReactedTo,
        id: u64,
        author: &str,
    ) -> Option<()> {
        let reactions = &mut self.repository_mut(at).issues.reactions;
        let is_it = |it: &RecordedReaction| it.to == to && it.id == id && it.author == author;
        let position = reactions.iter().position(is_it)?;
        reactions.remove(position);
        Some(())
    }

    /// An issue changed, or a pull request in what it has in common with issues.
    fn announce_issue(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        action: &'static str,
        label: Option<&str>,
        by: &str,
    ) {
        let repository = self.repository(at);
        let label = label.map(str::to_owned);
        if let Some(it) = repository.pull_request(number) {
            let pull_request = Box::new(repository.pull_request_facts(it));
            let (moved, reason) = (None, None);
            let event = Event::PullRequest { action, pull_request, moved, label, reason };
            self.announce(at, by, event);
        } else if let Some(issue) = repository.issue_facts(number) {
            self.announce(at, by, Event::Issue { action, issue: Box::new(issue), label });
        }
    }

    fn announce_comment(
        &mut self,
        at: RepositoryIndex,
        comment: &RecordedComment,
        action: &'static str,
        before: Option<String>,
        by: &str,
    ) {
        let repository = self.repository(at);
        let Some(issue) = repository.issue_facts(comment.issue) else {
            return;
        };
        let comment = CommentFacts {
            association: repository.association(&comment.author),
            it: comment.clone(),
        };
        let event = Event::IssueComment {
            action,
            issue: Box::new(issue),
            comment: Box::new(comment),
            before,
        };
        self.announce(at, by, event);
    }
}
