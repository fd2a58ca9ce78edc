use std::collections::HashSet;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use hookstead_client::{Client, HookDelivery, Page, RateLimitPolicy, Repo};
use hookstead_inbox::Inbox;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::error::RecoveryError;
use crate::hook_ref::HookRef;
use crate::ledger::Ledger;
use crate::listing::Listing;
use crate::report::Report;
use crate::settings::Settings;
use crate::source::{KnownHook, Source};
use crate::turn::{RENEWED_EVERY, Turn};

/// Rounds do not follow each other faster than this.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// So long a round is put off, at most, because GitHub wants to be left alone: as long as the client's own
/// calls pause. GitHub delivers again for three days only; a false word must not cost one of them.
const LONGEST_HOLD: Duration = RateLimitPolicy::DEFAULT_LONGEST_DELAY;

/// Has GitHub deliver again what never arrived at one hook. See the [crate's documentation](crate).
pub struct Recovery {
    pub(crate) client: Client,
    pub(crate) source: Source,
    pub(crate) inbox: Inbox,
    pub(crate) settings: Settings,
    /// The hook, once it was found.
    pub(crate) hook: Option<KnownHook>,
    pub(crate) ledger: Ledger,
    /// The events that were handed over, as of the last list, and need no second look: the inbox knows
    /// them, or nobody took them then.
    pub(crate) arrived: HashSet<String>,
    /// A list that a rate limit interrupted, and the last page that came of it.
    pub(crate) interrupted: Option<(Listing, Page<HookDelivery>)>,
    /// When the newest delivery was made that a complete list has shown.
    pub(crate) known_until: Option<Timestamp>,
    /// By which GitHub's times are read.
    pub(crate) clock: Clock,
}

/// Whose deliveries.
impl Recovery {
    /// Recovers what a hook of this repository failed to deliver. The inbox is that of the server that the
    /// hook's deliveries go to: it says what has arrived, and what its handlers take.
    ///
    /// Permission: *Webhooks* read and write; a classic token needs `admin:repo_hook`.
    #[must_use]
    pub fn of_repository_hook(repo: &Repo, hook: impl Into<HookRef>, inbox: Inbox) -> Self {
        let (hooks, owner) = (repo.hooks(), repo.name().to_string());
        let source = Source::Hook { hooks, hook: hook.into(), owner };
        Self::new(repo.client().clone(), source, inbox)
    }

    /// Recovers what a hook of this organization failed to deliver.
    ///
    /// Permission: the organization's *Webhooks*, read and write; a classic token needs
    /// `admin:org_hook`.
    #[must_use]
    pub fn of_organization_hook(
        client: &Client,
        organization: impl Into<String>,
        hook: impl Into<HookRef>,
        inbox: Inbox,
    ) -> Self {
        let owner = organization.into();
        let hooks = client.organization_hooks(owner.as_str());
        let source = Source::Hook { hooks, hook: hook.into(), owner };
        Self::new(client.clone(), source, inbox)
    }

    /// Recovers what the hook of a GitHub App failed to deliver. The client has to have the
    /// App's own key, not that of an installation.
    ///
    /// Permission: none; the App's key.
    #[must_use]
    pub fn of_app(client: &Client, inbox: Inbox) -> Self {
        Self::new(client.clone(), Source::App, inbox)
    }

    fn new(client: Client, source: Source, inbox: Inbox) -> Self {
        Self {
            client,
            source,
            inbox,
            settings: Settings::default(),
            hook: None,
            ledger: Ledger::default(),
            arrived: HashSet::new(),
            interrupted: None,
            known_until: None,
            clock: Clock::default(),
        }
    }
}

/// Running it.
impl Recovery {
    /// Recovers now and [every few minutes](Self::round_interval), until this future ends, and returns what it
    /// returned: a server's, or a signal to stop.
    ///
    /// No failure ends it. They are logged, and the next round takes up what is left: when GitHub
    /// says how long to wait, after that time, else after the usual one.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime, and in one without timers.
    pub async fn run_until<F: Future>(mut self, end: F) -> F::Output {
        let mut end = pin!(end);
        let turn = self.turn();
        loop {
            // The server comes first, so that it listens when GitHub delivers. What this process recovers
            // is its own also between the rounds.
            let output = tokio::select! {
                biased;
                output = &mut end => output,
                pause = self.round() => tokio::select! {
                    biased;
                    output = &mut end => output,
                    () = turn.keep_for(pause) => continue,
                },
            };
            turn.give_back().await;
            return output;
        }
    }

    /// A round, its failure logged. Returns how long it is until the next.
    async fn round(&mut self) -> Duration {
        let every = self.settings.every.max(SHORTEST_PAUSE);
        let error = match self.recover_if_nobody_else_does().await {
            // Should that one end, this one goes on.
            Ok(report) if report.is_elsewhere => return every.min(RENEWED_EVERY),
            Ok(_) => return every,
            Err(error) => error,
        };
        let pause = error
            .retry_after()
            .map_or(every, |wait| wait.clamp(SHORTEST_PAUSE, LONGEST_HOLD.max(every)));
        let hook = error.report().hook.as_str();
        if error.needs_a_person() {
            tracing::error!(hook, %error, ?pause, "cannot recover what never arrived");
        } else {
            tracing::warn!(hook, %error, ?pause, "will go on to recover what never arrived");
        }
        pause
    }

    /// Does one round: lists what GitHub has delivered, and asks for what never arrived. It says what it
    /// did, also to the log. While another process recovers this hook, nothing is done.
    ///
    /// The redeliveries themselves come afterwards; what becomes of them, a later round sees.
    ///
    /// # Errors
    ///
    /// Fails when GitHub or the inbox does. The next round takes up where this one ended.
    ///
    /// # Panics
    ///
    /// Panics as [`run_until`](Self::run_until) does.
    pub async fn recover_once(&mut self) -> Result<Report, RecoveryError> {
        let result = self.recover_if_nobody_else_does().await;
        self.turn().give_back().await;
        result
    }

    /// The role is as the user named the hook, so that all processes of a program have one word for it.
    /// Programs have hooks of their own.
    fn turn(&self) -> Turn {
        let program = self.inbox.router().program_name();
        Turn::new(self.inbox.clone(), format!("recovery of {} for {program}", self.source.shown()))
    }

    async fn recover_if_nobody_else_does(&mut self) -> Result<Report, RecoveryError> {
        let mut report = Report { hook: self.source.shown(), ..Report::default() };
        let turn = self.turn();
        let result = match turn.take().await {
            Ok(true) => tokio::select! {
                biased;
                () = turn.keep() => {
                    report.is_elsewhere = true;
                    Ok(())
                }
                result = self.recover(&mut report) => result,
            },
            Ok(false) => {
                report.is_elsewhere = true;
                Ok(())
            }
            Err(error) => Err(error.into()),
        };
        report.log();
        match result {
            Ok(()) => Ok(report),
            Err(cause) => Err(RecoveryError::new(cause, report)),
        }
    }
}

impl fmt::Debug for Recovery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Recovery")
            .field("of", &self.source.shown())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
