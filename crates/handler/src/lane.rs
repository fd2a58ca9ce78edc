/// The lane of a delivery: of the deliveries in a lane at most one is handled at a time, on
/// whichever machine.
///
/// Handlers are registered with a lane ([`Registration::lane`](crate::Registration::lane)), the
/// receiver asks the router for it ([`Router::lane`](crate::Router::lane)), and the inbox keeps to
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Lane {
    /// What the deliveries of a lane have in common.
    pub key: String,
    /// `None`: every delivery of the lane is handled. Else only the newest is: a newer delivery
    /// supersedes the older ones. The larger number is newer; among equals, what was accepted later.
    pub version: Option<i64>,
}

impl Lane {
    /// The longest key that is kept as it is, in bytes: more than a repository and a branch have,
    /// and what a database's index takes. Of a longer key only a digest distinguishes the end.
    pub const MAX_KEY_LENGTH: usize = 1024;

    /// A lane in which every delivery is handled.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        let mut key = key.into();
        if key.len() > Self::MAX_KEY_LENGTH {
            let digest = format!("...{:032x}", digest(key.as_bytes()));
            key.truncate(key.floor_char_boundary(Self::MAX_KEY_LENGTH - digest.len()));
            key.push_str(&digest);
        }
        Self { key, version: None }
    }

    /// The same lane, in which only the newest delivery is handled.
    #[must_use]
    pub fn latest_only(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }
}

/// FNV-1a in 128 bits: the same in every version and on every machine, which std's hash is not.
fn digest(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |digest, byte| (digest ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_stay_apart_and_short_enough() {
        let start = "é".repeat(Lane::MAX_KEY_LENGTH);
        let [one, two] = ["1", "2"].map(|end| Lane::new(format!("{start}{end}")));
        assert_ne!(one, two);
        assert_eq!(one, Lane::new(format!("{start}1")));
        assert!(one.key.len() <= Lane::MAX_KEY_LENGTH && one.key.starts_with("é"));
        let longest = "k".repeat(Lane::MAX_KEY_LENGTH);
        assert_eq!(Lane::new(longest.clone()).key, longest);
    }
}
