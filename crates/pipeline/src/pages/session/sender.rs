//! Where a request comes from: which address, and which site.

use std::net::{IpAddr, Ipv4Addr};

use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::request::Parts;
use url::Url;

/// The address of whoever asks. A proxy on this machine tells it: else all who come through it would be one.
pub(super) fn peer(head: &Parts) -> IpAddr {
    let direct = head.extensions.get::<IpAddr>().copied();
    let direct = direct.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    if !direct.is_loopback() {
        return direct;
    }
    // Each proxy puts what it has seen at the end.
    let told = head.headers.get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|it| it.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    told.unwrap_or(direct)
}

/// Whether a form of ours was sent, by what the browser says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// It was ours.
    Ours,
    /// It was another site's.
    Another,
    /// Nothing is said, as by programs.
    Unsaid,
}

pub(super) fn site(head: &Parts, url: &Url) -> Site {
    if let Some(said) = head.headers.get("sec-fetch-site") {
        // `none` is what the person did: no site had a part in it.
        let is_ours = said == "same-origin" || said == "none";
        return if is_ours { Site::Ours } else { Site::Another };
    }
    // Browsers do not say it where the pages come unencrypted from another machine.
    let Some(origin) = head.headers.get(ORIGIN) else { return Site::Unsaid };
    let Some(origin) = origin.to_str().ok().and_then(|it| Url::parse(it).ok()) else {
        return Site::Another;
    };
    let authority = format!(
        "{}{}",
        origin.host_str().unwrap_or_default(),
        origin.port().map(|port| format!(":{port}")).unwrap_or_default()
    );
    let host = head.headers.get(HOST).and_then(|it| it.to_str().ok());
    let is_here = host.is_some_and(|host| host.eq_ignore_ascii_case(&authority));
    // Whoever reaches the server by another name than the config's is there all the same.
    let is_another_name = origin.host_str() != url.host_str();
    let is_ours = origin.origin() == url.origin() || (is_here && is_another_name);
    if is_ours { Site::Ours } else { Site::Another }
}

/// The token of `Authorization: Bearer TOKEN`.
pub(super) fn bearer(head: &Parts) -> Option<&str> {
    let value = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn head(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().extension(IpAddr::V4(Ipv4Addr::LOCALHOST));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_a_form_of_ours_is_ours() {
        let url = Url::parse("https://ci.example.com/").unwrap();
        for (headers, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], Site::Ours),
            (&[("sec-fetch-site", "none")], Site::Ours),
            (&[("sec-fetch-site", "same-site")], Site::Another),
            (&[("sec-fetch-site", "cross-site")], Site::Another),
            (
                &[("sec-fetch-site", "cross-site"), ("origin", "https://ci.example.com")],
                Site::Another,
            ),
            (&[("origin", "https://ci.example.com")], Site::Ours),
            (&[("origin", "https://ci.example.com.evil.test")], Site::Another),
            (&[("origin", "http://ci.example.com"), ("host", "ci.example.com")], Site::Another),
            (&[("origin", "null")], Site::Another),
            (&[("origin", "http://127.0.0.1:4567"), ("host", "127.0.0.1:4567")], Site::Ours),
            (&[("origin", "http://127.0.0.1:4568"), ("host", "127.0.0.1:4567")], Site::Another),
            (&[("origin", "http://[::1]:4567"), ("host", "[::1]:4567")], Site::Ours),
            (&[], Site::Unsaid),
        ] {
            assert_eq!(site(&head(headers), &url), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_proxy_on_this_machine_tells_who_asks() {
        for (headers, expected) in [
            (&[][..], "127.0.0.1"),
            (&[("x-forwarded-for", "192.0.2.7")], "192.0.2.7"),
            (&[("x-forwarded-for", "10.0.0.1, 192.0.2.7")], "192.0.2.7"),
            (&[("x-forwarded-for", "nobody")], "127.0.0.1"),
        ] {
            assert_eq!(peer(&head(headers)).to_string(), expected, "{headers:?}");
        }
        let mut far = head(&[("x-forwarded-for", "192.0.2.7")]);
        far.extensions.insert(IpAddr::from([198, 51, 100, 1]));
        assert_eq!(peer(&far).to_string(), "198.51.100.1");
    }

    #[test]
    fn a_bearer_is_one_by_its_scheme() {
        for (value, expected) in [
            ("Bearer hunter2", Some("hunter2")),
            ("bearer  hunter2 ", Some("hunter2")),
            ("Basic aHVudGVyMg==", None),
            ("Bearer", None),
        ] {
            assert_eq!(bearer(&head(&[("authorization", value)])), expected, "{value}");
        }
    }
}
