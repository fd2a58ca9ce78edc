use bytes::Bytes;
use hookstead_types::Outage;
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;

use crate::engine::answer::Answer;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::deadline::Deadline;
use crate::engine::error::Error;
use crate::engine::error_kind::Kind;
use crate::engine::foreign::ForeignAnswer;
use crate::identity::token::Token;
use crate::transport::cause::is_lasting;
use crate::transport::transport::{Body, BoxError};

impl Core {
    /// Sends a call once, follows its redirects and reads the answer. Whatever the status, an answer
    /// that could be read is returned.
    ///
    /// GitHub redirects to the new place of a renamed repository: 301 for good, 302 and 307 for now
    /// (and 308, which it does not use yet), and asks to *repeat the same request* there in each
    /// case. So the method and the body stay, on 301 and 302 too: turning a `POST` into a `GET`, as
    /// browsers do, would make a status silently vanish. The token goes nowhere but below the base
    /// URL, so a redirect to elsewhere is an error.
    pub(crate) async fn attempt(
        &self,
        call: &Call,
        token: &Token,
        mut url: String,
        deadline: Deadline,
    ) -> Result<Answer, Error> {
        let settings = &*self.settings;
        let mut place = settings.place(&call.method, &url);
        for _ in 0..=settings.max_redirects {
            let failed = |kind| Err(call.error(kind).at(&place));
            let request = call.request(settings, token, &url)?;
            let response = match deadline.within(settings.transport.send(request)).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) if error.is_connect => {
                    return failed(Kind::Connect {
                        to: settings.destination.clone(),
                        is_timeout: error.is_timeout,
                        is_lasting: is_lasting(&*error.source),
                        source: outage(error.source),
                    });
                }
                Ok(Err(error)) => return failed(Kind::Exchange(outage(error.source))),
                Err(elapsed) => return failed(elapsed),
            };
            let (head, body) = response.into_parts();
            // The body of a redirect is read as well: its connection is needed again at once.
            let (body, problem) = read(body, settings.max_response_bytes, deadline).await;
            let failed =
                |kind| Err(call.error(kind).with_head(head.status, &head.headers).at(&place));

            if let Some(location) = redirect(head.status, &head.headers) {
                // The next request must not even start when the time is up.
                if let Some(elapsed @ Kind::Timeout(_)) = problem {
                    return failed(elapsed);
                }
                url = match settings.base.resolve(&url, location) {
                    Ok(url) => url,
                    Err(outside) => return failed(Kind::Astray(outside)),
                };
                place.landed(&url);
                continue;
            }
            if head.status.is_success() {
                // A page says at its beginning what it is, even one that is too long or breaks off.
                let foreign = if call.is_raw {
                    ForeignAnswer::find_raw(&head.headers, &body)
                } else {
                    ForeignAnswer::find(head.status, &head.headers, &body)
                };
                match (foreign, problem) {
                    (Some(foreign), problem) if !(body.is_empty() && problem.is_some()) => {
                        return failed(Kind::Foreign(foreign.map_text(|text| token.redact(text))));
                    }
                    (_, Some(problem)) => return failed(problem),
                    _ => {}
                }
            }
            // An error answer counts even when its body breaks off: its status says most.
            let body = if head.status.is_success() {
                body
            } else {
                token.redact(String::from_utf8_lossy(&body).into_owned()).into()
            };
            return Ok(Answer::new(call, head.status, head.headers, body, url, place));
        }
        Err(call.error(Kind::TooManyRedirects(settings.max_redirects)).at(&place))
    }
}

/// Where a redirect leads; `None` for every other answer.
fn redirect(status: StatusCode, headers: &HeaderMap) -> Option<&str> {
    match status {
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => {
            // Raw UTF-8 is common in it, against the rules.
            std::str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok()
        }
        _ => None,
    }
}

/// What broke on the way, as an error of which the call is not at fault.
fn outage(source: BoxError) -> BoxError {
    Outage::of(source).into()
}

/// Reads a body, as far as the limit and the deadline let it come.
async fn read(mut body: Body, limit: usize, deadline: Deadline) -> (Bytes, Option<Kind>) {
    let mut bytes = Vec::new();
    loop {
        let frame = match deadline.within(body.frame()).await {
            Ok(None) => return (bytes.into(), None),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return (bytes.into(), Some(Kind::Body(outage(error)))),
            Err(elapsed) => return (bytes.into(), Some(elapsed)),
        };
        // A frame that is no data holds trailers, which mean nothing here.
        if let Ok(data) = frame.into_data() {
            let room = limit.saturating_sub(bytes.len());
            bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
            if data.len() > room {
                return (bytes.into(), Some(Kind::TooLarge(limit)));
            }
        }
    }
}
