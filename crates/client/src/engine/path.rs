use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the characters that RFC 3986 calls unreserved. A slash in a ref is encoded too:
/// GitHub wants each parameter as one segment.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path below the base URL, built from parameters of any text.
#[derive(Debug, Clone)]
pub(crate) struct Path(String);

impl Path {
    /// The path of these segments.
    ///
    /// Fails for a segment that would lead elsewhere: an empty one, `.` or `..`. Neither a ref nor
    /// a sha is any of these.
    pub(crate) fn of(segments: &[&str]) -> Result<Self, UnusableSegment> {
        let mut path = String::with_capacity(64);
        for segment in segments {
            if matches!(*segment, "" | "." | "..") {
                return Err(UnusableSegment((*segment).to_owned()));
            }
            path.push('/');
            path.extend(utf8_percent_encode(segment, RESERVED));
        }
        Ok(Self(path))
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        self.0.push_str(name);
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, RESERVED));
        self
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A parameter that cannot stand in a path.
#[derive(Debug)]
pub(crate) struct UnusableSegment(pub(crate) String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_one_segment() {
        let path = Path::of(&["repos", "o", "r.js", "commits", "heads/a b/ü#?%&~", "status"]);
        assert_eq!(
            path.unwrap().query("ref", "a/b c+d").query("page", "2").as_str(),
            "/repos/o/r.js/commits/heads%2Fa%20b%2F%C3%BC%23%3F%25%26~/status?ref=a%2Fb%20c%2Bd&page=2"
        );
    }

    #[test]
    fn no_parameter_leads_elsewhere() {
        for bad in ["", ".", ".."] {
            assert_eq!(Path::of(&["repos", bad]).unwrap_err().0, bad);
        }
        assert_eq!(Path::of(&["a", "../b"]).unwrap().as_str(), "/a/..%2Fb");
    }
}
