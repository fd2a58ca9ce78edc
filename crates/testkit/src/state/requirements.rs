//! What a branch requires of what goes into it, and whether a pull request has it.

use hookstead_events::{CheckConclusion, CheckStatus};
use hookstead_types::{Sha, StatusState};

use super::app;
use super::repository::RepositoryState;
use crate::objects::protection::{FakeProtection, RequiredContext};
use crate::objects::pull_request::RecordedPullRequest;

/// How a required check stands on a commit; the best comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::state) enum Standing {
    Green,
    /// Nobody has reported it.
    Expected,
    Pending,
    InProgress,
    Failing,
}

impl Standing {
    /// What GitHub calls it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Green => "successful",
            Self::Expected => "expected",
            Self::Pending => "pending",
            Self::InProgress => "in progress",
            Self::Failing => "failing",
        }
    }
}

impl RepositoryState {
    /// Whether what goes into a branch has to go through its merge queue.
    pub(crate) fn has_merge_queue(&self, branch: &str) -> bool {
        self.requirements(branch).any(|(_, it)| it.merge_queue)
    }

    /// Whether a pull request lacks something that it has to have itself: a check or a review.
    pub(in crate::state) fn is_blocked(&self, it: &RecordedPullRequest) -> bool {
        self.requirements(&it.base_ref).any(|(_, required)| {
            self.unmet_reviews(it, required).or(self.unmet_checks(it, required)).is_some()
        })
    }

    /// Whether a pull request lacks commits of its base that it has to have.
    pub(in crate::state) fn is_behind(&self, it: &RecordedPullRequest) -> bool {
        let base = self.branches.get(&it.base_ref);
        self.requirements(&it.base_ref).any(|(_, required)| required.strict)
            && base.is_some_and(|base| !self.history.contains(&it.head_sha, &base.head))
    }

    /// Why a pull request may not be merged now, in GitHub's words. One that the queue merges need not go
    /// through the queue, nor have all commits of its base: its group has them.
    pub(in crate::state) fn unmet(
        &self,
        it: &RecordedPullRequest,
        by_queue: bool,
    ) -> Option<String> {
        let (mut messages, mut by_ruleset) = (Vec::new(), false);
        let mut queued = false;
        for (is_ruleset, required) in self.requirements(&it.base_ref) {
            let before = messages.len();
            messages.extend(self.unmet_reviews(it, required));
            messages.extend(self.unmet_checks(it, required));
            queued |= required.merge_queue && !by_queue;
            by_ruleset |= is_ruleset && (messages.len() > before || required.merge_queue);
        }
        if queued {
            messages.push("Changes must be made through the merge queue".to_owned());
        } else if !by_queue && self.is_behind(it) {
            messages.push("The head branch is not up to date with the base branch".to_owned());
        }
        match (messages.is_empty(), by_ruleset) {
            (true, _) => None,
            (false, false) => Some(messages.join("\n")),
            (false, true) => {
                Some(format!("Repository rule violations found\n\n{}\n\n", messages.join("\n")))
            }
        }
    }

    /// How the checks that a branch requires stand on a commit.
    pub(in crate::state) fn standing(&self, branch: &str, sha: &Sha) -> Standing {
        let required = self.requirements(branch).flat_map(|(_, it)| &it.checks);
        required.map(|it| self.standing_of(it, sha)).max().unwrap_or(Standing::Green)
    }

    /// The protection of a branch and its rulesets, each with whether it is a ruleset.
    fn requirements(&self, branch: &str) -> impl Iterator<Item = (bool, &FakeProtection)> {
        let protection = self.rules.protections.get(branch).into_iter().map(|it| (false, it));
        let rulesets = self.rules.rulesets.iter().filter(move |it| it.branch == branch);
        protection.chain(rulesets.map(|it| (true, &it.requires)))
    }

    /// A status of this context and a check run of this name count both, if both are there.
    fn standing_of(&self, required: &RequiredContext, sha: &Sha) -> Standing {
        let by_app = |is_app: bool| required.app.is_none_or(|id| is_app && id == app::ID);
        let statuses = self.current_statuses(sha).into_iter();
        let statuses = statuses
            .filter(|it| it.context.eq_ignore_ascii_case(&required.context))
            .filter(|it| by_app(it.creator == app::LOGIN))
            .map(|it| match it.state {
                StatusState::Success => Standing::Green,
                StatusState::Pending => Standing::Pending,
                _ => Standing::Failing,
            });
        let of_name = |name: &str| name == required.context && by_app(true);
        let run = self.check_runs.iter().rfind(|it| it.sha == *sha && of_name(&it.name));
        let run = run.map(|it| match (&it.status, &it.conclusion) {
            (CheckStatus::Completed, Some(conclusion)) => match conclusion {
                CheckConclusion::Success | CheckConclusion::Neutral | CheckConclusion::Skipped => {
                    Standing::Green
                }
                _ => Standing::Failing,
            },
            _ => Standing::InProgress,
        });
        statuses.chain(run).max().unwrap_or(Standing::Expected)
    }

    fn unmet_checks(&self, it: &RecordedPullRequest, required: &FakeProtection) -> Option<String> {
        let all = required.checks.iter();
        let unmet: Vec<(&str, Standing)> = all
            .map(|check| (check.context.as_str(), self.standing_of(check, &it.head_sha)))
            .filter(|(_, standing)| *standing != Standing::Green)
            .collect();
        let count = required.checks.len();
        match unmet.as_slice() {
            [] => None,
            [(name, standing)] => {
                Some(format!("Required status check \"{name}\" is {}.", standing.as_str()))
            }
            [(_, first), ..] if unmet.len() == count && unmet.iter().all(|it| it.1 == *first) => {
                let states = first.as_str();
                Some(format!("{count} of {count} required status checks are {states}."))
            }
            _ => {
                use Standing::{Expected, Failing, InProgress, Pending};
                let parts: Vec<String> = [Expected, Pending, InProgress, Failing]
                    .into_iter()
                    .map(|one| (one, unmet.iter().filter(|it| it.1 == one).count()))
                    .filter(|(_, count)| *count > 0)
                    .map(|(one, count)| format!("{count} {}", one.as_str()))
                    .collect();
                let (unmet, parts) = (unmet.len(), parts.join(" and "));
                Some(format!(
                    "{unmet} of {count} required status checks have not succeeded: {parts}."
                ))
            }
        }
    }

    /// The last word of each reviewer counts who may write; a bare comment is none. Nobody approves what
    /// they wrote themselves.
    fn unmet_reviews(&self, it: &RecordedPullRequest, required: &FakeProtection) -> Option<String> {
        if required.reviews == 0 {
            return None;
        }
        let mut last: Vec<(&str, &str)> = Vec::new();
        for review in self.issues.reviews.iter().rev() {
            let author = review.author.as_str();
            let may_write = matches!(self.role(author), "admin" | "maintain" | "write");
            let counts = review.pull_request == it.number
                && review.state != "COMMENTED"
                && may_write
                && !author.eq_ignore_ascii_case(&it.author);
            if counts && !last.iter().any(|(seen, _)| seen.eq_ignore_ascii_case(author)) {
                last.push((author, &review.state));
            }
        }
        let has = |wanted: &str| last.iter().filter(|(_, state)| *state == wanted).count();
        let count = required.reviews;
        (has("APPROVED") < count || has("CHANGES_REQUESTED") > 0).then(|| {
            let (reviews, are) =
                if count == 1 { ("review", "is") } else { ("reviews", "are") };
            format!(
                "At least {count} approving {reviews} {are} required by reviewers with write access."
            )
        })
    }
}
