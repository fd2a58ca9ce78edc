//! Whole pages are sent packed to whoever takes them so. Logs, events and files, which come part by part, are not.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, VARY};

use super::answer::{Answer, PagesBody};

/// What is shorter fits one packet of the network as it is.
const LEAST: usize = 1400;

/// The answer as this client takes it best. A page holds no secret that a stranger's words beside it could bring out
/// by its length: who is signed in is known by a cookie, and a form needs nothing else.
pub(super) fn compressed(answer: Answer, request: &HeaderMap) -> Answer {
    if !is_text(&answer) {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    head.headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    let body = match body {
        PagesBody::Whole(Some(bytes)) if bytes.len() >= LEAST && takes_gzip(request) => {
            match gzip(&bytes) {
                Some(packed) => {
                    head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                    PagesBody::Whole(Some(packed))
                }
                None => PagesBody::Whole(Some(bytes)),
            }
        }
        body => body,
    };
    Answer::from_parts(head, body)
}

fn is_text(answer: &Answer) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kinds = ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"];
    kind.is_some_and(|kind| kinds.iter().any(|it| kind.starts_with(it)))
}

/// Whether a client says that it takes it: by name, and not with a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let mut words = coding.split(';').map(str::trim);
        let is_named = words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = words.find_map(|word| word.strip_prefix("q="));
        is_named && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|it| it > 0.0))
    })
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::pages::answer;

    fn asked(accepts: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, accepts.parse().unwrap());
        headers
    }

    #[test]
    fn it_is_known_who_takes_gzip() {
        for accepts in ["gzip", "deflate, GZIP;q=0.5", "br, gzip ; q=1"] {
            assert!(takes_gzip(&asked(accepts)), "{accepts}");
        }
        for accepts in ["", "identity", "gzip;q=0", "gzip;q=0.000", "xgzip", "gzip;q=much"] {
            assert!(!takes_gzip(&asked(accepts)), "{accepts}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn long_text_is_packed_and_nothing_else() {
        let page = Bytes::from("a build that passed; ".repeat(1000));
        let kinds = [("text/html; charset=utf-8", true), ("text/plain; charset=utf-8", false)];
        for (kind, is_packed) in kinds {
            let whole = || answer::bytes(StatusCode::OK, kind, page.clone());
            let packed = compressed(whole(), &asked("gzip"));
            assert_eq!(packed.headers().contains_key(CONTENT_ENCODING), is_packed, "{kind}");
            assert!(!compressed(whole(), &asked("br")).headers().contains_key(CONTENT_ENCODING));
        }
        let short = answer::bytes(StatusCode::OK, "text/html", Bytes::from_static(b"short"));
        assert!(!compressed(short, &asked("gzip")).headers().contains_key(CONTENT_ENCODING));
    }
}
