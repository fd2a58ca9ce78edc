use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::error::Error;
use crate::engine::page::Page;

/// A call to any endpoint of GitHub's REST API, for what this crate has no method for. It has the
/// deadlines, limits, retries and errors of every other call.
///
/// ```no_run
/// use hookstead_client::{Client, Error, Method};
/// use serde_json::json;
///
/// #[derive(serde::Deserialize)]
/// struct Label {
///     name: String,
/// }
///
/// # async fn label(github: Client) -> Result<(), Error> {
/// let path = "/repos/octocat/hello-world/issues/7/labels";
/// let labels: Vec<Label> = github.get(path).await?;
/// let labels: Vec<Label> = github.post(path, &json!({"labels": ["tested"]})).await?;
/// // Replacing all labels may be done twice, so it may be repeated.
/// let replaced: Vec<Label> = github
///     .request(Method::PUT, path)
///     .json(&json!({"labels": ["tested"]}))?
///     .harmless()
///     .send()
///     .await?;
/// // Answers without a body decode as `()`.
/// let () = github.delete("/repos/octocat/hello-world/issues/7/lock").await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `send`"]
pub struct Request {
    core: Core,
    call: Call,
}

impl Request {
    pub(crate) fn new(core: Core, call: Call) -> Self {
        Self { core, call }
    }

    /// Sets the body.
    ///
    /// # Errors
    ///
    /// Fails when it has no JSON form.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        self.call = self.call.json(body)?;
        Ok(self)
    }

    /// Doing it twice does no more harm than doing it once, so it may be
    /// [repeated](crate#what-is-repeated) when no answer comes. Reads are so anyway.
    pub fn harmless(mut self) -> Self {
        self.call = self.call.harmless();
        self
    }

    /// An event named it a moment ago; see [`Repo::just_named`](crate::Repo::just_named).
    pub fn just_named(mut self) -> Self {
        self.call.is_just_named = true;
        self
    }

    /// Sends it and decodes the answer. An answer without a body decodes as `()`.
    ///
    /// # Errors
    ///
    /// Fails when the path is unusable, GitHub refuses, or the call fails on the way, see [`Error`].
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.core.send(self.call).await?.decode_or_null()
    }

    /// Sends it and decodes one page of a list.
    ///
    /// # Errors
    ///
    /// Fails as [`send`](Self::send) does.
    pub async fn send_page<T: DeserializeOwned>(self) -> Result<Page<T>, Error> {
        self.core.send(self.call).await?.page()
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Request").field(&self.call.purpose()).finish()
    }
}
