use hookstead_types::Sha;

use super::error::GitError;
use super::person::Signature;
use super::repository::GitRepository;

/// A file as a commit leaves it.
#[derive(Debug, Clone)]
pub(crate) enum FileChange {
    Written { path: String, content: Vec<u8>, executable: bool },
    Removed { path: String },
}

impl FileChange {
    fn path(&self) -> &str {
        let (Self::Written { path, .. } | Self::Removed { path }) = self;
        path
    }
}

/// A commit that is to be made on a branch.
#[derive(Debug)]
pub(crate) struct NewCommit<'a> {
    pub(crate) branch: &'a str,
    /// What it begins with; nothing if there is none.
    pub(crate) parent: Option<&'a Sha>,
    pub(crate) files: &'a [FileChange],
    pub(crate) message: &'a str,
    pub(crate) author: &'a Signature,
    pub(crate) committer: &'a Signature,
}

impl GitRepository {
    /// Makes a commit, and the branch's last one of it.
    pub(crate) fn commit(&self, new: &NewCommit<'_>) -> Result<Sha, GitError> {
        let mut paths = new.files.iter().map(FileChange::path);
        if let Some(path) = paths.find(|path| is_forbidden(path)) {
            return Err(GitError::new(format!("git allows no path `{path}`")));
        }
        let made = self.run(&["fast-import", "--quiet", "--done"], &stream(new))?;
        let made = String::from_utf8_lossy(&made);
        made.trim().parse().map_err(|_| GitError::new(format!("git made no commit: {made}")))
    }
}

/// Whether no client of git's writes such a path: `fast-import` takes any, and a clone of it fails.
fn is_forbidden(path: &str) -> bool {
    let is_bad = |it: &str| matches!(it, "" | "." | "..") || it.eq_ignore_ascii_case(".git");
    path.split('/').any(is_bad)
}

/// What `git fast-import` reads. It is one process for any number of files.
fn stream(new: &NewCommit<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut line = |text: &str| stream.extend_from_slice(format!("{text}\n").as_bytes());
    line(&format!("commit refs/heads/{}", new.branch));
    line("mark :1");
    line(&format!("author {}", new.author.line()));
    line(&format!("committer {}", new.committer.line()));
    data(&mut stream, new.message.as_bytes());
    let mut line = |text: &str| stream.extend_from_slice(format!("{text}\n").as_bytes());
    if let Some(parent) = new.parent {
        line(&format!("from {parent}"));
    }
    for file in new.files {
        match file {
            FileChange::Written { path, content, executable } => {
                let mode = if *executable { "100755" } else { "100644" };
                let text = format!("M {mode} inline {}\n", quoted(path));
                stream.extend_from_slice(text.as_bytes());
                data(&mut stream, content);
            }
            FileChange::Removed { path } => {
                stream.extend_from_slice(format!("D {}\n", quoted(path)).as_bytes());
            }
        }
    }
    stream.extend_from_slice(b"\nget-mark :1\ndone\n");
    stream
}

fn data(stream: &mut Vec<u8>, bytes: &[u8]) {
    stream.extend_from_slice(format!("data {}\n", bytes.len()).as_bytes());
    stream.extend_from_slice(bytes);
    stream.push(b'\n');
}

/// A path in quotes, so that none ends the line or is taken for something else.
fn quoted(path: &str) -> String {
    let mut quoted = String::from("\"");
    for it in path.chars() {
        match it {
            '"' | '\\' => quoted.extend(['\\', it]),
            it if it.is_ascii_control() => quoted += &format!("\\{:03o}", u32::from(it)),
            it => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_within_the_repository() {
        for path in ["a.txt", "a/b.txt", "a..b/.github/c", ".gitignore"] {
            assert!(!is_forbidden(path), "{path}");
        }
        for path in ["", "/a", "a/", "a//b", "../a", "a/../b", "./a", ".git/config", "a/.GIT/b"] {
            assert!(is_forbidden(path), "{path}");
        }
    }
}
