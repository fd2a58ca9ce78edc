use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the characters that RFC 3986 calls unreserved. A slash in a ref is encoded too:
/// GitHub wants each parameter as one segment.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path below the base URL, built from parameters of any text.
#[derive(Debug, Clone)]
pub(crate) struct Path(String);

impl Path {
    /// The path of these templates, one after the other: `/repos/{owner}/{repo}`. The values fill its
    /// braces in their order.
    ///
    /// Fails for a value that would lead elsewhere: an empty one, `.` or `..`. Neither a ref nor a sha is
    /// any of these. A value that is missing counts as an empty one.
    pub(crate) fn fill<'a>(
        templates: &[&str],
        values: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, UnusableSegment> {
        let mut values = values.into_iter();
        let mut path = String::with_capacity(64);
        // A template begins with a slash, or is empty.
        for segment in templates.iter().flat_map(|template| template.split('/').skip(1)) {
            if segment.starts_with('{') {
                add_segment(&mut path, values.next().unwrap_or_default())?;
            } else {
                path.push('/');
                path.push_str(segment);
            }
        }
        Ok(Self(path))
    }

    /// The path of these segments; it fails for the same values as [`fill`](Self::fill), and without any.
    pub(crate) fn of_segments<'a>(
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, UnusableSegment> {
        let mut path = String::with_capacity(64);
        for segment in segments {
            add_segment(&mut path, segment)?;
        }
        if path.is_empty() { Err(UnusableSegment(path)) } else { Ok(Self(path)) }
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        add_query(&mut self.0, name, value);
        self
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn add_segment(path: &mut String, value: &str) -> Result<(), UnusableSegment> {
    if matches!(value, "" | "." | "..") {
        return Err(UnusableSegment(value.to_owned()));
    }
    path.push('/');
    path.extend(utf8_percent_encode(value, RESERVED));
    Ok(())
}

/// Adds a query parameter to a path that may have some already.
pub(crate) fn add_query(path: &mut String, name: &str, value: &str) {
    path.push(if path.contains('?') { '&' } else { '?' });
    path.extend(utf8_percent_encode(name, RESERVED));
    path.push('=');
    path.extend(utf8_percent_encode(value, RESERVED));
}

/// A parameter that cannot stand in a path.
#[derive(Debug)]
pub(crate) struct UnusableSegment(pub(crate) String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_one_segment() {
        let templates = ["/repos/{owner}/{repo}", "/commits/{ref}/status"];
        let path = Path::fill(&templates, ["o", "r.js", "heads/a b/ü#?%&~"]).unwrap();
        assert_eq!(
            path.query("ref", "a/b c+d").query("page", "2").as_str(),
            "/repos/o/r.js/commits/heads%2Fa%20b%2F%C3%BC%23%3F%25%26~/status?ref=a%2Fb%20c%2Bd&page=2"
        );
        assert_eq!(Path::fill(&["/repos/{owner}", ""], ["o"]).unwrap().as_str(), "/repos/o");
    }

    #[test]
    fn no_parameter_leads_elsewhere() {
        for bad in ["", ".", ".."] {
            assert_eq!(Path::fill(&["/repos/{owner}"], [bad]).unwrap_err().0, bad);
        }
        assert_eq!(Path::fill(&["/a/{b}"], ["../b"]).unwrap().as_str(), "/a/..%2Fb");
        assert_eq!(Path::fill(&["/{a}/{b}"], ["a"]).unwrap_err().0, "");
        assert_eq!(Path::of_segments(["a", ".."]).unwrap_err().0, "..");
        assert_eq!(Path::of_segments([]).unwrap_err().0, "");
        assert_eq!(Path::of_segments(["a", "b c/../d"]).unwrap().as_str(), "/a/b%20c%2F..%2Fd");
    }
}
