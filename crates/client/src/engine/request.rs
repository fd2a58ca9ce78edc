use bytes::Bytes;
use http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::error::Error;
use crate::engine::error_kind::Kind;
use crate::engine::page::Page;

/// What a request says by itself, or must not say: the token goes to where it goes.
const OWN_HEADERS: [HeaderName; 5] =
    [AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING];

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

    /// Adds a parameter to the query, escaped.
    ///
    /// ```no_run
    /// # async fn search(github: hookstead_client::Client) -> Result<(), hookstead_client::Error> {
    /// use hookstead_client::Method;
    ///
    /// let found: serde_json::Value = github
    ///     .request(Method::GET, "/search/issues")
    ///     .query("q", "repo:octocat/hello-world label:\"needs review\"")
    ///     .send()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.call = self.call.query(name, value);
        self
    }

    /// Adds a header, or puts it in the place of one that every call has: `Accept` for another form of the
    /// answer, `X-GitHub-Api-Version` for another version. [`send_bytes`](Self::send_bytes) is for answers
    /// that are no JSON then.
    ///
    /// # Errors
    ///
    /// Fails when name or value cannot stand in a header, and for those that the client alone
    /// sets: `Authorization`, `Connection`, `Content-Length`, `Host`, `Transfer-Encoding`.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Result<Self, Error> {
        let refused = |problem: &str| self.call.error(Kind::InvalidRequest(problem.to_owned()));
        let name = HeaderName::from_bytes(name.as_ref().as_bytes())
            .map_err(|_| refused("the name of a header is malformed"))?;
        if OWN_HEADERS.contains(&name) {
            return Err(refused(&format!("the header `{name}` is the client's own")));
        }
        // Its text may be a secret.
        let value = HeaderValue::from_str(value.as_ref())
            .map_err(|_| refused(&format!("the value of the header `{name}` is malformed")))?;
        self.call = self.call.header(name, value);
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

    /// Sends it and returns the answer's body as it is, for what is no JSON: a file, a diff. Say by the
    /// [header](Self::header) `Accept` which form is wanted.
    ///
    /// ```no_run
    /// # async fn diff(github: hookstead_client::Client) -> Result<(), hookstead_client::Error> {
    /// use hookstead_client::Method;
    ///
    /// let diff = github
    ///     .request_to(Method::GET, ["repos", "octocat", "hello-world", "pulls", "7"])?
    ///     .header("Accept", "application/vnd.github.diff")?
    ///     .send_bytes()
    ///     .await?;
    /// println!("{}", String::from_utf8_lossy(&diff));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as [`send`](Self::send) does. An answer that is neither JSON nor of one of GitHub's own media
    /// types is [not GitHub's](Error::is_not_github).
    pub async fn send_bytes(mut self) -> Result<Bytes, Error> {
        self.call.is_raw = true;
        self.core.send(self.call).await?.bytes()
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
