use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::identity::token::Token;

/// Where a client gets its token from, before each request: for tokens that change while the program
/// runs, because a vault hands them out or a file is replaced.
///
/// It is asked often, so it keeps the token as long as that is good.
///
/// ```
/// use hookstead_client::{Client, Credentials, Token, TokenProvider, async_trait};
///
/// struct File(std::path::PathBuf);
///
/// #[async_trait]
/// impl TokenProvider for File {
///     async fn token(&self) -> Result<Token, Box<dyn std::error::Error + Send + Sync>> {
///         let text = std::fs::read_to_string(&self.0)?;
///         Ok(Token::new(text.trim())?)
///     }
/// }
///
/// # fn build() -> Result<(), hookstead_client::BuildError> {
/// let client = Client::new(Credentials::provider(File("/run/secrets/github".into())))?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not provide tokens",
    label = "`TokenProvider` is not implemented for this",
    note = "implement it: `#[hookstead::async_trait] impl hookstead::client::TokenProvider for ...`",
    note = "a token that never changes needs no provider: it is a `hookstead::client::Token`"
)]
#[async_trait]
pub trait TokenProvider: Send + Sync + 'static {
    /// The token for the next request.
    ///
    /// # Errors
    ///
    /// The call fails with this error as its source; nothing is sent. The error's text shows in
    /// logs, so it must not hold the token.
    // The compiler shows the next line to who forgets the attribute, so its cure stands there.
    async fn token(&self) -> Result<Token, Box<dyn Error + Send + Sync>>; // the `impl` needs #[async_trait]

    /// How long ago this token was made, if the provider made it and so knows. The default is `None`.
    ///
    /// A token that is [young](crate::RetryPolicy::young_token) may be unknown to some of GitHub's servers.
    /// When one is refused, the call is sent again with the same token for some seconds, and only then is
    /// the token reported to [`refused`](Self::refused).
    async fn age(&self, token: &Token) -> Option<Duration> {
        let _ = token;
        None
    }

    /// GitHub has answered 401 to this token. Returns whether [`token`](Self::token) may bring a
    /// better one now; the call is then tried once more. The default is no.
    ///
    /// Several calls may report the same token. [`Token::is_same_as`] tells whether it is still the
    /// one that is kept.
    async fn refused(&self, token: &Token) -> bool {
        let _ = token;
        false
    }
}

/// How a client proves who it is. Made from a [`Token`], a [`TokenProvider`] or, with the feature
/// `app`, an App's key.
#[derive(Clone)]
pub struct Credentials(pub(crate) CredentialsKind);

#[derive(Clone)]
pub(crate) enum CredentialsKind {
    Provider(Arc<dyn TokenProvider>),
    #[cfg(feature = "app")]
    App(crate::identity::app_key::AppKey),
}

impl Credentials {
    /// Asks this for the token, before each request.
    #[must_use]
    pub fn provider(provider: impl TokenProvider) -> Self {
        Self(CredentialsKind::Provider(Arc::new(provider)))
    }
}

impl From<Token> for Credentials {
    fn from(token: Token) -> Self {
        Self::provider(Fixed(token))
    }
}

#[cfg(feature = "app")]
impl From<crate::identity::app_key::AppKey> for Credentials {
    fn from(key: crate::identity::app_key::AppKey) -> Self {
        Self(CredentialsKind::App(key))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            CredentialsKind::Provider(_) => "Credentials(token, [redacted])",
            #[cfg(feature = "app")]
            CredentialsKind::App(_) => "Credentials(App, [redacted])",
        })
    }
}

/// A token that stays.
struct Fixed(Token);

#[async_trait]
impl TokenProvider for Fixed {
    async fn token(&self) -> Result<Token, Box<dyn Error + Send + Sync>> {
        Ok(self.0.clone())
    }
}
