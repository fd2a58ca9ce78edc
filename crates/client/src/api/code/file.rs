use bytes::Bytes;
use http::header::CONTENT_TYPE;

use crate::engine::endpoint::Endpoint;
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// The form in which a file is asked for: its bytes, and nothing around them.
const RAW: &str = "application/vnd.github.raw+json";

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&GET];

static GET: Endpoint =
    Endpoint::get("Repo::file", IN_REPOSITORY, "/contents/{path}").permission("*Contents* read");

impl Repo {
    /// Gets the contents of a file, byte for byte, as they are in this commit: a branch, a tag or a sha. A
    /// link within the repository is followed.
    ///
    /// GitHub gives at most 100 MB, and this client
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    ///
    /// ```no_run
    /// # async fn configuration(repo: hookstead_client::Repo) -> Result<(), hookstead_client::Error> {
    /// match repo.file(".github/ci.toml", "main").await {
    ///     Ok(bytes) => println!("{}", String::from_utf8_lossy(&bytes)),
    ///     Err(error) if error.is_not_found() => println!("there is none"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Permission: *Contents* read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such file or commit (404), when it is a folder, when the path leads
    /// elsewhere (an empty part, `.`, `..`), or the call fails on the way, see [`Error`].
    pub async fn file(&self, path: &str, git_ref: impl AsRef<str>) -> Result<Bytes, Error> {
        let git_ref = git_ref.as_ref();
        let purpose = format!("get {path} at {git_ref} of {}", self.name());
        let leads_elsewhere = path.split('/').any(|part| matches!(part, "" | "." | ".."));
        let problem = leads_elsewhere.then(|| format!("`{path}` is no path of a file"));
        // GitHub takes the path as one segment, its slashes escaped.
        let call = self.call(&GET, purpose, &[path])?.unless(problem)?;
        let answer = self.core().send(call.query("ref", git_ref).raw(RAW)).await?;
        // A folder has no bytes: GitHub lists what is in it.
        let content_type = answer.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let is_raw = content_type.is_none_or(|it| it.to_ascii_lowercase().contains("raw"));
        if answer.status.is_success() && !is_raw {
            return Err(answer.unfit("it is a folder or a submodule, and no file"));
        }
        answer.bytes()
    }
}
