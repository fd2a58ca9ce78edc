use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hookstead_events::Timestamp;
use hookstead_signature::MatchedSecret;

/// How many deliveries a [`Receiver`](crate::Receiver) has verified since it was made, and how many
/// it could not verify.
///
/// A secret that was changed on one side only shows here: failures, and no success since. (A few
/// failures alone say nothing. Anybody can send garbage.)
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureCounts {
    /// So many had a good signature, made with the current secret or a previous one.
    pub verified: u64,
    /// When that was last so.
    pub last_verified: Option<Timestamp>,
    /// So many of them were made with a [previous secret](hookstead_signature::Verifier::or). While
    /// this grows, the previous secret is still in use.
    pub previous_secret: u64,
    /// When that was last so.
    pub last_previous_secret: Option<Timestamp>,
    /// In so many the signature was missing, malformed or wrong.
    pub failed: u64,
    /// When that was last so.
    pub last_failed: Option<Timestamp>,
    /// So many failed after the last one that was good.
    pub failed_since_verified: u64,
}

/// Writes them as they stand in the answer of `/readyz`.
impl fmt::Display for SignatureCounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |what: &str, count: u64, last: &Option<Timestamp>| {
            write!(formatter, "{what}: {count}")?;
            last.as_ref().map_or(Ok(()), |last| write!(formatter, ", the last one at {last}"))
        };
        line("signatures verified", self.verified, &self.last_verified)?;
        if self.previous_secret > 0 {
            let last = &self.last_previous_secret;
            line("\nof these with a previous secret", self.previous_secret, last)?;
        }
        line("\nsignature failures", self.failed, &self.last_failed)?;
        if self.failed_since_verified > 0 {
            let since = self.failed_since_verified;
            write!(formatter, "\nsignature failures since the last good one: {since}")?;
        }
        Ok(())
    }
}

/// Counts signatures.
#[derive(Debug, Default)]
pub(crate) struct Signatures(Mutex<SignatureCounts>);

impl Signatures {
    pub(crate) fn counts(&self) -> SignatureCounts {
        self.lock().clone()
    }

    pub(crate) fn verified(&self, matched: MatchedSecret) {
        let now = Timestamp::now();
        let mut counts = self.lock();
        if !matched.is_current() {
            counts.previous_secret += 1;
            counts.last_previous_secret = Some(now.clone());
        }
        counts.verified += 1;
        counts.last_verified = Some(now);
        counts.failed_since_verified = 0;
    }

    /// Counts one that is missing, malformed or wrong, and returns what is known by now.
    pub(crate) fn failed(&self) -> SignatureCounts {
        #[cfg(feature = "metrics")]
        crate::metrics::signature_failed();
        let mut counts = self.lock();
        counts.failed += 1;
        counts.last_failed = Some(Timestamp::now());
        counts.failed_since_verified += 1;
        counts.clone()
    }

    fn lock(&self) -> MutexGuard<'_, SignatureCounts> {
        // Counters are never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
