use std::fmt;

use hookstead_types::InvisibleEnd;
use url::{Host, Url};

use crate::transport::build_error::BuildError;

/// Where the API is: an origin and, on GitHub Enterprise Server, a path below it. The token goes
/// nowhere else.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    url: Url,
    /// Without a slash at the end, so that paths can be appended.
    text: String,
    /// The server's other names. Links to there are followed here.
    others: Vec<Url>,
}

impl BaseUrl {
    /// Reads a base URL as users write it.
    pub(crate) fn parse(text: &str, allow_plain_http: bool) -> Result<Self, BuildError> {
        // No message repeats the URL: somebody may have put a password there.
        let invalid = |problem: String| BuildError::InvalidBaseUrl(problem);
        if let Some(end) = InvisibleEnd::of(text) {
            return Err(invalid(format!("it {end}")));
        }
        // The URL standard leaves line breaks and tabs out without a word.
        if text.chars().any(|it| it.is_whitespace() || it.is_control()) {
            return Err(invalid("it holds white space".to_owned()));
        }
        // `localhost:3000` would be read as a URL with the scheme `localhost`.
        if !text.contains("://") {
            return Err(invalid("`https://` is missing at its beginning".to_owned()));
        }
        let url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
        let Some(host) = url.host() else {
            return Err(invalid("it names no host".to_owned()));
        };
        match url.scheme() {
            "https" => {}
            "http" if allow_plain_http || is_loopback(&host) => {}
            "http" => return Err(BuildError::PlainHttp { host: host.to_string() }),
            _ => return Err(invalid("it does not begin with `https://`".to_owned())),
        }
        if has_credentials(&url) {
            return Err(invalid("it holds a user name or a password".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it holds a `?` or a `#`".to_owned()));
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text, others: Vec::new() })
    }

    /// This one, also known by other names. The token never goes to these, so they may be `http://`.
    pub(crate) fn also_at(mut self, others: &[String]) -> Result<Self, BuildError> {
        for other in others {
            let other = Self::parse(other, true).map_err(|error| match error {
                BuildError::InvalidBaseUrl(problem) => BuildError::InvalidOtherUrl(problem),
                other => other,
            })?;
            self.others.push(other.url);
        }
        Ok(self)
    }

    /// What is odd about it, in words: it is usable, and yet the API is hardly there.
    pub(crate) fn doubt(&self) -> Option<&'static str> {
        let host = match self.url.host()? {
            Host::Domain(name) => name,
            // A fake or a tunnel.
            Host::Ipv4(_) | Host::Ipv6(_) => return None,
        };
        if matches!(host, "github.com" | "www.github.com") {
            return Some(
                "look at the base URL: the API of github.com is at https://api.github.com",
            );
        }
        let has_path = !self.url.path().trim_matches('/').is_empty();
        if has_path || host == "localhost" || host.starts_with("api.") {
            return None;
        }
        Some("look at the base URL: that of an Enterprise Server ends with /api/v3")
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Where the website is, and what git clones from: scheme, host and port.
    pub(crate) fn website(&self) -> String {
        let origin = self.origin();
        let is_whole_host = self.url.path().trim_matches('/').is_empty();
        // Of an Enterprise Server, whose API has a path, any name is its own.
        if is_whole_host && self.url.domain().is_some() {
            origin.replacen("://api.", "://", 1)
        } else {
            origin
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The URL of a path, which starts with a slash and is encoded already.
    pub(crate) fn with_path(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The path of a URL below this one, for logs: without the query.
    pub(crate) fn path_of<'a>(&self, url: &'a str) -> &'a str {
        let path = url.strip_prefix(&self.text).unwrap_or(url);
        path.split('?').next().unwrap_or(path)
    }

    /// Resolves what GitHub sent in `Location` or `Link` in answer to a request to `current`.
    ///
    /// Fails unless it stays below this base URL; the error says where it leads, without the path.
    pub(crate) fn resolve(&self, current: &str, reference: &str) -> Result<String, Outside> {
        let unreadable = |_| Outside { to: None, base: self.to_string() };
        let target = Url::parse(current).and_then(|url| url.join(reference)).map_err(unreadable)?;
        let mut target = self.renamed(&target).unwrap_or(target);
        // The URL standard has removed every `..` by now, so comparing texts is enough.
        let prefix = self.url.path().trim_end_matches('/');
        let below = target
            .path()
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if target.origin() != self.url.origin() || has_credentials(&target) || !below {
            return Err(Outside {
                to: Some(target.origin().ascii_serialization()),
                base: self.to_string(),
            });
        }
        target.set_fragment(None);
        Ok(target.into())
    }

    /// The same place under the server's first name, if it is called by another one here.
    ///
    /// Another name with a path stands for the base URL, path and all. One without is the server's, so
    /// the path stays.
    fn renamed(&self, target: &Url) -> Option<Url> {
        if has_credentials(target) {
            return None;
        }
        self.others.iter().find_map(|other| {
            if other.origin() != target.origin() {
                return None;
            }
            let prefix = other.path().trim_end_matches('/');
            let mut own = self.url.clone();
            if prefix.is_empty() {
                own.set_path(target.path());
            } else {
                let rest = target.path().strip_prefix(prefix)?;
                if !rest.is_empty() && !rest.starts_with('/') {
                    return None;
                }
                own.set_path(&format!("{}{rest}", self.url.path().trim_end_matches('/')));
            }
            own.set_query(target.query());
            Some(own)
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// GitHub, or somebody in front of it, sent us to a place where the token must not go.
#[derive(Debug)]
pub(crate) struct Outside {
    /// The origin; unknown when the URL could not be read.
    to: Option<String>,
    base: String,
}

impl fmt::Display for Outside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            Some(to) => write!(formatter, "a place at {to}, which is not below {}", self.base),
            None => formatter.write_str("something that is no URL"),
        }
    }
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> BaseUrl {
        BaseUrl::parse(text, false).unwrap()
    }

    #[test]
    fn the_hosts_of_github() {
        for (text, status) in [
            ("https://api.github.com", "https://api.github.com/x"),
            ("https://api.github.com/", "https://api.github.com/x"),
            ("HTTPS://API.GitHub.com:443", "https://api.github.com/x"),
            ("https://ghes.example/api/v3", "https://ghes.example/api/v3/x"),
            ("https://ghes.example:8443/api/v3//", "https://ghes.example:8443/api/v3/x"),
            ("https://api.octocorp.ghe.com", "https://api.octocorp.ghe.com/x"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000/x"),
            ("http://localhost:3000/", "http://localhost:3000/x"),
            ("http://[::1]:3000", "http://[::1]:3000/x"),
        ] {
            assert_eq!(base(text).with_path("/x"), status);
        }
    }

    #[test]
    fn the_website_of_an_api() {
        for (text, website) in [
            ("https://api.github.com", "https://github.com"),
            ("https://api.octocorp.ghe.com/", "https://octocorp.ghe.com"),
            ("https://ghes.example:8443/api/v3", "https://ghes.example:8443"),
            ("https://api.example.com/api/v3", "https://api.example.com"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://localhost:3000/", "http://localhost:3000"),
        ] {
            assert_eq!(base(text).website(), website);
        }
    }

    #[test]
    fn what_is_no_base_url() {
        for bad in [
            "",
            "api.github.com",
            "ftp://api.github.com",
            "mailto:octocat@github.com",
            "https://",
            "https://octocat@api.github.com",
            "https://octocat:s3cret@api.github.com",
            "https://api.github.com/?page=1",
            "https://api.github.com/#top",
            "https://api.github.com\n",
            " https://api.github.com",
            "https://api.github.com/\r\n",
            "https://api.gith\nub.com",
            "\u{feff}https://api.github.com",
            "https://api.github.com/\u{200b}",
            "https://api.github.com/\u{a0}",
        ] {
            let error = BaseUrl::parse(bad, true).err().unwrap();
            assert!(matches!(error, BuildError::InvalidBaseUrl(_)), "{bad}: {error}");
            assert!(!error.to_string().contains("s3cret"));
        }
    }

    #[test]
    fn the_token_travels_unencrypted_only_when_asked_to() {
        for remote in ["http://ghes.example/api/v3", "http://10.0.0.1", "http://localhost.example"]
        {
            let error = BaseUrl::parse(remote, false).err().unwrap();
            assert!(matches!(error, BuildError::PlainHttp { .. }), "{error}");
            assert!(BaseUrl::parse(remote, true).is_ok());
        }
    }

    #[test]
    fn references_stay_below_the_base() {
        let github = base("https://api.github.com");
        let server = base("https://ghes.example/api/v3");
        for (base, reference, target) in [
            (
                &github,
                "https://api.github.com/repositories/1/pulls/2?page=2#x",
                Some("https://api.github.com/repositories/1/pulls/2?page=2"),
            ),
            (&github, "/repositories/1", Some("https://api.github.com/repositories/1")),
            (&github, "https://API.GITHUB.COM:443/a", Some("https://api.github.com/a")),
            (&github, "http://api.github.com/a", None),
            (&github, "https://api.github.com:8443/a", None),
            (&github, "https://api.github.com.evil.example/a", None),
            (&github, "//evil.example/a", None),
            (&github, "https://api.github.com@evil.example/a", None),
            (&github, "https://octocat@api.github.com/a", None),
            (&github, "https://[", None),
            (
                &server,
                "https://ghes.example/api/v3/repositories/1",
                Some("https://ghes.example/api/v3/repositories/1"),
            ),
            (&server, "https://ghes.example/api/v30/repositories/1", None),
            (&server, "https://ghes.example/login", None),
            (&server, "https://ghes.example/api/v3/../../login", None),
            (&server, "https://ghes.example/api/v3/%2e%2E/login", None),
        ] {
            let resolved = base.resolve(&base.with_path("/repos/o/r"), reference);
            assert_eq!(resolved.ok().as_deref(), target, "{reference}");
        }
    }

    #[test]
    fn another_name_of_the_server_is_the_server() {
        let inside = base("https://ghes.internal/api/v3");
        let named = |others: &[&str]| {
            let others: Vec<_> = others.iter().map(|it| (*it).to_owned()).collect();
            inside.clone().also_at(&others).unwrap()
        };
        let origin = named(&["http://ghes.example", "https://ghes.example"]);
        let whole = named(&["https://ghes.example/api/v3/"]);
        let gateway = named(&["https://gateway.example/github"]);
        for (base, reference, target) in [
            (&origin, "https://ghes.example/api/v3/x?a=b#c", Some("/x?a=b")),
            (&origin, "http://ghes.example/api/v3/x", Some("/x")),
            (&origin, "https://ghes.internal/api/v3/x", Some("/x")),
            (&origin, "https://ghes.example/login", None),
            (&origin, "https://ghes.example:8443/api/v3/x", None),
            (&origin, "https://octocat@ghes.example/api/v3/x", None),
            (&origin, "https://ghes.example.evil.example/api/v3/x", None),
            (&whole, "https://ghes.example/api/v3/x", Some("/x")),
            (&whole, "https://ghes.example/api/v3", Some("")),
            (&whole, "https://ghes.example/api/v30/x", None),
            (&whole, "https://ghes.example/api/v3/../../login", None),
            (&gateway, "https://gateway.example/github/x", Some("/x")),
            (&gateway, "https://gateway.example/api/v3/x", None),
        ] {
            let resolved = base.resolve(&base.with_path("/repos/o/r"), reference).ok();
            let target = target.map(|target| format!("https://ghes.internal/api/v3{target}"));
            assert_eq!(resolved, target, "{reference}");
        }
        for bad in ["ghes.example", "", "ftp://ghes.example", "https://octocat:s3cret@ghes.example"]
        {
            let error = inside.clone().also_at(&[bad.to_owned()]).err().unwrap();
            assert!(matches!(error, BuildError::InvalidOtherUrl(_)), "{bad}: {error}");
            assert!(!error.to_string().contains("s3cret"));
        }
    }

    #[test]
    fn a_missing_scheme_is_named() {
        for bad in
            ["api.github.com", "localhost:3000", "ghes.example:8443/api/v3", "//api.github.com"]
        {
            let error = BaseUrl::parse(bad, true).err().unwrap().to_string();
            assert!(error.contains("`https://` is missing"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_base_url_without_the_api_is_doubted() {
        for (text, doubt) in [
            ("https://github.com", Some("https://api.github.com")),
            ("https://github.com/api/v3", Some("https://api.github.com")),
            ("https://ghes.example", Some("/api/v3")),
            ("https://ghes.example/", Some("/api/v3")),
            ("https://ghes.example/api/v3", None),
            ("https://api.github.com", None),
            ("https://api.octocorp.ghe.com", None),
            ("http://127.0.0.1:3000", None),
            ("http://localhost:3000", None),
        ] {
            let found = base(text).doubt();
            assert_eq!(found.is_some(), doubt.is_some(), "{text}");
            assert!(found.unwrap_or_default().contains(doubt.unwrap_or_default()), "{text}");
        }
    }

    #[test]
    fn the_error_names_the_origin_only() {
        let github = base("https://api.github.com");
        let outside =
            github.resolve(&github.with_path("/x"), "https://evil.example/s3cret?t=s3cret");
        assert_eq!(
            outside.unwrap_err().to_string(),
            "a place at https://evil.example, which is not below https://api.github.com"
        );
    }
}
