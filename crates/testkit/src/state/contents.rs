use hookstead_types::Sha;

use super::account;
use super::repository::RepositoryState;
use crate::git::files::TreeFile;

/// The mode of a file that is no program.
const PLAIN: &str = "100644";

impl RepositoryState {
    /// The contents of a file in a commit.
    pub(crate) fn file_at(&self, sha: &Sha, path: &str) -> Option<Vec<u8>> {
        if self.git.is_some() {
            return self.git_file(sha, path);
        }
        self.files.get(path).map(<[u8]>::to_vec)
    }

    /// All files in a commit, in order.
    pub(crate) fn files_at(&self, sha: &Sha) -> Vec<TreeFile> {
        if self.git.is_some() {
            return self.git_files(sha);
        }
        let file = |(path, contents): (&str, &[u8])| {
            // There is no git here, which would make a name of the contents.
            let name = format!("{:040x}", account::id(path)).parse().ok()?;
            let (path, mode, size) = (path.to_owned(), PLAIN.to_owned(), contents.len() as u64);
            Some(TreeFile { path, mode, sha: name, size: Some(size) })
        };
        self.files.iter().filter_map(file).collect()
    }
}
