//! The second reading of a payload, which passes over what does not fit where nothing has to stand.
//!
//! Payloads are read strictly first, because that is fast and nearly always enough. serde_json
//! cannot go on behind a value that did not fit, so this reads the text with a deserializer of its
//! own, which can: it goes to the end of the value. It says so by
//! [`PASSED_OVER`], and the fields, lists and maps that can do without the value do without it. Each
//! byte is looked at a few times at most, whatever does not fit.
//!
//! It takes text that was found to be JSON before.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use hookstead_types::decode::{PASSED_OVER, is_exceeded, spend, without_contents};

/// As many levels as serde_json allows.
const MAX_DEPTH: usize = 128;

/// What is passed over counts as if so many bytes were asked for: telling what is wrong takes as
/// long as filling them. GitHub's oddest payloads have two for each commit, of several hundred bytes.
const MISFIT: usize = 512;

/// Reads the text, and passes over what does not fit.
pub(crate) fn from_str<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Misfit> {
    T::deserialize(&mut Reader { text, at: 0, depth: 0 })
}

/// What does not fit and is required.
#[derive(Debug)]
pub(crate) struct Misfit {
    /// The way to it, the innermost step first.
    steps: Vec<Step>,
    problem: Problem,
}

/// Most are never told, so that they are put into words only when they are.
#[derive(Debug)]
enum Problem {
    /// A value that was read by itself.
    Json(serde_json::Error),
    /// A key without which the object is nothing.
    Missing(&'static str),
    Other(String),
}

#[derive(Debug)]
enum Step {
    /// A key of an object, as it is written.
    Key(Box<str>),
    /// A place in a list.
    Place(usize),
}

impl Misfit {
    /// The path, as [`path_of_error`](hookstead_types::decode::path_of_error) writes it.
    pub(crate) fn path(&self) -> String {
        let steps = self.steps.iter().rev().map(|step| match step {
            Step::Key(key) => format!(".{key}"),
            Step::Place(number) => format!("[{number}]"),
        });
        let path: String = steps.collect();
        match path.strip_prefix('.') {
            Some(path) => path.to_owned(),
            None if path.is_empty() => ".".to_owned(),
            None => path,
        }
    }

    pub(crate) fn problem(&self) -> String {
        let text = match &self.problem {
            Problem::Json(error) => {
                let text = error.to_string();
                // The place in the value that was read by itself says nothing.
                text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem).into()
            }
            Problem::Missing(key) => format!("missing field `{key}`"),
            Problem::Other(text) => text.clone(),
        };
        without_contents(text)
    }

    fn new(problem: Problem) -> Self {
        spend(MISFIT);
        Self { steps: Vec::new(), problem }
    }

    fn inside(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

impl Error for Misfit {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::new(Problem::Other(problem.to_string()))
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(Problem::Missing(key))
    }
}

impl From<serde_json::Error> for Misfit {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Problem::Json(error))
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path(), self.problem())
    }
}

impl std::error::Error for Misfit {}

struct Reader<'a> {
    text: &'a str,
    /// The byte that comes next.
    at: usize,
    /// In how many objects and lists it is.
    depth: usize,
}

impl<'a> Reader<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.byte()
    }

    /// Takes the next byte that is no white space, if it is this one.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes the next value, whatever it is.
    fn value(&mut self) -> &'a str {
        self.peek();
        let start = self.at;
        let mut open = 0_usize;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => self.skip_string(),
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                // The end of what the value stands in.
                b'}' | b']' => break,
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if open > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => self.skip_word(),
            }
            if open == 0 {
                break;
            }
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.byte() {
            self.at += match byte {
                b'\\' => 2,
                _ => 1,
            };
            if byte == b'"' {
                break;
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    fn skip_word(&mut self) {
        self.at += 1;
        while matches!(
            self.byte(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.')
        ) {
            self.at += 1;
        }
    }

    /// Reads a value with the seed, and stands behind it then, whether or not it fits.
    fn read<'de, S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit>
    where
        'a: 'de,
    {
        let start = self.at;
        let result = seed.deserialize(&mut *self);
        if result.is_err() && self.at == start && !is_exceeded() {
            // The seed did not even look.
            self.value();
        }
        result
    }

    /// Goes behind the end of the object or list that it is in.
    fn close(&mut self) {
        let mut open = 1_usize;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                break;
            }
        }
    }

    fn enter(&mut self) -> Result<(), Misfit> {
        if self.depth == MAX_DEPTH {
            self.value();
            return Err(Misfit::custom("recursion limit exceeded"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Leaves an object or list that ends with this byte, and stands behind it then, whatever came
    /// of it. Nothing is looked at again for that, so that the cost does not grow with the depth.
    fn leave<T>(&mut self, is_over: bool, end: u8, result: Result<T, Misfit>) -> Result<T, Misfit> {
        self.depth -= 1;
        // Nobody goes on behind what was too much.
        if is_over || (result.is_ok() && self.take(end)) || is_exceeded() {
            return result;
        }
        self.close();
        result.and_then(|_| Err(Misfit::custom("trailing values")))
    }
}

/// Leaves the reader behind the value, whether or not it fits.
impl<'de, 'a: 'de> Deserializer<'de> for &mut Reader<'a> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.peek() {
            Some(b'{') => {
                self.enter()?;
                let mut object = Entries { reader: &mut *self, key: "", state: State::default() };
                let result = visitor.visit_map(&mut object);
                let is_over = object.state.is_over;
                self.leave(is_over, b'}', result)
            }
            Some(b'[') => {
                self.enter()?;
                let mut list = Items { reader: &mut *self, number: 0, state: State::default() };
                let result = visitor.visit_seq(&mut list);
                let is_over = list.state.is_over;
                self.leave(is_over, b']', result)
            }
            _ => {
                let mut value = serde_json::Deserializer::from_str(self.value());
                Ok(value.deserialize_any(visitor)?)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.peek() == Some(b'n') {
            self.value();
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let mut value = serde_json::Deserializer::from_str(self.value());
        Ok(value.deserialize_enum(name, variants, visitor)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.value();
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier
    }
}

/// How far an object or list is.
#[derive(Default)]
struct State {
    is_begun: bool,
    is_over: bool,
    /// Whether the last value did not fit.
    is_passed_over: bool,
}

impl State {
    /// Whether there is one more, in something that ends with this byte.
    fn has_next(&mut self, reader: &mut Reader<'_>, end: u8) -> bool {
        if !self.is_over && reader.take(end) {
            self.is_over = true;
        } else if self.is_begun {
            reader.take(b',');
        }
        self.is_begun = true;
        !self.is_over
    }

    fn size_hint(&self) -> Option<usize> {
        if self.is_passed_over { PASSED_OVER } else { None }
    }
}

struct Entries<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// The last key, as it is written.
    key: &'a str,
    state: State,
}

impl<'de, 'a: 'de> MapAccess<'de> for &mut Entries<'_, 'a> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        if !self.state.has_next(self.reader, b'}') {
            return Ok(None);
        }
        let key = self.reader.value();
        self.reader.take(b':');
        self.key = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
        Ok(Some(seed.deserialize(&mut serde_json::Deserializer::from_str(key))?))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let result = self.reader.read(seed);
        self.state.is_passed_over = result.is_err() && !is_exceeded();
        result.map_err(|misfit| misfit.inside(Step::Key(self.key.into())))
    }

    fn size_hint(&self) -> Option<usize> {
        self.state.size_hint()
    }
}

struct Items<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// The place of the next one.
    number: usize,
    state: State,
}

impl<'de, 'a: 'de> SeqAccess<'de> for &mut Items<'_, 'a> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        self.state.is_passed_over = false;
        if !self.state.has_next(self.reader, b']') {
            return Ok(None);
        }
        let number = self.number;
        self.number += 1;
        let result = self.reader.read(seed);
        self.state.is_passed_over = result.is_err() && !is_exceeded();
        result.map(Some).map_err(|misfit| misfit.inside(Step::Place(number)))
    }

    fn size_hint(&self) -> Option<usize> {
        self.state.size_hint()
    }
}
