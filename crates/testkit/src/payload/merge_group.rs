use serde_json::{Value, json};

use super::commit;
use crate::objects::merge_group::RecordedMergeGroup;
use crate::state::history::Commit;

/// A group of a merge queue, as it is sent.
pub(crate) fn merge_group(it: &RecordedMergeGroup, head: &Commit) -> Value {
    json!({
        "head_sha": it.head_sha,
        "head_ref": format!("refs/heads/{}", it.head_ref),
        "base_sha": it.base_sha,
        "base_ref": format!("refs/heads/{}", it.base_ref),
        "head_commit": commit::short(head),
    })
}
