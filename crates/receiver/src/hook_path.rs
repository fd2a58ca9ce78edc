use std::fmt;

/// The path at which a server takes deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookPath(String);

impl HookPath {
    /// Checks that requests can come to this path at all.
    pub(crate) fn new(path: &str) -> Result<Self, ImpossiblePath> {
        let because = |why| Err(ImpossiblePath { path: path.to_owned(), why });
        if !path.starts_with('/') {
            return because("it does not begin with a slash");
        }
        if path.contains(['?', '#']) {
            return because("a path ends before `?` and `#`");
        }
        if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return because("it has characters that a URL only has percent-encoded");
        }
        let path = Self(without_slash(path).to_owned());
        if ["/livez", "/readyz"].contains(&path.0.as_str()) {
            return because("the server answers there how it is");
        }
        Ok(path)
    }

    /// A slash at the end makes no difference: people add it by mistake, and what is refused is lost.
    pub(crate) fn is(&self, path: &str) -> bool {
        without_slash(path) == self.0
    }
}

impl fmt::Display for HookPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn without_slash(path: &str) -> &str {
    match path.strip_suffix('/') {
        None | Some("") => path,
        Some(path) => path,
    }
}

/// No request can ever come to this path.
#[derive(Debug)]
pub(crate) struct ImpossiblePath {
    path: String,
    why: &'static str,
}

impl fmt::Display for ImpossiblePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no delivery can come to the path {:?}: {}", self.path, self.why)
    }
}

impl std::error::Error for ImpossiblePath {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        for path in ["/event_handler", "/event_handler/"] {
            let path = HookPath::new(path).unwrap();
            assert!(path.is("/event_handler") && path.is("/event_handler/"));
            for other in
                ["/", "", "/event_handler//", "/event", "/Event_handler", "/event_handler/x"]
            {
                assert!(!path.is(other), "{other}");
            }
        }
        let root = HookPath::new("/").unwrap();
        assert!(root.is("/") && !root.is("/x"));
        assert!(HookPath::new("/hooks/%C3%A9/a:b@c;d=1,2").is_ok());
    }

    #[test]
    fn impossible_paths_are_refused() {
        for path in [
            "",
            "event_handler",
            "http://127.0.0.1/event_handler",
            "/event_handler?x=1",
            "/event_handler#x",
            "/event handler",
            "/event_handler\n",
            "/é",
            "/livez",
            "/readyz/",
        ] {
            assert!(HookPath::new(path).is_err(), "{path}");
        }
        let error = HookPath::new("event_handler").unwrap_err().to_string();
        assert_eq!(
            error,
            "no delivery can come to the path \"event_handler\": it does not begin with a slash"
        );
    }
}
