use hookstead_types::Sha;

use super::repository::RepositoryState;

impl RepositoryState {
    /// The contents of a file in a commit.
    pub(crate) fn file_at(&self, _sha: &Sha, path: &str) -> Option<&[u8]> {
        self.files.get(path)
    }

    /// The paths of all files in a commit, each with its length, in order.
    pub(crate) fn files_at(&self, _sha: &Sha) -> impl Iterator<Item = (&str, usize)> {
        self.files.iter().map(|(path, contents)| (path, contents.len()))
    }
}
