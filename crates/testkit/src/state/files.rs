use std::collections::BTreeMap;

use hookstead_types::Sha;

use super::repository::RepositoryState;

/// The files of a repository. Each of its commits has the same.
#[derive(Debug)]
pub(crate) struct Files(BTreeMap<String, Vec<u8>>);

impl Default for Files {
    fn default() -> Self {
        Self(BTreeMap::from([("README.md".to_owned(), b"after\n".to_vec())]))
    }
}

impl Files {
    pub(crate) fn set(&mut self, path: &str, contents: Vec<u8>) {
        self.0.insert(path.to_owned(), contents);
    }
}

impl RepositoryState {
    /// The contents of a file in a commit.
    pub(crate) fn file_at(&self, _sha: &Sha, path: &str) -> Option<&[u8]> {
        self.files.0.get(path).map(Vec::as_slice)
    }

    /// The paths of all files in a commit, each with its length, in order.
    pub(crate) fn files_at(&self, _sha: &Sha) -> impl Iterator<Item = (&str, usize)> {
        self.files.0.iter().map(|(path, contents)| (path.as_str(), contents.len()))
    }
}
