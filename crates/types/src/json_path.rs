//! Finds the place in a JSON text that a decoder stumbled over.
//!
//! serde_json's errors give a line and a column. Wrapping the decoder to learn the path as well
//! would make the compiler build every type's decoding a second time, for a case that hardly ever
//! occurs. So the path is read off the text instead, and only after a failure.

use std::fmt;
use std::ops::Range;

/// How many levels of a path are told. serde_json decodes no deeper than 128; what it skips may be
/// as deep as the text is long, and must not take as much memory.
const DEEPEST: usize = 160;

/// How many bytes of a key are told. GitHub's own are all shorter.
const LONGEST_KEY: usize = 100;

/// The path to the value in `json` that serde_json's error is about, such as
/// `pull_request.head.sha` or `commits[3].id`; `.` is the whole.
///
/// `line` and `column` are the error's, `problem` is its text. An error that was found at the end
/// of an object, such as a missing field, is about the object. Keys are told as they stand in the
/// text, escapes included.
///
/// ```
/// use hookstead_types::decode::path_of_error;
///
/// let json = r#"{"commits": [{"id": 1}, {"id": "x"}]}"#;
/// let error = serde_json::from_str::<std::collections::BTreeMap<String, Vec<Commit>>>(json);
/// let error = error.unwrap_err();
/// let path = path_of_error(json.as_bytes(), error.line(), error.column(), &error.to_string());
/// assert_eq!(path, "commits[1].id");
/// # #[derive(Debug, serde::Deserialize)]
/// # struct Commit {
/// #     #[allow(dead_code)]
/// #     id: u64,
/// # }
/// ```
///
/// Two places are told apart by nothing that serde_json says: a list where something else was
/// expected may be named as its own first item, if that is a list as well.
#[must_use]
pub fn path_of_error(json: &[u8], line: usize, column: usize, problem: &str) -> String {
    let Some(read) = offset(json, line, column) else {
        return ".".to_owned();
    };
    // What was read of the offending value is read up to its end, and the last byte read belongs
    // to it. Only a list or an object of which nothing was read yet begins behind that byte.
    let begins = [("invalid type: sequence", b'['), ("invalid type: map", b'{')]
        .iter()
        .any(|(kind, byte)| problem.starts_with(kind) && json.get(read) == Some(byte));
    let path = Path::to(json, if begins { read + 1 } else { read });
    match path.to_string() {
        path if path.is_empty() => ".".to_owned(),
        path => path,
    }
}

/// How many bytes stand before this column of this line; lines count from 1, columns are the bytes
/// read of the line. Line 0 says that the place is not known.
fn offset(json: &[u8], line: usize, column: usize) -> Option<usize> {
    let mut start = 0;
    for _ in 1..line {
        let rest = json.get(start..)?;
        start += rest.iter().position(|&byte| byte == b'\n')? + 1;
    }
    (line > 0).then(|| start.saturating_add(column).min(json.len()))
}

/// The way from the outermost value to a byte: the lists and objects around it, and where in each.
struct Path<'a> {
    json: &'a [u8],
    open: Vec<Container>,
    /// How many more are open than [`DEEPEST`].
    deeper: usize,
}

enum Container {
    /// Where the present key stands, once it was read.
    Object(Option<Range<usize>>),
    /// The present item, once there is one.
    List(Option<usize>),
}

impl<'a> Path<'a> {
    /// The path to the last of the first `end` bytes. A sound text makes a right path; any other
    /// makes some path.
    fn to(json: &'a [u8], end: usize) -> Self {
        let mut path = Self { json, open: Vec::new(), deeper: 0 };
        let mut bytes = json.iter().copied().enumerate().take(end);
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'"' => {
                    let mut close = None;
                    while let Some((at, byte)) = bytes.next() {
                        match byte {
                            b'"' => {
                                close = Some(at);
                                break;
                            }
                            b'\\' => {
                                bytes.next();
                            }
                            _ => {}
                        }
                    }
                    path.string(at + 1, close);
                }
                b'{' => path.push(Container::Object(None)),
                b'[' => path.push(Container::List(None)),
                b'}' | b']' => path.pop(byte),
                b',' => path.comma(),
                b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => path.item(),
            }
        }
        path
    }

    fn innermost(&mut self) -> Option<&mut Container> {
        if self.deeper > 0 { None } else { self.open.last_mut() }
    }

    /// A value begins; in a list without items that is the first one.
    fn item(&mut self) {
        if let Some(Container::List(item)) = self.innermost() {
            item.get_or_insert(0);
        }
    }

    /// A string: a key, where one is due, else a value.
    fn string(&mut self, start: usize, close: Option<usize>) {
        match self.innermost() {
            Some(Container::Object(key @ None)) => *key = close.map(|close| start..close),
            _ => self.item(),
        }
    }

    fn comma(&mut self) {
        match self.innermost() {
            Some(Container::Object(key)) => *key = None,
            Some(Container::List(item)) => *item = item.map(|item| item + 1),
            None => {}
        }
    }

    fn push(&mut self, container: Container) {
        self.item();
        if self.open.len() < DEEPEST {
            self.open.push(container);
        } else {
            self.deeper += 1;
        }
    }

    fn pop(&mut self, byte: u8) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        match (self.open.last(), byte) {
            (Some(Container::Object(_)), b'}') | (Some(Container::List(_)), b']') => {
                self.open.pop();
            }
            // It closes nothing, so it stands where a value should begin.
            _ => self.item(),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dot = "";
        for container in &self.open {
            match container {
                Container::Object(None) | Container::List(None) => continue,
                Container::List(Some(item)) => write!(formatter, "[{item}]")?,
                Container::Object(Some(key)) => {
                    let told = key.start..key.end.min(key.start.saturating_add(LONGEST_KEY));
                    let text = self.json.get(told.clone()).unwrap_or_default();
                    let more = if told.end < key.end { "..." } else { "" };
                    write!(formatter, "{dot}{}{more}", String::from_utf8_lossy(text))?;
                }
            }
            dot = ".";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path to the byte before the mark.
    #[track_caller]
    fn at(marked: &str) -> String {
        let offset = marked.find('^').unwrap();
        path_of_error(marked.replacen('^', "", 1).as_bytes(), 1, offset, "")
    }

    #[test]
    fn the_last_byte_read_tells_the_place() {
        for (marked, path) in [
            ("^", "."),
            ("3^", "."),
            (r#"{^"a": 1}"#, "."),
            (r#"{"a^": 1}"#, "."),
            (r#"{"a"^: 1}"#, "a"),
            (r#"{"a": ^1}"#, "a"),
            (r#"{"a": 1^}"#, "a"),
            (r#"{"a": 1 ^, "b": 2}"#, "a"),
            (r#"{"a": 1, ^"b": 2}"#, "."),
            (r#"{"a": 1, "b": 2^}"#, "b"),
            (r#"{"a": 1, "b": 2}^"#, "."),
            (r#"{"a": {"b": [1, {}, {"c": 2}^]}}"#, "a.b[2]"),
            (r#"{"a": {"b": [1, {}, {"c": 2}]^}}"#, "a.b"),
            (r#"{"a": {"b": [1, {}, {"c": 2^}]}}"#, "a.b[2].c"),
            (r#"{"a": [^1]}"#, "a"),
            (r#"{"a": [[], [1,2^]]}"#, "a[1][1]"),
            (r#"{"a": [}^"#, "a[0]"),
            (r#"{"a]\\\"[{": "]}\\\",[", "b": "x"^}"#, "b"),
            (r#"{"a]\"[": 1^}"#, r#"a]\"["#),
            (r#"{"a": "b^"#, "a"),
            (r#"{"": {"": 0^}}"#, "."),
        ] {
            assert_eq!(at(marked), path, "{marked}");
        }
    }

    #[test]
    fn a_container_of_which_nothing_was_read_begins_behind() {
        let json = b"[1, [2]]";
        assert_eq!(path_of_error(json, 1, 4, "invalid type: sequence, expected u8"), "[1]");
        assert_eq!(path_of_error(json, 1, 0, "invalid type: sequence, expected a string"), ".");
        assert_eq!(path_of_error(b"[{}]", 1, 1, "invalid type: map, expected u8"), "[0]");
        assert_eq!(path_of_error(b"[{}]", 1, 1, "invalid type: sequence, expected x"), ".");
    }

    #[test]
    fn any_position_in_any_bytes_makes_some_path() {
        let bytes = b"]}\xff{\"\\";
        for line in [0, 1, 2, usize::MAX] {
            for column in [0, 1, 6, 7, usize::MAX] {
                assert!(!path_of_error(bytes, line, column, "invalid type: map").is_empty());
            }
        }
        assert_eq!(path_of_error(b"[1,\n 2,\n\n3]", 4, 1, ""), "[2]");
    }

    #[test]
    fn depth_and_keys_are_bounded() {
        let deep = format!("{}{{\"a\": [1, 2]}}", "[".repeat(100_000));
        let path = path_of_error(deep.as_bytes(), 1, deep.len() - 2, "");
        assert_eq!(path, "[0]".repeat(DEEPEST));
        let closed = format!("[{}{}, x", "[".repeat(1000), "]".repeat(1000));
        assert_eq!(path_of_error(closed.as_bytes(), 1, closed.len(), ""), "[1]");
        let long = format!("{{\"{}\": 1}}", "é".repeat(100_000));
        let path = path_of_error(long.as_bytes(), 1, long.len() - 1, "");
        assert_eq!(path, format!("{}...", "é".repeat(LONGEST_KEY / 2)));
    }
}
