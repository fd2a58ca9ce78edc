use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use url::Url;

/// What the cookie is called. Where the pages are reached by https, the name makes the browser see to it that no other
/// host and no unencrypted answer has set it. Else the port is a part of it, as browsers give all ports of a host the same
/// cookies.
fn name(url: &Url) -> String {
    match (url.scheme(), url.port()) {
        ("https", _) => "__Host-hookstead".to_owned(),
        (_, Some(port)) => format!("hookstead-{port}"),
        _ => "hookstead".to_owned(),
    }
}

/// The session in the request's cookies, if one looks like one.
pub(super) fn read(headers: &HeaderMap, url: &Url) -> Option<String> {
    let name = name(url);
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|it| it.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
    let value = value.trim();
    let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (value.len() == 43 && value.bytes().all(is_ours)).then(|| value.to_owned())
}

/// Gives the browser a session, or takes it away.
pub(super) fn write(url: &Url, session: Option<(&str, Duration)>) -> Option<HeaderValue> {
    let (value, seconds) = session.map_or(("", 0), |(value, span)| (value, span.as_secs()));
    let secure = if url.scheme() == "https" { "; Secure" } else { "" };
    let name = name(url);
    let text =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDE-_";

    #[test]
    fn a_cookie_is_only_what_was_set() {
        let url = Url::parse("https://ci.example.com/").unwrap();
        let mut headers = HeaderMap::new();
        for (text, found) in [
            (format!("__Host-hookstead={VALUE}"), true),
            (format!("a=b; __Host-hookstead={VALUE} ; c=d"), true),
            (format!("hookstead={VALUE}"), false),
            (format!("__Host-hookstead={VALUE}x"), false),
            (format!("__Host-hookstead={}", VALUE.replace('-', "'")), false),
            ("__Host-hookstead".to_owned(), false),
            (String::new(), false),
        ] {
            headers.insert(COOKIE, text.parse().unwrap());
            let read = read(&headers, &url);
            assert_eq!(read.as_deref(), found.then_some(VALUE), "{text}");
        }
    }

    #[test]
    fn a_cookie_is_kept_from_scripts_and_other_sites() {
        let hour = Duration::from_secs(3_600);
        for (url, session, text) in [
            (
                "https://ci.example.com/",
                Some(("x", hour)),
                "__Host-hookstead=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600; Secure",
            ),
            (
                "http://127.0.0.1:4567/",
                None,
                "hookstead-4567=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
            ),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(write(&url, session).unwrap(), text);
        }
    }
}
