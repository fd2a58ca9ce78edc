use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::app::installation_token::{NewInstallationToken, create};
use crate::engine::access::Access;
use crate::engine::core::Core;
use crate::engine::settings::Settings;
use crate::identity::app_key::AppKey;
use crate::identity::clock::Clock;
use crate::identity::token::Token;
use crate::identity::token_provider::TokenProvider;

/// A token is renewed so long before its end: a call that begins with it must also end with it, and
/// GitHub's clocks differ.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// The installations of an App. Each has a token, and so limits, of its own.
pub(crate) struct App {
    /// Makes calls as the App itself.
    core: Core,
    /// An App has as many as GitHub says; one takes a few hundred bytes.
    installations: Mutex<HashMap<u64, Arc<Access>>>,
}

impl App {
    pub(crate) fn new(settings: Arc<Settings>, key: AppKey) -> Self {
        let clock = Arc::new(Clock::default());
        let own = Arc::new(OwnTokens { key, clock: clock.clone() });
        let access = Access { clock: Some(clock), ..Access::new(own, &settings) };
        let core = Core { settings, access: Arc::new(access) };
        Self { core, installations: Mutex::default() }
    }

    /// Makes calls as the App itself.
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Makes calls as this installation.
    pub(crate) fn installation(&self, id: u64) -> Core {
        let settings = self.core.settings.clone();
        // Nothing panics while it is locked.
        let mut installations = self.installations.lock().unwrap_or_else(PoisonError::into_inner);
        let access = installations.entry(id).or_insert_with(|| {
            let core = self.core.clone();
            let tokens = InstallationTokens { id, core, kept: tokio::sync::Mutex::default() };
            Arc::new(Access::new(Arc::new(tokens), &settings))
        });
        Core { settings, access: access.clone() }
    }

    /// Makes no call, because no App's key is there.
    pub(crate) fn missing(core: &Core) -> Core {
        Core::new(core.settings.clone(), Arc::new(NoApp))
    }
}

/// The App's own tokens. Signing one takes about a millisecond, and few calls need one.
struct OwnTokens {
    key: AppKey,
    /// By which they are dated; GitHub refuses what its own clock finds too new or too old.
    clock: Arc<Clock>,
}

#[async_trait]
impl TokenProvider for OwnTokens {
    async fn token(&self) -> Result<Token, Box<dyn StdError + Send + Sync>> {
        self.key.token(self.clock.now())
    }
}

/// The tokens of an installation.
struct InstallationTokens {
    id: u64,
    /// Of the App itself.
    core: Core,
    /// Locked while it is renewed, so that all others wait for that one.
    kept: tokio::sync::Mutex<Option<Kept>>,
}

/// A token, and its times by the clock that nobody sets. That one stands still while a machine sleeps, so
/// the token may have ended earlier; then GitHub refuses it, and it is renewed.
struct Kept {
    token: Token,
    /// When it was asked for.
    made_at: Instant,
    renew_at: Instant,
    ends_at: Instant,
}

#[async_trait]
impl TokenProvider for InstallationTokens {
    async fn token(&self) -> Result<Token, Box<dyn StdError + Send + Sync>> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = &*kept
            && Instant::now() < kept.renew_at
        {
            return Ok(kept.token.clone());
        }
        let asked_at = Instant::now();
        let wish = NewInstallationToken::new();
        match create(&self.core, self.id, &wish).await {
            Ok((new, lifetime)) => {
                let end = |time| asked_at.checked_add(time).unwrap_or(asked_at);
                *kept = Some(Kept {
                    token: new.token.clone(),
                    made_at: asked_at,
                    renew_at: end(lifetime.saturating_sub(MARGIN)),
                    ends_at: end(lifetime),
                });
                Ok(new.token)
            }
            // What is good for some minutes still serves while GitHub is down.
            Err(error) => match &*kept {
                Some(kept) if Instant::now() < kept.ends_at => Ok(kept.token.clone()),
                _ => Err(error.into()),
            },
        }
    }

    async fn age(&self, token: &Token) -> Option<Duration> {
        let kept = self.kept.lock().await;
        kept.as_ref().filter(|kept| kept.token.is_same_as(token)).map(|kept| kept.made_at.elapsed())
    }

    async fn refused(&self, token: &Token) -> bool {
        let mut kept = self.kept.lock().await;
        if kept.as_ref().is_some_and(|kept| kept.token.is_same_as(token)) {
            *kept = None;
        }
        true
    }
}

/// The client was made without an App's key.
struct NoApp;

#[derive(Debug)]
struct NoAppKey;

impl fmt::Display for NoAppKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the client was made without an App's key")
    }
}

impl StdError for NoAppKey {}

#[async_trait]
impl TokenProvider for NoApp {
    async fn token(&self) -> Result<Token, Box<dyn StdError + Send + Sync>> {
        Err(NoAppKey.into())
    }
}
