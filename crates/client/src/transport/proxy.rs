use std::fmt;

use hookstead_types::InvisibleEnd;
use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::transport::build_error::BuildError;

/// Where a client gets its proxy from.
#[derive(Clone)]
pub(crate) enum ProxySource {
    Environment,
    Nowhere,
    Url(String),
}

/// A proxy on the way to GitHub. It sees where connections go to, and nothing of what is said: TLS
/// begins behind it.
pub(crate) struct Proxy(Intercept);

impl Proxy {
    /// The proxy for this base URL, if there is one.
    pub(crate) fn find(source: &ProxySource, base: &str) -> Result<Option<Self>, BuildError> {
        match source {
            ProxySource::Nowhere => Ok(None),
            ProxySource::Url(url) => Self::read(url, "", base).and_then(|proxy| {
                proxy.ok_or_else(|| BuildError::InvalidProxy("its address".to_owned())).map(Some)
            }),
            ProxySource::Environment => {
                Self::from_variables(base, |name| std::env::var(name).unwrap_or_default())
            }
        }
    }

    /// By the variables that `curl` knows. An empty one is none.
    fn from_variables(
        base: &str,
        variable: impl Fn(&str) -> String,
    ) -> Result<Option<Self>, BuildError> {
        let first = |names: &[&str]| {
            let found = names.iter().find(|name| !variable(name).is_empty())?;
            Some((*found).to_owned())
        };
        let Some(name) = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) else {
            return Ok(None);
        };
        let exceptions = first(&["NO_PROXY", "no_proxy"]).map(|name| variable(&name));
        let url = variable(&name);
        // One that cannot be read would otherwise be ignored, and GitHub not be reached.
        Self::read(&url, "", base)?.ok_or(BuildError::InvalidProxy(name))?;
        Self::read(&url, &exceptions.unwrap_or_default(), base)
    }

    fn read(url: &str, exceptions: &str, base: &str) -> Result<Option<Self>, BuildError> {
        if url.chars().any(|it| it.is_whitespace() || it.is_control())
            || InvisibleEnd::of(url).is_some()
        {
            return Ok(None);
        }
        let base = Uri::try_from(base).map_err(|error| {
            BuildError::InvalidBaseUrl(format!("it cannot be requested: {error}"))
        })?;
        let exceptions = exceptions_in(exceptions, &base);
        let matcher = Matcher::builder().https(url).no(exceptions).build();
        let Some(found) = matcher.intercept(&base) else {
            return Ok(None);
        };
        match found.uri().scheme_str() {
            Some("http" | "https") => Ok(Some(Self(found))),
            _ => Err(BuildError::InvalidProxy("its address".to_owned())),
        }
    }

    pub(crate) fn address(&self) -> &Uri {
        self.0.uri()
    }

    #[cfg_attr(
        not(any(feature = "aws-lc-rs", feature = "ring")),
        allow(dead_code, reason = "without TLS there are no tunnels")
    )]
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.basic_auth()
    }
}

/// The exceptions as the matcher knows them: one form of the many that `curl` and other programs read, which
/// are all found in one environment. Spaces separate as commas do; `*.github.com` is what `.github.com` is;
/// an exception with a port is one for this port; an IPv6 address may stand in brackets.
fn exceptions_in(text: &str, base: &Uri) -> String {
    let port = base.port_u16().unwrap_or(if base.scheme_str() == Some("http") { 80 } else { 443 });
    let read = |entry: &str| {
        let (host, of_port) = match entry.rsplit_once(':') {
            // An IPv6 address without brackets has several colons, and no port.
            Some((host, of_port)) if !host.contains(':') || host.ends_with(']') => {
                (host, of_port.parse().ok())
            }
            _ => (entry, None),
        };
        let host = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(host);
        let host = host.strip_prefix('*').filter(|it| it.starts_with('.')).unwrap_or(host);
        let host = host.strip_suffix('.').unwrap_or(host);
        (!host.is_empty() && of_port.is_none_or(|it: u16| it == port)).then(|| host.to_owned())
    };
    let entries = text.split(|it: char| it == ',' || it.is_whitespace());
    entries.filter_map(read).collect::<Vec<_>>().join(",")
}

/// Shows the address without user name and password.
impl fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address();
        let scheme = address.scheme_str().unwrap_or("http");
        write!(formatter, "{scheme}://{}", address.authority().map_or("", |it| it.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: &str = "https://api.github.com";

    fn found(base: &str, variables: &[(&str, &str)]) -> Result<Option<String>, BuildError> {
        let value = |name: &str| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map_or(String::new(), |(_, value)| (*value).to_owned())
        };
        Proxy::from_variables(base, value).map(|proxy| proxy.map(|proxy| proxy.to_string()))
    }

    #[test]
    fn the_environment_names_the_proxy() {
        let proxy = Some("http://proxy:3128".to_owned());
        for (variables, expected) in [
            (vec![], None),
            (vec![("HTTPS_PROXY", "")], None),
            (vec![("HTTP_PROXY", "http://proxy:3128")], None),
            (vec![("HTTPS_PROXY", "http://proxy:3128")], proxy.clone()),
            (vec![("https_proxy", "proxy:3128")], proxy.clone()),
            (vec![("HTTPS_PROXY", ""), ("ALL_PROXY", "http://proxy:3128/")], proxy.clone()),
            (vec![("HTTPS_PROXY", "http://octo:s3cret@proxy:3128")], proxy.clone()),
            (vec![("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", "a.b, github.com")], None),
            (vec![("HTTPS_PROXY", "http://proxy:3128"), ("no_proxy", "*")], None),
            (vec![("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", "a.b github.com")], None),
            (vec![("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", " a.b\t.github.com\n")], None),
            (vec![("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", "a.b *")], None),
            (vec![("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", "hub.com")], proxy),
        ] {
            assert_eq!(found(GITHUB, &variables).unwrap(), expected, "{variables:?}");
        }
        let network = [("ALL_PROXY", "http://proxy:3128"), ("NO_PROXY", "a.b 10.0.0.0/8")];
        assert_eq!(found("https://10.1.2.3/api/v3", &network).unwrap(), None);
    }

    #[test]
    fn exceptions_are_read_in_every_form_that_is_common() {
        for (base, exceptions, is_exception) in [
            (GITHUB, "*.github.com", true),
            (GITHUB, "API.GitHub.com", true),
            (GITHUB, "api.github.com.", true),
            (GITHUB, "a.b,, ,\t.github.com,", true),
            (GITHUB, "api.github.com:443", true),
            (GITHUB, "api.github.com:8443", false),
            (GITHUB, "*github.com", false),
            (GITHUB, "notgithub.com,api.github.com.evil.example", false),
            (GITHUB, ", ,", false),
            (GITHUB, ".", false),
            ("https://ghes.example:8443/api/v3", "ghes.example:8443", true),
            ("https://ghes.example:8443/api/v3", "ghes.example:443", false),
            ("https://10.1.2.3:8443/api/v3", "10.1.2.3", true),
            ("https://10.1.2.3:8443/api/v3", "10.1.2.3:8443", true),
            ("https://[2001:db8::1]/api/v3", "2001:db8::1", true),
            ("https://[2001:db8::1]/api/v3", "[2001:db8::1]", true),
            ("https://[2001:db8::1]:8443/api/v3", "[2001:db8::1]:8443", true),
            ("https://[2001:db8::1]/api/v3", "[2001:db8::1]:8443", false),
            ("https://[2001:db8::1]/api/v3", "2001:db8::/32", true),
        ] {
            let variables = [("ALL_PROXY", "http://proxy:3128"), ("NO_PROXY", exceptions)];
            let proxy = found(base, &variables).unwrap();
            assert_eq!(proxy.is_none(), is_exception, "{base} {exceptions}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_named_and_not_shown() {
        for bad in [
            "ftp://octo:s3cret@proxy",
            "socks5://octo:s3cret@proxy",
            "http://s3cret proxy",
            "http://octo:s3cret@proxy\n",
            " http://octo:s3cret@proxy",
            "\u{feff}http://octo:s3cret@proxy",
            "http://octo:s3cret@proxy\u{200b}",
        ] {
            let error = found(GITHUB, &[("HTTPS_PROXY", bad)]).unwrap_err();
            assert!(matches!(error, BuildError::InvalidProxy(_)), "{error}");
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
    }

    #[test]
    fn credentials_become_a_header() {
        let source = ProxySource::Url("http://octo:s3cret%21@proxy:3128".to_owned());
        let proxy = Proxy::find(&source, GITHUB).unwrap().unwrap();
        let header = proxy.authorization().unwrap();
        assert!(header.is_sensitive());
        assert_eq!(header, "Basic b2N0bzpzM2NyZXQh");
    }
}
