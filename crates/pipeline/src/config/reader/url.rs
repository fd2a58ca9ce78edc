use url::{Host, Url};

use super::section::Section;
use super::value::Value;

/// What a URL may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UrlRule {
    /// Where the pages are. Their links begin with `/`, so no path stands before them.
    Root,
    /// Other addresses are made by appending to it: no query, and a slash at its end.
    Base,
    /// As [`Base`](Self::Base), and the token goes there: `https`, but on this machine.
    GitHub,
    /// It is used as it is.
    Whole,
}

impl Value<'_> {
    /// A URL with `http` or `https`. No message repeats it if there may be a password in it.
    pub(super) fn url(&self, rule: UrlRule) -> Option<Url> {
        let text = self.line()?;
        let problem = match Url::parse(text) {
            // `localhost:3000` would be read as a URL with the scheme `localhost`.
            _ if !text.contains("://") => "has no `https://` at its beginning".to_owned(),
            Err(error) => {
                self.report.hide(self.span.clone());
                format!("is no URL: {error}")
            }
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                "does not begin with `https://` or `http://`".to_owned()
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                self.report.hide(self.span.clone());
                "has a user name or a password in it, which do not belong there".to_owned()
            }
            Ok(url) if url.fragment().is_some() => {
                "has a `#`, behind which no server looks".to_owned()
            }
            Ok(url) if rule != UrlRule::Whole && url.query().is_some() => {
                // A token may stand there.
                self.report.hide(self.span.clone());
                "has a `?`, and other addresses are made by appending to it".to_owned()
            }
            Ok(url) if rule == UrlRule::Root && url.path() != "/" => {
                "has a path, and the links of the pages begin at the root: give them a host's name of their own"
                    .to_owned()
            }
            Ok(url) if rule == UrlRule::GitHub && url.scheme() == "http" && !is_loopback(&url) => {
                "begins with `http://`, so anybody on the way could read the token".to_owned()
            }
            Ok(mut url) => {
                if rule != UrlRule::Whole && !url.path().ends_with('/') {
                    let path = format!("{}/", url.path());
                    url.set_path(&path);
                }
                return Some(url);
            }
        };
        self.fails(problem);
        None
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Section<'_> {
    pub(super) fn url(&self, name: &str, rule: UrlRule) -> Option<Url> {
        self.value(name)?.url(rule)
    }
}
