use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The id of a delivery, from the header `X-GitHub-Delivery`: a GUID on GitHub, something else from
/// other senders, so it is kept as it came.
///
/// ```
/// use hookstead_handler::DeliveryId;
///
/// let id: DeliveryId = "72d3162e-cc78-11e3-81ab-4c9367dc0958".parse()?;
/// assert_eq!(id.to_string(), "72d3162e-cc78-11e3-81ab-4c9367dc0958");
/// assert!("17".parse::<DeliveryId>().is_ok());
/// assert!("".parse::<DeliveryId>().is_err());
/// # Ok::<(), hookstead_handler::InvalidDeliveryId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(Arc<str>);

impl DeliveryId {
    /// The longest id that is taken, in bytes. A GUID has 36; the rest is room for other senders,
    /// and the bound keeps a hostile one from filling the inbox's index.
    pub const MAX_LENGTH: usize = 128;

    /// The id as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryId {
    type Err = InvalidDeliveryId;

    /// Takes 1 to [`MAX_LENGTH`](Self::MAX_LENGTH) visible ASCII characters.
    fn from_str(text: &str) -> Result<Self, InvalidDeliveryId> {
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidDeliveryId)
        }
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The text is no delivery id: empty, too long, or not visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidDeliveryId;

impl fmt::Display for InvalidDeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = DeliveryId::MAX_LENGTH;
        write!(formatter, "invalid delivery id, expected 1 to {longest} visible ASCII characters")
    }
}

impl std::error::Error for InvalidDeliveryId {}
