use super::mint::Mark;
use crate::objects::merge_group::RecordedMergeGroup;

/// The pull requests that wait to be merged, of all branches, the first to be merged first.
#[derive(Debug, Default)]
pub(crate) struct MergeQueue(pub(in crate::state) Vec<QueueEntry>);

/// A pull request that waits.
#[derive(Debug, Clone)]
pub(in crate::state) struct QueueEntry {
    pub(in crate::state) number: u64,
    pub(in crate::state) base_ref: String,
    /// The login of who put it there.
    pub(in crate::state) by: String,
    /// Its group, and when it was built.
    pub(in crate::state) group: Option<(RecordedMergeGroup, Mark)>,
}

impl MergeQueue {
    pub(crate) fn contains(&self, number: u64) -> bool {
        self.0.iter().any(|it| it.number == number)
    }

    /// The groups of a branch.
    pub(crate) fn groups<'a>(
        &'a self,
        branch: &'a str,
    ) -> impl Iterator<Item = &'a RecordedMergeGroup> {
        self.of(branch).filter_map(|it| it.group.as_ref()).map(|(group, _)| group)
    }

    pub(in crate::state) fn of<'a>(
        &'a self,
        branch: &'a str,
    ) -> impl Iterator<Item = &'a QueueEntry> {
        self.0.iter().filter(move |it| it.base_ref == branch)
    }

    /// The branches that pull requests wait for.
    pub(in crate::state) fn branches(&self) -> Vec<String> {
        let mut all: Vec<String> = self.0.iter().map(|it| it.base_ref.clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    pub(in crate::state) fn remove(&mut self, number: u64) -> Option<QueueEntry> {
        let position = self.0.iter().position(|it| it.number == number)?;
        Some(self.0.remove(position))
    }

    pub(in crate::state) fn get_mut(&mut self, number: u64) -> Option<&mut QueueEntry> {
        self.0.iter_mut().find(|it| it.number == number)
    }
}
