//! What is no API: the pages that people see, as far as clients stray into them.

use http::header::{HeaderValue, LOCATION};
use http::{StatusCode, Uri};

use super::answer::Answer;
use crate::shared::Settings;

const LOGIN: &str = "/login";

const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html>\n  <head><title>Sign in</title></head>\n  \
                          <body><form action=\"/session\" method=\"post\"></form></body>\n</html>\n";

const NOT_FOUND: &str = "<!DOCTYPE html>\n<html>\n  <head><title>Page not found</title></head>\n  \
                         <body><p>This is not the web page you are looking for.</p></body>\n</html>\n";

/// The page at an address outside of the API. On an Enterprise Server that is everything that lacks the
/// API's path: a client with the wrong base URL meets pages, whatever it asks for.
pub(super) fn page(settings: &Settings, uri: &Uri) -> Option<Answer> {
    if uri.path() == LOGIN {
        return Some(login_page());
    }
    let is_api = uri.path().starts_with(&settings.prefix);
    (!is_api).then(|| Answer::html(StatusCode::NOT_FOUND, NOT_FOUND))
}

/// It is a success.
pub(super) fn login_page() -> Answer {
    Answer::html(StatusCode::OK, LOGIN_PAGE)
}

/// A redirect to the login page.
pub(super) fn to_login(status: StatusCode) -> Answer {
    let mut answer = Answer::html(status, "<html><body>You are being redirected.</body></html>");
    answer.headers.push((LOCATION, HeaderValue::from_static("/login?return_to=%2F")));
    answer
}
