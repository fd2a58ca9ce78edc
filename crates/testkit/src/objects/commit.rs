use crate::git::commit::FileChange;

/// A commit to be made with [`commit`](crate::FakeRepository::commit), in a repository with git.
///
/// ```
/// use hookstead_testkit::FakeCommit;
///
/// let commit = FakeCommit::new("Add a flag")
///     .file("src/flag.txt", "on")
///     .executable("build.sh", "#!/bin/sh\nexit 0\n")
///     .remove("README.md");
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is made by `FakeRepository::commit`"]
pub struct FakeCommit {
    pub(crate) message: String,
    pub(crate) author: Option<String>,
    pub(crate) files: Vec<FileChange>,
}

impl FakeCommit {
    /// A commit with this message, by the repository's owner. It changes no file.
    pub fn new(message: &str) -> Self {
        Self { message: message.to_owned(), author: None, files: Vec::new() }
    }

    /// Writes a file, new or not. The path is relative to the repository, with slashes.
    pub fn file(self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.written(path, content.into(), false)
    }

    /// Writes a file that can be executed.
    pub fn executable(self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.written(path, content.into(), true)
    }

    /// Removes a file, or a folder with all that is in it.
    pub fn remove(mut self, path: &str) -> Self {
        self.files.push(FileChange::Removed { path: path.to_owned() });
        self
    }

    /// The login of the account that commits and pushes it.
    pub fn author(mut self, login: &str) -> Self {
        self.author = Some(login.to_owned());
        self
    }

    fn written(mut self, path: &str, content: Vec<u8>, executable: bool) -> Self {
        self.files.push(FileChange::Written { path: path.to_owned(), content, executable });
        self
    }
}
