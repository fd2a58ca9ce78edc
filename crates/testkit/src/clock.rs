use std::fmt;
use std::time::Duration;

use hookstead_types::Timestamp;

use crate::fail::fail;
use crate::github::FakeGitHub;

impl FakeGitHub {
    /// The fake's clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock { github: self.clone() }
    }
}

/// The clock of a [`FakeGitHub`], which a test puts forward. Windows of rate limits end, tokens of installations
/// expire, groups of merge queues time out, deliveries become too old to be repeated. What the fake dates is later.
///
/// The clock of the program under test stays as it is. To have old things at a time that the program takes
/// for now, [begin](crate::FakeGitHubBuilder::began) in the past.
///
/// ```
/// use std::time::Duration;
///
/// use hookstead_testkit::FakeGitHub;
/// use hookstead_types::Timestamp;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let github = FakeGitHub::start().await;
/// github.clock().advance(Duration::from_secs(60 * 60));
/// github.clock().set(&Timestamp::from("2040-01-01T00:00:00Z"));
/// assert!(github.clock().now().to_string().starts_with("2040-01-01T00:00:"));
/// # }
/// ```
#[derive(Clone)]
pub struct Clock {
    github: FakeGitHub,
}

impl Clock {
    /// The time by this clock, in whole seconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.github.shared().read(|world| world.mint.now())
    }

    /// Puts the clock forward, in whole seconds.
    pub fn advance(&self, by: Duration) {
        self.github.shared().update(|world| world.put_forward(by));
    }

    /// Puts the clock forward to this moment; from there it goes on.
    ///
    /// # Panics
    ///
    /// If the moment is past by this clock, or no moment: what has happened would lie ahead.
    #[track_caller]
    pub fn set(&self, moment: &Timestamp) {
        let is_ahead = self.github.shared().update(|world| {
            let (now, then) = (world.mint.now().instant(), moment.instant());
            let wait = now.zip(then).map(|(now, then)| then.duration_since(now));
            let wait = wait.and_then(|wait| Duration::try_from(wait).ok());
            wait.map(|wait| world.put_forward(wait)).is_some()
        });
        if !is_ahead {
            let now = self.now();
            fail(&format!("the clock says {now}, and cannot be put to {moment}"));
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Clock").field(&self.now()).finish()
    }
}
