use hookstead_types::{Sha, Timestamp};

use super::error::GitError;
use super::person::{Person, Signature};
use super::repository::GitRepository;

/// A commit, as git has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoggedCommit {
    pub(crate) sha: Sha,
    pub(crate) tree: Sha,
    pub(crate) parents: Vec<Sha>,
    /// Without the line breaks at its end.
    pub(crate) message: String,
    pub(crate) author: Signature,
    pub(crate) committer: Signature,
    pub(crate) changed: ChangedPaths,
}

/// The files that a commit changed, against its first parent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChangedPaths {
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) modified: Vec<String>,
}

/// Marks the begin of a commit in git's output.
const MARK: char = '\u{1}';

const FORMAT: &str = "--format=%x01%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B";

impl GitRepository {
    /// The commits that these have and those have not, each after its parents.
    pub(crate) fn log(&self, these: &[Sha], not: &[Sha]) -> Result<Vec<LoggedCommit>, GitError> {
        self.read_log(these, not, &["--root", "--diff-merges=first-parent", "--name-status"])
    }

    /// As [`log`](Self::log), without the files: for histories that are long.
    pub(crate) fn short_log(&self, these: &[Sha]) -> Result<Vec<LoggedCommit>, GitError> {
        self.read_log(these, &[], &["--no-patch"])
    }

    fn read_log(
        &self,
        these: &[Sha],
        not: &[Sha],
        options: &[&str],
    ) -> Result<Vec<LoggedCommit>, GitError> {
        if these.is_empty() {
            // Without a word git would take HEAD.
            return Ok(Vec::new());
        }
        let mut input = String::new();
        these.iter().for_each(|sha| input += &format!("{sha}\n"));
        not.iter().for_each(|sha| input += &format!("^{sha}\n"));
        let common = ["log", "-z", "--stdin", "--topo-order", "--reverse", "--no-renames", FORMAT];
        let arguments: Vec<&str> = common.iter().chain(options).copied().collect();
        Ok(parse(&String::from_utf8_lossy(&self.run(&arguments, input.as_bytes())?)))
    }
}

/// After the fields of each commit come a letter and a path for each file. A path can begin with the mark, but
/// it stands where no commit does.
fn parse(text: &str) -> Vec<LoggedCommit> {
    let mut tokens = text.split('\0').peekable();
    let mut commits = Vec::new();
    while let Some(token) = tokens.next() {
        let Some(sha) = token.strip_prefix(MARK) else { continue };
        let Some(mut commit) = fields(sha, &mut tokens) else { continue };
        while tokens.peek().is_some_and(|token| !token.starts_with(MARK)) {
            let (letter, path) = (tokens.next(), tokens.next());
            if let (Some(letter), Some(path)) = (letter, path) {
                commit.changed.add(letter.trim_start(), path);
            }
        }
        commits.push(commit);
    }
    commits
}

fn fields<'a>(sha: &str, tokens: &mut impl Iterator<Item = &'a str>) -> Option<LoggedCommit> {
    let tree = tokens.next()?.parse().ok()?;
    let parents = tokens.next()?.split(' ').filter_map(|sha| sha.parse().ok()).collect();
    let author = signature(tokens)?;
    let committer = signature(tokens)?;
    let message = tokens.next()?.trim_end_matches('\n').to_owned();
    let sha = sha.parse().ok()?;
    let changed = ChangedPaths::default();
    Some(LoggedCommit { sha, tree, parents, message, author, committer, changed })
}

fn signature<'a>(tokens: &mut impl Iterator<Item = &'a str>) -> Option<Signature> {
    let person = Person::new(tokens.next()?, tokens.next()?);
    let seconds = tokens.next()?.parse().unwrap_or(0);
    Some(Signature { person, date: Timestamp::from_epoch_seconds(seconds) })
}

impl ChangedPaths {
    fn add(&mut self, letter: &str, path: &str) {
        let paths = match letter {
            "A" => &mut self.added,
            "D" => &mut self.removed,
            _ => &mut self.modified,
        };
        paths.push(path.to_owned());
    }
}
