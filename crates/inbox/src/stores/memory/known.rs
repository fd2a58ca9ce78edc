//! What is known of the lanes in which only the latest counts.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use hookstead_handler::{Heads, LaneMode};

use super::task::OwnLane;
use crate::store::task_id::TaskId;

/// The tasks of those lanes, in whatever state: what is newer than another is found without looking at
/// the others.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Known {
    /// By lane, version and acceptance.
    versions: BTreeSet<(Arc<str>, i64, TaskId)>,
    /// Those with heads, by where these begin.
    heads: BTreeSet<(Arc<str>, i64, Option<String>, TaskId)>,
}

impl Known {
    pub(super) fn add(&mut self, id: TaskId, lane: &OwnLane) {
        if let LaneMode::Latest { version, heads } = lane.mode() {
            self.versions.insert((Arc::clone(&lane.key), *version, id));
            if let Some(Heads { before, .. }) = heads {
                self.heads.insert((Arc::clone(&lane.key), *version, before.clone(), id));
            }
        }
    }

    pub(super) fn remove(&mut self, id: TaskId, lane: &OwnLane) {
        if let LaneMode::Latest { version, heads } = lane.mode() {
            self.versions.remove(&(Arc::clone(&lane.key), *version, id));
            if let Some(Heads { before, .. }) = heads {
                self.heads.remove(&(Arc::clone(&lane.key), *version, before.clone(), id));
            }
        }
    }

    /// The newest task that is newer than this one. Asked are only those with a larger version, and those
    /// of the same version that were accepted later or whose heads may tell; nearly always the first
    /// answer is yes.
    pub(super) fn newer(
        &self,
        id: TaskId,
        lane: &OwnLane,
        is_newer: impl Fn(TaskId) -> bool,
    ) -> Option<TaskId> {
        let LaneMode::Latest { version, heads } = lane.mode() else { return None };
        let at = |version, id| (Arc::clone(&lane.key), version, id);
        let later = Bound::Excluded(at(*version, id));
        let last = Bound::Included(at(i64::MAX, TaskId(i64::MAX)));
        // A larger version first, then what was accepted later.
        let mut these = self.versions.range((later, last)).rev().map(|(.., known)| *known);
        these.find(|known| is_newer(*known)).or_else(|| {
            // Of the same moment, and accepted earlier: the one that begins where this one ends.
            let Heads { after, .. } = heads.as_ref()?;
            let at = |id| (Arc::clone(&lane.key), *version, Some(after.clone()), id);
            let mut these = self.heads.range(at(TaskId(i64::MIN))..=at(TaskId(i64::MAX))).rev();
            these.find(|(.., known)| is_newer(*known)).map(|(.., known)| *known)
        })
    }
}
