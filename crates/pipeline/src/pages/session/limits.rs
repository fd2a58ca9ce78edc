use std::time::Duration;

/// How long a session lasts, and how often somebody may be wrong about the admin's token.
///
/// Who is signed in is never limited. Each server counts for itself, and forgets it when it stops.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignInLimits {
    /// A session ends after this time: by default 7 days. Who looks each working day signs in once a week, and a cookie
    /// that was taken along is worth nothing soon.
    pub lifetime: Duration,
    /// One address may be wrong so often in a row: by default 10 times, for people who try each token they have.
    pub wrong_of_peer: u32,
    /// Then it may try once per this time: by default 30 s. Of a token of 8 random letters and digits that finds one in
    /// a million within a year.
    pub pause_of_peer: Duration,
    /// All addresses may be wrong so often together: by default 100 times. Else somebody with many addresses would have no
    /// limit. An address that gave the right token within a session's lifetime does not count here.
    pub wrong_of_all: u32,
    /// Then they may try once per this time, together: by default 3 s.
    pub pause_of_all: Duration,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(7 * 24 * 60 * 60),
            wrong_of_peer: 10,
            pause_of_peer: Duration::from_secs(30),
            wrong_of_all: 100,
            pause_of_all: Duration::from_secs(3),
        }
    }
}
