use std::fmt;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::IgnoredAny;

use crate::engine::decode::DecodeProblem;

/// How much of a page is kept, in characters: enough to recognise it.
const MAX_TEXT: usize = 1000;

/// How much of a page's title or content type an error shows, in characters.
const MAX_SHOWN: usize = 80;

/// A success that is not GitHub's. Somebody on the way answered in its place: a single sign-on page, a
/// proxy, or a website where the API was expected.
#[derive(Debug)]
pub(crate) struct ForeignAnswer {
    sign: Sign,
    /// The beginning of a page.
    pub(crate) text: Option<String>,
}

/// How the media types begin that GitHub has besides JSON.
const RAW: &str = "application/vnd.github";

/// What gives it away.
#[derive(Debug)]
enum Sign {
    /// GitHub says something there.
    Empty,
    ContentType(String),
    /// It claims to be JSON, or claims nothing.
    NoJson,
    /// It is JSON, and not what was asked for, perhaps because of this problem.
    OtherJson(Option<DecodeProblem>),
}

impl ForeignAnswer {
    /// Looks whether a success is somebody else's.
    ///
    /// GitHub's is JSON and says so, or it is empty where the status allows that. A missing content type
    /// is forgiven when the body is JSON.
    pub(crate) fn find(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let content_type =
            headers.get(CONTENT_TYPE).map(|it| String::from_utf8_lossy(it.as_bytes()));
        let is_json = content_type.as_deref().map(is_json);
        let sign = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None if may_be_empty(status) || is_json == Some(true) || is_marked(headers) => {
                return None;
            }
            None => Sign::Empty,
            Some(_) if is_json == Some(false) => Sign::ContentType(content_type?.into_owned()),
            Some(b'{' | b'[') => return None,
            Some(b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
                if is_json.is_some() || is_whole_json(body) =>
            {
                return None;
            }
            Some(_) => Sign::NoJson,
        };
        Some(Self::of(sign, body))
    }

    /// Looks whether a success is somebody else's, where a file or a diff was asked for: anything may stand
    /// in it, so only its media type tells.
    ///
    /// GitHub's begins with `application/vnd.github`; where there is no such form, it is JSON.
    pub(crate) fn find_raw(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let content_type =
            headers.get(CONTENT_TYPE).map(|it| String::from_utf8_lossy(it.as_bytes()));
        let Some(content_type) = content_type else {
            let is_file = body.is_empty() && is_marked(headers);
            return (!is_file).then(|| Self::of(Sign::ContentType(String::new()), body));
        };
        let is_github_s = content_type
            .get(..RAW.len())
            .is_some_and(|beginning| beginning.eq_ignore_ascii_case(RAW));
        let is_own = is_github_s || is_json(&content_type);
        (!is_own).then(|| Self::of(Sign::ContentType(content_type.into_owned()), body))
    }

    /// JSON that is not GitHub's.
    pub(crate) fn other_json(problem: Option<DecodeProblem>) -> Self {
        Self { sign: Sign::OtherJson(problem), text: None }
    }

    fn of(sign: Sign, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        // Anything else may be GitHub's answer in disguise, and hold a token.
        let is_page = text.starts_with('<');
        Self { sign, text: is_page.then(|| text.chars().take(MAX_TEXT).collect()) }
    }

    /// Changes the text, to hide something in it.
    pub(crate) fn map_text(mut self, change: impl FnOnce(String) -> String) -> Self {
        self.text = self.text.map(change);
        self
    }

    /// The title of a page of HTML.
    fn title(&self) -> Option<String> {
        let text = self.text.as_deref()?;
        // Lower case may have another length, but not for ASCII alone.
        let lower = text.to_ascii_lowercase();
        let (_, from) = lower.split_at_checked(lower.find("<title")?)?;
        let start = lower.len() - from.len() + from.find('>')? + 1;
        let end = start + lower.get(start..)?.find("</title")?;
        let title = text.get(start..end)?.split_whitespace().collect::<Vec<_>>().join(" ");
        (!title.is_empty()).then(|| title.chars().take(MAX_SHOWN).collect())
    }
}

/// The statuses that GitHub answers without a body.
fn may_be_empty(status: StatusCode) -> bool {
    matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT)
}

/// `application/json`, `application/vnd.github+json`, with or without parameters.
fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = kind.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// Whether it is JSON from its beginning to its end.
pub(crate) fn is_whole_json(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Whether an answer bears one of the headers that GitHub, and nobody else, puts on each of its own. Its
/// login page has them too, so alone they prove little.
pub(crate) fn is_marked(headers: &HeaderMap) -> bool {
    headers.contains_key("x-github-request-id") || headers.contains_key("x-github-media-type")
}

impl fmt::Display for ForeignAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("this is not GitHub's answer but ")?;
        match &self.sign {
            Sign::Empty => formatter.write_str("an empty one")?,
            Sign::ContentType(content_type) => {
                let kind = content_type.split(';').next().unwrap_or_default();
                let shown = kind.chars().filter(|it| !it.is_control()).take(MAX_SHOWN);
                write!(formatter, "`{}`", shown.collect::<String>())?;
            }
            Sign::NoJson => formatter.write_str("something that is no JSON")?,
            Sign::OtherJson(None) => formatter.write_str("other JSON")?,
            Sign::OtherJson(Some(problem)) => {
                write!(formatter, "JSON that does not decode: {problem}")?;
            }
        }
        if let Some(title) = self.title() {
            write!(formatter, " titled `{title}`")?;
        }
        formatter.write_str(
            "; look for a single sign-on page, a proxy in between, or a base URL without /api/v3",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(status: u16, content_type: Option<&str>, body: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        let foreign = ForeignAnswer::find(status, &headers, body.as_bytes())?;
        let shown = foreign.to_string();
        let shown = shown.strip_prefix("this is not GitHub's answer but ").unwrap();
        Some(shown.split_once(';').unwrap().0.to_owned())
    }

    #[test]
    fn github_s_own_are_told_from_others() {
        let json = Some("application/json; charset=utf-8");
        let html = Some("text/html; charset=utf-8");
        for (status, content_type, body, expected) in [
            (200, json, "{}", None),
            (200, json, " \n[]", None),
            (200, json, "\"text\"", None),
            (200, json, "17", None),
            (201, Some("Application/Vnd.GitHub.v3+JSON"), "{}", None),
            (200, Some("application/vnd.github.raw+json"), "[1]", None),
            (200, None, "{}", None),
            // Cut short, which is for whoever decodes it.
            (201, json, "{\"id\":", None),
            (201, json, "", None),
            (202, None, "", None),
            (204, None, "", None),
            (205, html, "", None),
            (200, None, "", Some("an empty one")),
            (201, html, " \r\n", Some("an empty one")),
            (200, html, "<html>", Some("`text/html`")),
            (202, html, "<html>", Some("`text/html`")),
            (200, html, "{}", Some("`text/html`")),
            (200, Some("text/plain"), "{}", Some("`text/plain`")),
            (200, Some("application/jsonp"), "{}", Some("`application/jsonp`")),
            (200, Some(""), "{}", Some("``")),
            (200, json, "<!doctype html>", Some("something that is no JSON")),
            (200, None, "OK", Some("something that is no JSON")),
            (200, None, "true", None),
            (200, None, "true fish", Some("something that is no JSON")),
            (
                200,
                html,
                "<HTML><Head><TITLE lang=\"de\">\n Bitte  anmelden \n</TITLE>ſİ",
                Some("`text/html` titled `Bitte anmelden`"),
            ),
            (200, html, "<title>cut", Some("`text/html`")),
        ] {
            assert_eq!(found(status, content_type, body).as_deref(), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_file_is_told_by_its_media_type() {
        for (content_type, body, is_own) in [
            (Some("application/vnd.github.raw+json; charset=utf-8"), "<html>", true),
            (Some("application/vnd.github.v3.raw"), "", true),
            (Some("Application/Vnd.GitHub.diff; charset=utf-8"), "diff --git", true),
            (Some("application/json"), "[]", true),
            (Some("text/html; charset=utf-8"), "<html>", false),
            (Some("text/plain"), "words", false),
            (None, "words", false),
            (None, "", false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(content_type) = content_type {
                headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
            }
            let found = ForeignAnswer::find_raw(&headers, body.as_bytes());
            assert_eq!(found.is_none(), is_own, "{content_type:?}: {found:?}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-github-request-id", "ABCD:1234".parse().unwrap());
        assert!(ForeignAnswer::find_raw(&headers, b"").is_none());
    }

    #[test]
    fn github_s_mark_allows_an_empty_success() {
        let mut headers = HeaderMap::new();
        headers.insert("x-github-request-id", "ABCD:1234".parse().unwrap());
        assert!(ForeignAnswer::find(StatusCode::OK, &headers, b"").is_none());
        // Its login page has the mark as well.
        headers.insert(CONTENT_TYPE, "text/html".parse().unwrap());
        assert!(ForeignAnswer::find(StatusCode::OK, &headers, b"<html>").is_some());
    }
}
