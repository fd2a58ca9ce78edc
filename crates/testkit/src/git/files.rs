use hookstead_types::Sha;

use super::error::GitError;
use super::program;
use super::repository::GitRepository;

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeFile {
    pub(crate) path: String,
    /// `100644`, `100755` if it can be executed, `120000` for a link, `160000` for a submodule.
    pub(crate) mode: String,
    pub(crate) sha: Sha,
    /// In bytes; a submodule has none.
    pub(crate) size: Option<u64>,
}

impl GitRepository {
    /// What a file says in a commit; `None` if there is no such file.
    pub(crate) fn file(&self, commit: &Sha, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        // With the commit in front and its colon, no path is taken for an option.
        let name = format!("{commit}:{path}");
        let mut command = self.command();
        command.args(["cat-file", "blob", &name]);
        let output = program::output(command, b"")?;
        Ok(output.status.success().then_some(output.stdout))
    }

    /// All files of a commit, in git's order.
    pub(crate) fn files(&self, commit: &Sha) -> Result<Vec<TreeFile>, GitError> {
        let listed = self.run(&["ls-tree", "-r", "-z", "--long", commit.as_str()], b"")?;
        Ok(String::from_utf8_lossy(&listed).split('\0').filter_map(parse).collect())
    }
}

/// Reads `mode type sha size<tab>path`; the size stands at the right of its column.
fn parse(line: &str) -> Option<TreeFile> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split_ascii_whitespace();
    let (mode, _kind) = (facts.next()?.to_owned(), facts.next()?);
    let sha = facts.next()?.parse().ok()?;
    let size = facts.next()?.parse().ok();
    Some(TreeFile { path: path.to_owned(), mode, sha, size })
}
