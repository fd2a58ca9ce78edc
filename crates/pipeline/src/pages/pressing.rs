use hookstead::receiver::IncomingBody;
use http::StatusCode;
use http_body_util::{BodyExt as _, Limited};

use super::answer::{self, Answer};
use super::layout::path_of;
use super::query::{field, fields};
use crate::build::{Asked, Pipeline};
use crate::config::SecretSource;
use crate::record::Build;

/// A form is no longer.
const LONGEST_FORM: usize = 16 * 1024;

/// Who presses buttons with the admin's token.
const ADMIN: &str = "admin";

/// `POST /P/builds/N/again`, and such.
pub(super) async fn press(
    pipeline: &Pipeline,
    build: &Build,
    button: &str,
    body: IncomingBody,
) -> Answer {
    let what = match button {
        "again" => Asked::Again(build.number),
        "cancel" => Asked::Cancel(build.number),
        "approve" => Asked::Approve(build.number),
        _ => return answer::text(StatusCode::NOT_FOUND, "There is no such button.\n"),
    };
    let Ok(form) = Limited::new(body, LONGEST_FORM).collect().await else {
        return answer::text(StatusCode::BAD_REQUEST, "The form cannot be read.\n");
    };
    let form = fields(&String::from_utf8_lossy(&form.to_bytes()));
    if let Some(refused) = refuse(pipeline, field(&form, "token").unwrap_or_default()) {
        return refused;
    }
    match pipeline.ask(ADMIN, what).await {
        Ok(_) => answer::see(&path_of(build)),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a button failed");
            answer::text(StatusCode::SERVICE_UNAVAILABLE, "The inbox is down: press again later.\n")
        }
    }
}

/// What is answered to this token; nothing if it is the admin's.
fn refuse(pipeline: &Pipeline, token: &str) -> Option<Answer> {
    let why = match pipeline.current().config.admin.as_ref().map(SecretSource::read) {
        None => "The config has no `admin`, so nobody can press buttons.\n",
        Some(Ok(admin)) if is_same(admin.expose(), token) => return None,
        Some(Ok(_)) => "That is not the admin's token.\n",
        Some(Err(error)) => {
            tracing::error!(%error, "the admin's token cannot be read");
            "The admin's token cannot be read.\n"
        }
    };
    Some(answer::text(StatusCode::FORBIDDEN, why))
}

/// Takes as long wherever they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differences =
        one.bytes().zip(other.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && differences == 0
}
