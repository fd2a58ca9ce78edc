//! What the code of the macros calls: that which [`Decode`](crate::Decode) makes, and
//! [`open_enum!`](crate::open_enum). Each function here is compiled once for each type of field, where
//! code in its place would be compiled once for each field.

pub use core::fmt;
pub use core::option::Option;
pub use core::result::Result;

pub use serde;
pub use serde::de;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};

pub use crate::decode::{misfit, optional};
pub use crate::decode_budget::charge;

/// Reads a key as the number that the function gives it.
#[derive(Debug)]
pub struct Key(pub fn(&str) -> usize);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<usize, E> {
        Ok((self.0)(key))
    }
}

/// Reads a field that has a default, which `null` stands for as well. A value that does not fit
/// leaves it as it is, where the map [goes on](crate::decode::PASSED_OVER) behind the value.
///
/// # Errors
///
/// Fails when the value is neither `null` nor a `T`, and the map does not go on.
pub fn defaulted<'de, A, T>(map: &mut A, field: &mut T) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
{
    match map.next_value() {
        Ok(Some(value)) => {
            *field = value;
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error) => misfit(map, error),
    }
}

/// Reads a field that must be there.
///
/// # Errors
///
/// Fails when the value is no `T`.
pub fn required<'de, A, T>(map: &mut A, field: &mut Option<T>) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
{
    *field = Some(map.next_value()?);
    Ok(())
}

/// Skips a value that no field is there for.
///
/// # Errors
///
/// Fails when the value is not JSON.
pub fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// The error of a field that is missing.
#[cold]
pub fn missing<E: Error>(key: &'static str) -> E {
    E::missing_field(key)
}
