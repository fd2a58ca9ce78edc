use hookstead_types::Sha;

use super::error::GitError;
use super::person::Signature;
use super::program;
use super::repository::GitRepository;

/// What became of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Merged {
    /// The tree of both, or the last commit of those that were put on top of others.
    Clean(Sha),
    Conflict,
}

/// A commit that is to be made of a tree.
#[derive(Debug)]
pub(crate) struct TreeCommit<'a> {
    pub(crate) tree: &'a Sha,
    pub(crate) parents: &'a [&'a Sha],
    pub(crate) message: &'a str,
    pub(crate) author: &'a Signature,
    pub(crate) committer: &'a Signature,
}

impl GitRepository {
    /// The tree of both commits' changes.
    pub(crate) fn merge_trees(&self, ours: &Sha, theirs: &Sha) -> Result<Merged, GitError> {
        self.merge(&[ours.as_str(), theirs.as_str()])
    }

    fn merge(&self, commits: &[&str]) -> Result<Merged, GitError> {
        let mut arguments = vec!["merge-tree", "--write-tree", "--no-messages"];
        arguments.extend(commits);
        let mut command = self.command();
        command.args(&arguments);
        let output = program::output(command, b"")?;
        match output.status.code() {
            Some(0) => sha(&output.stdout).map(Merged::Clean),
            Some(1) => Ok(Merged::Conflict),
            _ => match program::failure(&arguments, &output) {
                // GitHub calls such branches "entirely different commit histories".
                error if error.says("unrelated histories") => Ok(Merged::Conflict),
                error => Err(error),
            },
        }
    }

    /// Makes a commit of a tree, which no branch has.
    pub(crate) fn commit_tree(&self, new: &TreeCommit<'_>) -> Result<Sha, GitError> {
        let mut arguments = vec!["commit-tree", new.tree.as_str()];
        for parent in new.parents {
            arguments.extend(["-p", parent.as_str()]);
        }
        arguments.extend(["-F", "-"]);
        let mut command = self.command();
        command.args(&arguments);
        for (role, signature) in [("AUTHOR", new.author), ("COMMITTER", new.committer)] {
            command
                .env(format!("GIT_{role}_NAME"), signature.person.usable_name())
                .env(format!("GIT_{role}_EMAIL"), &signature.person.email)
                .env(format!("GIT_{role}_DATE"), signature.raw_date());
        }
        let output = program::output(command, new.message.as_bytes())?;
        if output.status.success() {
            sha(&output.stdout)
        } else {
            Err(program::failure(&arguments, &output))
        }
    }

    /// Makes the commits between two once more on top of the first, one after the other. Merges are left out, and so
    /// is what changes nothing there.
    pub(crate) fn rebase(
        &self,
        onto: &Sha,
        head: &Sha,
        committer: &Signature,
    ) -> Result<Merged, GitError> {
        let mut tip = onto.clone();
        let mut tip_tree = self.tree_of(onto)?;
        for commit in self.log(std::slice::from_ref(head), std::slice::from_ref(onto))? {
            let [parent] = commit.parents.as_slice() else { continue };
            let base = format!("--merge-base={parent}");
            let merged = self.merge(&[&base, tip.as_str(), commit.sha.as_str()])?;
            let Merged::Clean(tree) = merged else { return Ok(Merged::Conflict) };
            if tip_tree == tree {
                continue;
            }
            tip = self.commit_tree(&TreeCommit {
                tree: &tree,
                parents: &[&tip],
                message: &commit.message,
                author: &commit.author,
                committer,
            })?;
            tip_tree = tree;
        }
        Ok(Merged::Clean(tip))
    }

    fn tree_of(&self, commit: &Sha) -> Result<Sha, GitError> {
        sha(&self.run(&["rev-parse", "--verify", &format!("{commit}^{{tree}}")], b"")?)
    }
}

fn sha(text: &[u8]) -> Result<Sha, GitError> {
    let text = String::from_utf8_lossy(text);
    let line = text.lines().next().unwrap_or_default();
    line.parse().map_err(|_| GitError::new(format!("git gave no object: {line}")))
}
