use std::sync::Arc;

use crate::engine::limiter::Limiter;
use crate::engine::rate_limit_left::RateLimitsLeft;
use crate::engine::settings::Settings;
#[cfg(feature = "app")]
use crate::identity::clock::Clock;
use crate::identity::token_provider::TokenProvider;

/// What belongs to one token: GitHub counts by token.
pub(crate) struct Access {
    pub(crate) provider: Arc<dyn TokenProvider>,
    pub(crate) limiter: Limiter,
    pub(crate) left: RateLimitsLeft,
    /// By which its tokens are dated, if the client makes them itself.
    #[cfg(feature = "app")]
    pub(crate) clock: Option<Arc<Clock>>,
}

impl Access {
    pub(crate) fn new(provider: Arc<dyn TokenProvider>, settings: &Settings) -> Self {
        Self {
            provider,
            limiter: Limiter::new(settings.rate_limits),
            left: RateLimitsLeft::default(),
            #[cfg(feature = "app")]
            clock: None,
        }
    }

    /// How far its clock runs ahead of this machine's, in seconds.
    pub(crate) fn clock_ahead(&self) -> i64 {
        #[cfg(feature = "app")]
        if let Some(clock) = &self.clock {
            return clock.ahead();
        }
        0
    }

    /// An answer with this date has refused a token that was made when the clock was `ahead`. Returns
    /// whether a token that is made now would be dated otherwise.
    pub(crate) fn learn_clock(&self, date: Option<i64>, ahead: i64) -> bool {
        #[cfg(feature = "app")]
        if let Some(clock) = &self.clock {
            return clock.learn(date, ahead);
        }
        let _ = (date, ahead);
        false
    }
}
