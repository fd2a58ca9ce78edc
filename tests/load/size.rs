use std::time::Duration;

/// How large the test is: `HOOKSTEAD_LOAD_SECONDS` says how long each crowd stays. Without it the
/// test is short, and its bursts are small.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// How long a crowd stays, once it is there.
    pub(crate) stay: Duration,
    /// How many deliveries a burst has.
    pub(crate) burst: usize,
    is_full: bool,
}

impl Size {
    pub(crate) fn from_env() -> Self {
        let seconds = std::env::var("HOOKSTEAD_LOAD_SECONDS").ok();
        match seconds.map(|it| it.parse().expect("HOOKSTEAD_LOAD_SECONDS is a number")) {
            Some(seconds) => {
                Self { stay: Duration::from_secs_f64(seconds), burst: 20_000, is_full: true }
            }
            None => Self { stay: Duration::from_millis(500), burst: 2000, is_full: false },
        }
    }

    /// So many, or a part of them in a short test.
    pub(crate) fn of(self, number: usize) -> usize {
        if self.is_full { number } else { number.div_ceil(SHORT) }
    }
}

/// A short test has such a part of each crowd.
const SHORT: usize = 10;
