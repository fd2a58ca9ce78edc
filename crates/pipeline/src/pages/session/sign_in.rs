use http::header::SET_COOKIE;
use http::request::Parts;
use http::{Response, StatusCode};
use maud::html;

use super::admin::{Admin, new_cookie};
use super::cookie;
use super::gate::{ADMIN, Gate, Refusal, session_of};
use crate::build::Pipeline;
use crate::journal::{EntryKind, JournalError, NewEntry};
use crate::pages::answer::{self, Answer};
use crate::pages::layout::Page;
use crate::pages::query::field;
use crate::pages::view::View;

/// Where one goes from here: a page of ours, whatever a link says.
fn next(fields: &[(String, String)]) -> &str {
    let next = field(fields, "next").unwrap_or("/");
    let is_ours = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours { next } else { "/" }
}

impl Gate {
    /// `GET /sign-in`
    pub(in crate::pages) fn sign_in_page(&self, view: &View<'_>) -> Answer {
        let next = next(&view.query);
        if view.viewer.is_signed_in() {
            return answer::see(next);
        }
        page(view, StatusCode::OK, next, None)
    }

    /// `POST /sign-in`
    pub(in crate::pages) async fn sign_in(
        &self,
        view: &View<'_>,
        head: &Parts,
        form: &[(String, String)],
    ) -> Result<Answer, JournalError> {
        let pipeline = view.pipeline;
        let next = next(form);
        let token = field(form, "token").unwrap_or_default();
        let checked = match self.check_site(pipeline, head) {
            Ok(()) => self.check(pipeline, head, token).await,
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = checked {
            let answer = page(view, refusal.status, next, Some(&refusal));
            return Ok(refusal.complete(answer));
        }
        let Ok(Some(admin)) = Admin::now(pipeline) else {
            return Ok(answer::text(StatusCode::SERVICE_UNAVAILABLE, "Sign in again.\n"));
        };
        let value = match new_cookie() {
            Ok(value) => value,
            Err(error) => {
                tracing::error!(%error, "nobody can sign in: the system gives no random bytes");
                let text = "Nobody can sign in now: the server's log says why.\n";
                return Ok(answer::text(StatusCode::SERVICE_UNAVAILABLE, text));
            }
        };
        let lifetime = self.lifetime();
        pipeline.journal().open_session(&admin.key_of(&value), lifetime).await?;
        let entry = NewEntry::new(EntryKind::Person, "admin signed in").person(ADMIN);
        self.enter(pipeline, entry).await;
        Ok(with_cookie(pipeline, answer::see(next), Some((&value, lifetime))))
    }

    /// `POST /sign-out`
    pub(in crate::pages) async fn sign_out(
        &self,
        view: &View<'_>,
        head: &Parts,
    ) -> Result<Answer, JournalError> {
        let pipeline = view.pipeline;
        if let Err(refusal) = self.check_site(pipeline, head) {
            return Ok(answer::text(refusal.status, &format!("{}\n", refusal.why)));
        }
        if let (true, Some(key)) = (view.viewer.is_signed_in(), session_of(pipeline, head)) {
            pipeline.journal().close_session(&key).await?;
            let entry = NewEntry::new(EntryKind::Person, "admin signed out").person(ADMIN);
            self.enter(pipeline, entry).await;
        }
        Ok(with_cookie(pipeline, answer::see("/"), None))
    }
}

fn with_cookie(
    pipeline: &Pipeline,
    mut answer: Answer,
    session: Option<(&str, std::time::Duration)>,
) -> Answer {
    let value = cookie::write(&pipeline.current().config.url, session);
    value.into_iter().for_each(|value| {
        Response::headers_mut(&mut answer).append(SET_COOKIE, value);
    });
    answer
}

fn page(view: &View<'_>, status: StatusCode, next: &str, refusal: Option<&Refusal>) -> Answer {
    let content = html! {
        @if let Some(refusal) = refusal {
            p class="problem" role="alert" { (refusal.why) }
        }
        @if view.viewer.can_sign_in {
            form class="sign-in" method="post" action="/sign-in" {
                input type="hidden" name="next" value=(next);
                // Password managers want to know whose it is.
                input type="text" name="username" value=(ADMIN) autocomplete="username" hidden;
                label for="token" { "The admin's token" }
                " "
                input id="token" type="password" name="token" autocomplete="current-password" required autofocus;
                " " button { "Sign in" }
            }
            p { "It is the token that the config names by " code { "admin" } ". It lets you run builds again, cancel and approve them." }
        } @else if refusal.is_none() {
            p { "Nobody can sign in: the config has no " code { "admin" } "." }
        }
    };
    Page::new("Sign in").without_json().answer_with(status, view, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_a_page_of_ours() {
        for (asked, expected) in [
            ("/demo/builds/1", "/demo/builds/1"),
            ("/journal?sha=a&b=%20", "/journal?sha=a&b=%20"),
            ("//evil.test", "/"),
            ("/\\evil.test", "/"),
            ("https://evil.test", "/"),
            ("/a\r\nSet-Cookie: b", "/"),
            ("/\t/evil.test", "/"),
            ("", "/"),
        ] {
            let fields = [("next".to_owned(), asked.to_owned())];
            assert_eq!(next(&fields), expected, "{asked:?}");
        }
    }
}
