use std::fmt;
#[cfg(feature = "app")]
use std::sync::Arc;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "app")]
use crate::app::app::App;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::error::Error;
use crate::engine::items::Items;
use crate::engine::page::Page;
use crate::engine::rate_limit_left::RateLimitLeft;
use crate::engine::request::Request;
use crate::identity::git_credential::GitCredential;
use crate::identity::token::Token;

/// A client for GitHub's REST API with one token.
///
/// Cloning is cheap, and the clones share their connections. It can be built anywhere; calls need
/// a Tokio runtime with its I/O and time drivers.
///
/// ```no_run
/// use hookstead_client::{Client, NewStatus, RepoName, Sha, Token};
///
/// # async fn report() -> Result<(), Box<dyn std::error::Error>> {
/// let github = Client::new(Token::from_env("MY_PERSONAL_TOKEN")?)?;
///
/// let name: RepoName = "octocat/hello-world".parse()?;
/// let sha: Sha = "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse()?;
/// github.repo(&name).create_status(&sha, &NewStatus::success().context("ci/demo")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    core: Core,
    /// The App whose key it has.
    #[cfg(feature = "app")]
    app: Option<Arc<App>>,
}

impl Client {
    /// The page after this one, by the link that GitHub sent with it; `None` after the last.
    ///
    /// ```no_run
    /// # async fn all(github: hookstead_client::Client, repo: hookstead_client::Repo)
    /// # -> Result<(), hookstead_client::Error> {
    /// let mut next = Some(repo.statuses("main").await?);
    /// while let Some(page) = next {
    ///     for status in &page.items {
    ///         println!("{}: {}", status.context, status.state);
    ///     }
    ///     next = github.next_page(&page).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as every call does, when the link leads away from the base URL, and when the list [has no
    /// end](Error::is_endless_list).
    pub async fn next_page<T: DeserializeOwned>(
        &self,
        page: &Page<T>,
    ) -> Result<Option<Page<T>>, Error> {
        self.core.next_page(page.next().cloned()).await
    }

    /// All items from this page on; see [`Items`].
    pub fn items<T>(&self, page: Page<T>) -> Items<T> {
        Items::new(self.core.clone(), page)
    }

    /// This token for the program `git`: a clone, a fetch or a push from the server whose API this client
    /// calls. It shows in no URL and in no argument.
    ///
    /// Permission: *Contents* read to clone and fetch, *Contents* write to push.
    #[must_use]
    pub fn git_credential(&self, token: &Token) -> GitCredential {
        GitCredential::new(token.clone(), self.core.settings.base.website())
    }

    /// A client that acts as this installation of the App: events say which one they are about. Its
    /// tokens are created when they are needed, kept, and renewed before they end or when GitHub refuses
    /// one for longer than [it is young](crate::RetryPolicy::young_token); many callers at once cause one
    /// renewal. All clients for one installation, made from clones of one client, share token and limits.
    ///
    /// Nothing is sent yet. When this client has no App's key, each call of the returned one fails.
    ///
    /// Permission: what the App was given; an error says what was missing.
    #[cfg(feature = "app")]
    #[must_use]
    pub fn for_installation(&self, id: u64) -> Self {
        let core = match &self.app {
            Some(app) => app.installation(id),
            None => App::missing(&self.core),
        };
        Self { core, app: self.app.clone() }
    }

    /// What GitHub leaves of this token's rate limits, as it said last in its answers; nothing before the first
    /// answer, and none on an Enterprise Server without limits. Nothing is sent.
    #[must_use]
    pub fn rate_limits_left(&self) -> Vec<RateLimitLeft> {
        self.core.access.left.all()
    }

    /// Where its calls go: the base URL, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.core.settings.base.to_string()
    }

    pub(crate) fn from_core(core: Core) -> Self {
        Self {
            core,
            #[cfg(feature = "app")]
            app: None,
        }
    }

    /// The client of an App.
    #[cfg(feature = "app")]
    pub(crate) fn of_app(app: App) -> Self {
        Self { core: app.core().clone(), app: Some(Arc::new(app)) }
    }

    /// What sends its calls.
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}

/// Calls to any endpoint.
impl Client {
    /// A call to any endpoint. The path starts with a slash and follows the base URL, for instance
    /// `/repos/octocat/hello-world/labels?per_page=100`; its parameters are percent-encoded already.
    /// [`request_to`](Self::request_to) escapes them.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(self.core.clone(), Call::written(method, path))
    }

    /// A call to any endpoint. The path is built of these segments, each of which may be any text: a
    /// label's name, a branch with slashes. Each is escaped, and stays one segment.
    ///
    /// ```no_run
    /// # use hookstead_client::{Client, Error, Method};
    /// # async fn label(github: Client, name: &str) -> Result<(), Error> {
    /// let path = ["repos", "octocat", "hello-world", "labels", name];
    /// let label: serde_json::Value = github.request_to(Method::GET, path)?.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when a segment would lead elsewhere: an empty one, `.` or `..`; and without any segment.
    pub fn request_to(
        &self,
        method: Method,
        segments: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Request, Error> {
        let segments: Vec<_> = segments.into_iter().collect();
        let call = Call::to_segments(method, segments.iter().map(AsRef::as_ref))?;
        Ok(Request::new(self.core.clone(), call))
    }

    /// Gets something from any endpoint; see [`Request`].
    ///
    /// # Errors
    ///
    /// Fails as [`Request::send`] does.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.request(Method::GET, path).send().await
    }

    /// Posts something to any endpoint; see [`Request`].
    ///
    /// # Errors
    ///
    /// Fails as [`Request::send`] does.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + ?Sized),
    ) -> Result<T, Error> {
        self.request(Method::POST, path).json(body)?.send().await
    }

    /// Puts something to any endpoint; see [`Request`].
    ///
    /// # Errors
    ///
    /// Fails as [`Request::send`] does.
    pub async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + ?Sized),
    ) -> Result<T, Error> {
        self.request(Method::PUT, path).json(body)?.send().await
    }

    /// Changes something at any endpoint; see [`Request`].
    ///
    /// # Errors
    ///
    /// Fails as [`Request::send`] does.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + ?Sized),
    ) -> Result<T, Error> {
        self.request(Method::PATCH, path).json(body)?.send().await
    }

    /// Deletes something at any endpoint; see [`Request`].
    ///
    /// # Errors
    ///
    /// Fails as [`Request::send`] does.
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.request(Method::DELETE, path).send().await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base_url", &self.core.settings.base.to_string())
            .finish_non_exhaustive()
    }
}
