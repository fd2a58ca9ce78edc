use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// A number of bytes, written with its unit: `64 MiB`, `512 KiB`, `2 GB`.
///
/// `KiB`, `MiB`, `GiB` and `TiB` count by 1,024, `kB`, `MB`, `GB` and `TB` by 1,000, and `B` is a byte.
///
/// ```
/// use hookstead_pipeline::config::ByteSize;
///
/// let size: ByteSize = "64 MiB".parse()?;
/// assert_eq!(size.bytes(), 64 * 1024 * 1024);
/// assert_eq!(size.to_string(), "64 MiB");
/// # Ok::<(), hookstead_pipeline::config::InvalidByteSize>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ByteSize(u64);

/// The longer ones first: `64 MiB` is shown as `64 MiB`, and not in bytes.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

impl ByteSize {
    /// A size of so many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes it is.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = InvalidByteSize;

    fn from_str(text: &str) -> Result<Self, InvalidByteSize> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at_checked(end).unwrap_or((text, ""));
        let unit = unit.strip_prefix(' ').unwrap_or(unit);
        if digits.is_empty() {
            return Err(InvalidByteSize::NoSize);
        }
        if unit.is_empty() {
            return Err(InvalidByteSize::NoUnit);
        }
        let known = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, factor) = known.ok_or(InvalidByteSize::NoSize)?;
        let number: u64 = digits.parse().map_err(|_| InvalidByteSize::TooLarge)?;
        number.checked_mul(*factor).map(Self).ok_or(InvalidByteSize::TooLarge)
    }
}

/// In the largest unit that leaves no fraction.
impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().find(|(_, factor)| self.0 > 0 && self.0.is_multiple_of(*factor));
        let (unit, factor) = whole.unwrap_or(&("B", 1));
        write!(formatter, "{} {unit}", self.0 / factor)
    }
}

/// Why a text is no [`ByteSize`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidByteSize {
    /// It is not a number with a unit.
    NoSize,
    /// It is a number without a unit.
    NoUnit,
    /// It is more than 2^64 bytes.
    TooLarge,
}

impl fmt::Display for InvalidByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoSize => {
                "is no size such as `64 MiB` (units: B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)"
            }
            Self::NoUnit => "has no unit, as in `64 MiB`",
            Self::TooLarge => "is larger than any disk",
        })
    }
}

impl Error for InvalidByteSize {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown() {
        for (text, bytes, shown) in [
            ("64 MiB", 64 << 20, "64 MiB"),
            ("64MiB", 64 << 20, "64 MiB"),
            ("1024 KiB", 1 << 20, "1 MiB"),
            ("2 GB", 2_000_000_000, "2 GB"),
            ("0 B", 0, "0 B"),
            ("1500 kB", 1_500_000, "1500 kB"),
            ("1 TiB", 1 << 40, "1 TiB"),
        ] {
            let size: ByteSize = text.parse().unwrap();
            assert_eq!((size.bytes(), size.to_string().as_str()), (bytes, shown), "{text}");
            assert_eq!(size.to_string().parse(), Ok(size));
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        use InvalidByteSize::{NoSize, NoUnit, TooLarge};
        for (text, error) in [
            ("", NoSize),
            ("MiB", NoSize),
            ("64", NoUnit),
            ("64 ", NoUnit),
            ("-1 MiB", NoSize),
            ("1.5 GiB", NoSize),
            ("64  MiB", NoSize),
            ("64 mib", NoSize),
            ("64 MiB ", NoSize),
            ("18446744073709551616 B", TooLarge),
            ("99999999 TiB", TooLarge),
        ] {
            assert_eq!(text.parse::<ByteSize>(), Err(error), "{text:?}");
        }
    }
}
