use std::time::Duration;

/// The machine that a pipeline is on: where its runners live, and nobody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Machine {
    pub(super) name: String,
    pub(super) time: Duration,
}

impl Machine {
    /// Five minutes: a machine that starts anew is back by then, and nobody waits longer for a build.
    pub const TIME: Duration = Duration::from_secs(5 * 60);

    /// How often others are heard of, and how often it is looked whether one is lost: within these.
    const BEATS: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(30)];
    const LOOKS: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(2)];

    /// The machine of this name. No other one that shares the journal has it, and it keeps it when it starts anew.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), time: Self::TIME }
    }

    /// How long after it was heard of last only a machine itself takes up its builds: their runners may live
    /// there. All machines that share a journal have the same. Default: [`Self::TIME`].
    pub fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How often it has to say that it is alive.
    #[must_use]
    pub fn beat(&self) -> Duration {
        (self.time / 6).clamp(Self::BEATS[0], Self::BEATS[1])
    }

    /// How long its runs may go without a server that shares them: they have ended before others take up the builds.
    #[must_use]
    pub fn abandons_after(&self) -> Duration {
        self.time / 4 * 3
    }

    /// How often another one looks whether its time is over.
    pub(super) fn look(&self) -> Duration {
        (self.time / 60).clamp(Self::LOOKS[0], Self::LOOKS[1])
    }
}

impl From<String> for Machine {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&str> for Machine {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}
