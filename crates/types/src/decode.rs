//! Lenient ways of reading JSON, for `#[serde(deserialize_with = "...")]`.
//!
//! They exist because GitHub's payloads are looser than its schema: the same field is missing in
//! one payload, `null` in the next and present in a third. And what went wrong where, when a
//! payload is stranger than that: [`path_of_error`], [`without_contents`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

pub use crate::decode_budget::{
    Budget, REPEATED_KEY, charge, charge_entry, insert, is_exceeded, push, spend,
};
pub use crate::json_path::path_of_error;
pub use crate::without_contents::without_contents;

/// What `size_hint` of a `MapAccess` or a `SeqAccess` says right after it returned an error, if it
/// has passed over the value that did not fit and goes on behind it. Then whatever can do without
/// the value does: a field that may be missing is as if it were, and a list or map of [`items`] or
/// [`entries`] has one less. No map and no list has so many entries, so that nobody says this who
/// does not mean it.
pub const PASSED_OVER: Option<usize> = Some(usize::MAX);

/// Reads a string into anything made from `&str`, without allocating where the target does not
/// keep the text; but for a text with escapes.
///
/// # Errors
///
/// Fails when the value is no string.
pub fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    // The visitor knows nothing of the target, so that one serves all of our many enums.
    struct Text;

    impl<'de> Visitor<'de> for Text {
        type Value = Cow<'de, str>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a string")
        }

        fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
            Ok(Cow::Borrowed(text))
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Cow::Owned(text.to_owned()))
        }

        fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
            Ok(Cow::Owned(text))
        }
    }

    match deserializer.deserialize_str(Text) {
        Ok(text) => Ok(T::from(&text)),
        Err(error) => Err(error),
    }
}

/// Reads `null` as the type's default value. Together with `#[serde(default)]` a field may be
/// missing, `null` or present.
///
/// # Errors
///
/// Fails when the value is neither `null` nor a `T`.
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a field that may be missing: an `Option`. A value that does not fit leaves it as it is,
/// where the map [goes on](PASSED_OVER) behind the value.
///
/// # Errors
///
/// Fails when the value is no `T`, and the map does not go on.
pub fn optional<'de, A, T>(map: &mut A, field: &mut T) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
{
    match map.next_value() {
        Ok(value) => {
            *field = value;
            Ok(())
        }
        Err(error) => misfit(map, error),
    }
}

/// What becomes of the error of a field that may be missing.
///
/// # Errors
///
/// It stays one, unless the map [goes on](PASSED_OVER) behind the value.
#[cold]
pub fn misfit<'de, A: MapAccess<'de>>(map: &A, error: A::Error) -> Result<(), A::Error> {
    if map.size_hint() == PASSED_OVER { Ok(()) } else { Err(error) }
}

/// Reads a list, leaving out its `null` items, and those that do not fit where the list goes on
/// behind them; `null` itself is the empty list. GitHub's schema
/// allows a `null` among assignees, for instance, in place of a deleted account.
///
/// # Errors
///
/// Fails when the value is neither `null` nor a list of `null`s and `T`s.
pub fn items<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Items<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list or null")
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_some<D: Deserializer<'de>>(
            self,
            deserializer: D,
        ) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_seq(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            loop {
                match list.next_element::<Option<T>>() {
                    Ok(Some(Some(item))) => push(&mut items, item)?,
                    Ok(Some(None)) => {}
                    Ok(None) => return Ok(items),
                    Err(_) if list.size_hint() == PASSED_OVER => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    deserializer.deserialize_option(Items(PhantomData))
}

/// Reads a list like [`items`]; `null` is `None`.
///
/// # Errors
///
/// Fails when the value is neither `null` nor a list of `null`s and `T`s.
pub fn optional_items<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.map(|List(items)| items))
}

/// A list, read like [`items`], for a type that has one as its parameter.
#[derive(Debug)]
pub struct List<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        items(deserializer).map(Self)
    }
}

/// Reads an object as a map, leaving out the entries whose value is `null`, and those whose value
/// does not fit where the object goes on behind it; `null` itself is the
/// empty map.
///
/// # Errors
///
/// Fails when the value is neither `null` nor an object of `null`s and `T`s.
pub fn entries<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Entries<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object or null")
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(BTreeMap::new())
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(BTreeMap::new())
        }

        fn visit_some<D: Deserializer<'de>>(
            self,
            deserializer: D,
        ) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_map(self)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = BTreeMap::new();
            while let Some(key) = map.next_key()? {
                match map.next_value::<Option<T>>() {
                    Ok(Some(value)) => insert(&mut entries, key, value)?,
                    Ok(None) => {}
                    Err(_) if map.size_hint() == PASSED_OVER => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(entries)
        }
    }

    deserializer.deserialize_option(Entries(PhantomData))
}

/// Reads an object as a map like [`entries`]; `null` is `None`.
///
/// # Errors
///
/// Fails when the value is neither `null` nor an object of `null`s and `T`s.
pub fn optional_entries<'de, D, T>(deserializer: D) -> Result<Option<BTreeMap<String, T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Entries<T>(BTreeMap<String, T>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            entries(deserializer).map(Self)
        }
    }

    Ok(Option::deserialize(deserializer)?.map(|Entries(entries)| entries))
}

/// Reads `null` and the empty object `{}` as `None`. GitHub writes `{}` for the author of a commit
/// whom it cannot match to an account (seen in `status`).
///
/// # Errors
///
/// Fails when the value is neither `null`, nor `{}`, nor a `T`.
pub fn empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct EmptyAsNone<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for EmptyAsNone<T> {
        type Value = Option<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object or null")
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(
            self,
            deserializer: D,
        ) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_map(self)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let Some(first) = map.next_key::<String>()? else {
                return Ok(None);
            };
            T::deserialize(StartedMap { first: Some(first), rest: map }).map(Some)
        }
    }

    deserializer.deserialize_option(EmptyAsNone(PhantomData))
}

/// A map whose first key has been read already.
struct StartedMap<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for StartedMap<A> {
    type Error = A::Error;

    fn next_key_seed<K: serde::de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(serde::de::value::StringDeserializer::new(key)).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: serde::de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.rest.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for StartedMap<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[derive(Debug, serde::Deserialize)]
    struct Author {
        login: String,
        #[expect(dead_code, reason = "only decoded")]
        id: u64,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "super::empty_as_none")]
        author: Option<Author>,
        #[serde(default, deserialize_with = "super::null_as_default")]
        draft: bool,
        #[serde(default, deserialize_with = "super::items")]
        sizes: Vec<u8>,
        #[serde(default, deserialize_with = "super::entries")]
        permissions: BTreeMap<String, String>,
    }

    fn read(json: &str) -> Holder {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_empty_object_is_nobody() {
        assert!(read("{}").author.is_none());
        assert!(read(r#"{"author": null}"#).author.is_none());
        assert!(read(r#"{"author": {}}"#).author.is_none());
        let author = read(r#"{"author": {"id": 7, "extra": [1], "login": "octocat"}}"#).author;
        assert_eq!(author.unwrap().login, "octocat");
    }

    #[test]
    fn null_is_the_default() {
        assert!(!read("{}").draft);
        assert!(!read(r#"{"draft": null}"#).draft);
        assert!(read(r#"{"draft": true}"#).draft);
    }

    #[test]
    fn nulls_in_lists_and_maps_are_left_out() {
        for json in ["{}", r#"{"sizes": null, "permissions": null}"#] {
            assert!(read(json).sizes.is_empty() && read(json).permissions.is_empty());
        }
        let holder = read(r#"{"sizes": [1, null, 3], "permissions": {"a": "read", "b": null}}"#);
        assert_eq!(holder.sizes, [1, 3]);
        assert_eq!(holder.permissions, BTreeMap::from([("a".to_owned(), "read".to_owned())]));
    }

    #[test]
    fn a_wrong_type_is_still_an_error() {
        assert!(serde_json::from_str::<Holder>(r#"{"author": 3}"#).is_err());
        assert!(serde_json::from_str::<Holder>(r#"{"author": {"login": "x"}}"#).is_err());
        assert!(serde_json::from_str::<Holder>(r#"{"draft": "yes"}"#).is_err());
        assert!(serde_json::from_str::<Holder>(r#"{"sizes": [true]}"#).is_err());
        assert!(serde_json::from_str::<Holder>(r#"{"permissions": {"a": 1}}"#).is_err());
    }
}
