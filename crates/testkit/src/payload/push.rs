use hookstead_types::Sha;
use serde_json::{Value, json};

use super::{commit, repository};
use crate::state::account;
use crate::state::facts::RepositoryFacts;
use crate::state::links::Links;
use crate::state::occurrence::Push;

/// What stands in place of a commit where a branch begins or ends.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

/// A push, with the repository in the shape that only `push` has.
pub(super) fn push(links: &Links, repository: &RepositoryFacts, it: &Push) -> Value {
    let commits = it.commits.iter().map(|commit| commit::pushed(links, repository, commit));
    let head = it.head.as_ref().map(|commit| commit::pushed(links, repository, commit));
    json!({
        "ref": it.reference,
        "before": it.before.as_ref().map_or(NO_COMMIT, Sha::as_str),
        "after": it.after.as_ref().map_or(NO_COMMIT, Sha::as_str),
        "created": it.before.is_none(),
        "deleted": it.after.is_none(),
        "forced": it.forced,
        "base_ref": it.base,
        "compare": compare(&links.web_repository(&repository.name), it),
        "commits": commits.collect::<Vec<_>>(),
        "head_commit": head,
        "pusher": { "name": it.pusher, "email": account::email(&it.pusher) },
        "repository": repository::pushed(links, repository),
    })
}

/// The page that shows what was pushed.
fn compare(web: &str, it: &Push) -> String {
    match (&it.before, &it.after) {
        (None, _) => format!("{web}/compare/{}", short_ref(&it.reference)),
        (Some(before), Some(after)) => {
            format!("{web}/compare/{}...{}", short(before), short(after))
        }
        (Some(before), None) => format!("{web}/compare/{}^...000000000000", short(before)),
    }
}

/// A branch or a tag without `refs/heads/` or `refs/tags/`.
fn short_ref(reference: &str) -> &str {
    reference.splitn(3, '/').nth(2).unwrap_or(reference)
}

fn short(sha: &Sha) -> &str {
    sha.as_str().get(..12).unwrap_or_default()
}
