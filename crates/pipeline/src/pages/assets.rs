//! The files that pages need: a style sheet, icons. They are part of the program, and their addresses change with
//! their content, so browsers keep them.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};

use super::answer::{self, Answer};
use crate::record::BuildState;

/// The style sheet.
const STYLE: &str = concat!(include_str!("assets/style.css"), include_str!("assets/log.css"));

/// The script: what it does, the pages do without it, too, but not by themselves.
const SCRIPT: &str = concat!(include_str!("assets/script.js"), include_str!("assets/times.js"));

/// The address of the style sheet: another one whenever it has changed.
pub(super) fn style() -> String {
    versioned("style.css", STYLE)
}

/// The address of the script, which changes with it.
pub(super) fn script() -> String {
    versioned("script.js", SCRIPT)
}

/// The address of an icon for a page that is about something in this state; `None`: about nothing that has one.
pub(super) fn icon(state: Option<BuildState>) -> String {
    format!("/assets/icon-{}.svg", state.map_or("plain", BuildState::as_str))
}

/// `/assets/NAME`
pub(super) fn find(name: &str, headers: &HeaderMap) -> Option<Answer> {
    if name == "style.css" {
        return Some(asset("text/css; charset=utf-8", STYLE.into(), headers));
    }
    if name == "script.js" {
        return Some(asset("text/javascript; charset=utf-8", SCRIPT.into(), headers));
    }
    let word = name.strip_prefix("icon-")?.strip_suffix(".svg")?;
    let state = match word {
        "plain" => None,
        word => Some(word.parse().ok()?),
    };
    Some(asset("image/svg+xml", icon_of(state).into(), headers))
}

/// An icon: a disc in the state's colour, and its sign, so that colour is not all that tells them apart.
fn icon_of(state: Option<BuildState>) -> String {
    let colour = colour_of(state);
    let sign = match state {
        None => SIGN_PLAIN,
        Some(state) => super::state::sign_of(state),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">\
         <rect width=\"16\" height=\"16\" rx=\"4\" fill=\"{colour}\"/>\
         <path d=\"{sign}\" fill=\"none\" stroke=\"#fff\" stroke-width=\"2\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\"/></svg>\n"
    )
}

/// The colour of a state behind white, in pictures, which have no style sheet.
pub(super) fn colour_of(state: Option<BuildState>) -> &'static str {
    match state {
        None => "#4b5563",
        Some(BuildState::Passed) => "#1a7f37",
        Some(BuildState::Failed) => "#c4232f",
        Some(BuildState::Error) => "#b35900",
        Some(BuildState::Running) => "#0b66d0",
        Some(BuildState::Waiting) => "#8a6100",
        Some(BuildState::Queued | BuildState::Canceled | BuildState::Superseded) => "#5b6570",
    }
}

/// Three rows of a list.
const SIGN_PLAIN: &str = "M4.5 5h7M4.5 8h7M4.5 11h4";

fn asset(kind: &'static str, content: Bytes, headers: &HeaderMap) -> Answer {
    let tag = format!("\"{}\"", hash(&content));
    let is_known =
        headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut answer = match is_known {
        true => answer::bytes(StatusCode::NOT_MODIFIED, kind, Bytes::new()),
        false => answer::bytes(StatusCode::OK, kind, content),
    };
    let headers = answer.headers_mut();
    // An hour, also for those who ask for an address without a version.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    answer
}

/// The address of a file, with a version that changes with the content.
fn versioned(name: &str, content: &str) -> String {
    format!("/assets/{name}?v={}", hash(content.as_bytes()))
}

/// FNV-1a: it need not withstand anybody, as the program's own files are all that is hashed.
fn hash(content: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", content.iter().fold(0xcbf2_9ce4_8422_2325, step))
}
