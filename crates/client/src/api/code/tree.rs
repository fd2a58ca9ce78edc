use hookstead_types::{Decode, Sha};

use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// All files of a commit, as the API lists them.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Tree {
    /// Its name.
    pub sha: Sha,
    /// What is in it, and in the folders below it.
    #[serde(default, rename = "tree")]
    pub entries: Vec<TreeEntry>,
    /// Whether there is more than GitHub lists: 100,000 entries, or 7 MB.
    #[serde(default)]
    pub truncated: bool,
}

/// Something in a tree.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct TreeEntry {
    /// Its path.
    pub path: String,
    /// What it is: `blob` for a file, `tree` for a folder, `commit` for a submodule.
    pub r#type: Option<String>,
    /// Its mode, as git writes it: `100644` for a file, `100755` for one that can be run, `120000` for
    /// a link.
    pub mode: Option<String>,
    /// The name of its contents.
    pub sha: Option<Sha>,
    /// How many bytes a file has.
    pub size: Option<u64>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET];

static GET: Endpoint = Endpoint::get("Repo::tree", IN_REPOSITORY, "/git/trees/{tree_sha}")
    .permission("*Contents* read");

impl Repo {
    /// Lists everything in a tree, folders and what is in them. It is named by its own sha, by a commit,
    /// a branch or a tag.
    ///
    /// Permission: *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404), when the repository is empty (409), or the call fails on the way,
    /// see [`Error`].
    pub async fn tree(&self, name: impl AsRef<str>) -> Result<Tree, Error> {
        let name = name.as_ref();
        let purpose = format!("list the files of {name} in {}", self.name());
        let call = self.call(&GET, purpose, &[name])?.query("recursive", "1");
        self.core().send(call).await?.decode()
    }
}
