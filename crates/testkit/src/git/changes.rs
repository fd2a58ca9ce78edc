use hookstead_types::Sha;

use super::error::GitError;
use super::repository::GitRepository;

/// What became of a file between two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedFile {
    pub(crate) path: String,
    /// The name that a renamed one had.
    pub(crate) previous: Option<String>,
    /// In GitHub's words: `added`, `removed`, `modified`, `renamed`, `copied`, `changed`.
    pub(crate) status: &'static str,
    /// The contents; of a removed file those that it had.
    pub(crate) blob: Sha,
    /// Lines; a binary file has none.
    pub(crate) additions: u64,
    pub(crate) deletions: u64,
    /// The lines in git's form, from the first `@@` on; a binary file has none.
    pub(crate) patch: Option<String>,
}

impl GitRepository {
    /// The files that differ between two commits; all files if there is nothing to compare with.
    pub(crate) fn changes(
        &self,
        from: Option<&Sha>,
        to: &Sha,
    ) -> Result<Vec<ChangedFile>, GitError> {
        let common = ["diff-tree", "-r", "-M", "--root", "--no-commit-id"];
        let ends = || from.into_iter().chain([to]).map(Sha::as_str);
        let facts = ["-z", "--raw", "--numstat"];
        let facts: Vec<&str> = common.into_iter().chain(facts).chain(ends()).collect();
        let patches: Vec<&str> = common.into_iter().chain(["-p"]).chain(ends()).collect();
        let facts = self.run(&facts, b"")?;
        let mut files = parse(&String::from_utf8_lossy(&facts));
        let patches = self.run(&patches, b"")?;
        let patches = String::from_utf8_lossy(&patches);
        for (file, patch) in files.iter_mut().zip(split(&patches)) {
            file.patch = patch;
        }
        Ok(files)
    }

    /// What a branch changed since it left another: GitHub compares with their last common commit.
    pub(crate) fn changes_since_fork(
        &self,
        base: &Sha,
        head: &Sha,
    ) -> Result<Vec<ChangedFile>, GitError> {
        match self.merge_base(base, head)? {
            Some(common) => self.changes(Some(&common), head),
            None => Ok(Vec::new()),
        }
    }

    /// The last commit that both have.
    pub(crate) fn merge_base(&self, one: &Sha, other: &Sha) -> Result<Option<Sha>, GitError> {
        let mut command = self.command();
        command.args(["merge-base", one.as_str(), other.as_str()]);
        let output = super::program::output(command, b"")?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.trim().parse().ok())
    }
}

/// First come the facts of all files, then the numbers of lines in the same order. A renamed file has two paths.
fn parse(text: &str) -> Vec<ChangedFile> {
    let mut tokens = text.split('\0').peekable();
    let mut files = Vec::new();
    while let Some(facts) = tokens.next_if(|token| token.starts_with(':')) {
        files.extend(file(facts, &mut tokens));
    }
    for file in &mut files {
        let mut numbers = tokens.next().unwrap_or_default().splitn(3, '\t');
        let mut number = || numbers.next().and_then(|it| it.parse().ok()).unwrap_or(0);
        (file.additions, file.deletions) = (number(), number());
        if file.previous.is_some() {
            // Both paths follow by themselves.
            let _paths = (tokens.next(), tokens.next());
        }
    }
    files
}

/// Reads `:mode mode blob blob letter`, and the paths after it.
fn file<'a>(facts: &str, tokens: &mut impl Iterator<Item = &'a str>) -> Option<ChangedFile> {
    let mut facts = facts.split(' ').skip(2);
    let (before, after) = (facts.next()?, facts.next()?);
    let letter = facts.next()?.chars().next()?;
    let status = match letter {
        'A' => "added",
        'D' => "removed",
        'R' => "renamed",
        'C' => "copied",
        'T' => "changed",
        _ => "modified",
    };
    let mut path = tokens.next()?.to_owned();
    let mut previous = None;
    if matches!(letter, 'R' | 'C') {
        previous = Some(std::mem::replace(&mut path, tokens.next()?.to_owned()));
    }
    let blob = if letter == 'D' { before } else { after }.parse().ok()?;
    Some(ChangedFile { path, previous, status, blob, additions: 0, deletions: 0, patch: None })
}

/// The patch of each file. No line of a patch itself begins with a letter.
fn split(patches: &str) -> Vec<Option<String>> {
    let mut all: Vec<Option<String>> = Vec::new();
    for line in patches.split_inclusive('\n') {
        if line.starts_with("diff --git ") {
            all.push(None);
        } else if let Some(patch) = all.last_mut() {
            match patch {
                Some(patch) => patch.push_str(line),
                None if line.starts_with("@@ ") => *patch = Some(line.to_owned()),
                None => {}
            }
        }
    }
    for patch in all.iter_mut().flatten() {
        patch.truncate(patch.trim_end_matches('\n').len());
    }
    all
}

#[cfg(test)]
mod tests {
    use hookstead_types::Timestamp;

    use super::*;
    use crate::git::commit::{FileChange, NewCommit};
    use crate::git::person::{Person, Signature};

    fn written(path: &str, content: &[u8]) -> FileChange {
        FileChange::Written { path: path.to_owned(), content: content.to_vec(), executable: false }
    }

    fn removed(path: &str) -> FileChange {
        FileChange::Removed { path: path.to_owned() }
    }

    fn commit(
        git: &GitRepository,
        branch: &str,
        parent: Option<&Sha>,
        files: &[FileChange],
    ) -> Sha {
        let person = Person::new("octocat", "octocat@example.com");
        let signature = Signature { person, date: Timestamp::from_epoch_seconds(1_700_000_000) };
        let (author, committer) = (&signature, &signature);
        let new = NewCommit { branch, parent, files, message: "Change", author, committer };
        git.commit(&new).unwrap()
    }

    #[test]
    fn changes_files_and_contents() {
        let git = GitRepository::create("main").unwrap();
        let long = "a line that stays as it is\n".repeat(20);
        let files = [written("a.txt", b"one\ntwo\n"), written("old \"name\"", long.as_bytes())];
        let first = commit(&git, "main", None, &files);
        let files = [
            written("a.txt", b"one\nthree\n"),
            removed("old \"name\""),
            written("new\tname", long.as_bytes()),
            written("bytes", &[0, 1, 2]),
        ];
        let second = commit(&git, "main", Some(&first), &files);
        let facts = |files: Vec<ChangedFile>| {
            let facts = files.into_iter().map(|it| {
                format!(
                    "{} {} +{} -{} {:?}",
                    it.status, it.path, it.additions, it.deletions, it.patch
                )
            });
            facts.collect::<Vec<_>>()
        };
        let found = git.changes(Some(&first), &second).unwrap();
        assert_eq!(found[2].previous.as_deref(), Some("old \"name\""));
        assert_eq!(
            facts(found),
            [
                "modified a.txt +1 -1 Some(\"@@ -1,2 +1,2 @@\\n one\\n-two\\n+three\")",
                "added bytes +0 -0 None",
                "renamed new\tname +0 -0 None",
            ]
        );
        assert_eq!(git.changes(None, &first).unwrap()[0].additions, 2, "against nothing");
        assert_eq!(git.file(&second, "a.txt").unwrap().unwrap(), b"one\nthree\n");
        assert_eq!(git.file(&first, "a.txt").unwrap().unwrap(), b"one\ntwo\n");
        assert_eq!(git.file(&second, "nothing").unwrap(), None);
        let listed = git.files(&second).unwrap();
        let listed: Vec<_> = listed.iter().map(|it| (it.path.as_str(), it.size)).collect();
        assert_eq!(listed, [("a.txt", Some(10)), ("bytes", Some(3)), ("new\tname", Some(540))]);
    }

    #[test]
    fn a_branch_is_compared_with_where_it_began() {
        let git = GitRepository::create("main").unwrap();
        let base = commit(&git, "main", None, &[written("a.txt", b"a\n")]);
        let head = commit(&git, "topic", Some(&base), &[written("b.txt", b"b\n")]);
        let main = commit(&git, "main", Some(&base), &[written("c.txt", b"c\n")]);
        assert_eq!(git.merge_base(&main, &head).unwrap(), Some(base));
        let changed = git.changes_since_fork(&main, &head).unwrap();
        let paths: Vec<_> = changed.iter().map(|it| (it.path.as_str(), it.status)).collect();
        assert_eq!(paths, [("b.txt", "added")]);
        let other = commit(&git, "other", None, &[written("d.txt", b"d\n")]);
        assert_eq!(git.merge_base(&main, &other).unwrap(), None);
        assert_eq!(git.changes_since_fork(&main, &other).unwrap(), []);
    }
}
