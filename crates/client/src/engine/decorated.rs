use serde::Serialize;

use crate::engine::answer::Answer;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::error::Error;
use crate::engine::error_body::{ErrorBody, ValidationError};
use http::StatusCode;

/// The body of a request with decoration that can be taken off.
pub(crate) trait Decorated: Serialize + Clone {
    /// Takes off what GitHub complains about, and returns its names. None when it is not about
    /// decoration, or when that is gone already.
    fn take_off(&mut self, complaint: &Complaint) -> Vec<&'static str>;
}

/// What GitHub says against a request (422).
pub(crate) struct Complaint {
    errors: Vec<ValidationError>,
    message: String,
}

impl Complaint {
    fn of(answer: &Answer) -> Option<Self> {
        if answer.status != StatusCode::UNPROCESSABLE_ENTITY {
            return None;
        }
        let body = ErrorBody::parse(&answer.body);
        Some(Self { errors: body.errors, message: body.message? })
    }

    /// Those of these fields that it is about. If it is about anything else as well, then none: a request
    /// without them would be refused for that.
    pub(crate) fn about<'a>(&self, fields: &[&'a str]) -> Vec<&'a str> {
        let mut found = Vec::new();
        if self.errors.is_empty() {
            found.extend(named(&self.message, fields));
        }
        for error in &self.errors {
            let before = found.len();
            match (&error.field, &error.message) {
                // It may be the place of the field in the request: `output/summary`.
                (Some(field), _) => {
                    let last = field.rsplit(['.', '/']).next().unwrap_or_default();
                    found.extend(fields.iter().filter(|it| it.eq_ignore_ascii_case(last)));
                }
                (None, Some(message)) => found.extend(named(message, fields)),
                (None, None) => {}
            }
            if found.len() == before {
                return Vec::new();
            }
        }
        found
    }

    /// Whether it says only that some text is too long, and not which.
    pub(crate) fn is_about_length(&self) -> bool {
        self.errors.is_empty() && self.message.contains("characters are allowed")
    }
}

/// The fields whose names are words of a message: `target_url` or `Target url`.
fn named<'a>(message: &str, fields: &[&'a str]) -> Vec<&'a str> {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let message = message.to_lowercase();
    let words: Vec<&str> = message.split(|it| !is_part(it)).filter(|it| !it.is_empty()).collect();
    let sentence = format!(" {} ", words.join(" "));
    let is_named = |field: &&&str| {
        sentence.contains(&format!(" {field} "))
            || sentence.contains(&format!(" {} ", field.replace('_', " ")))
    };
    fields.iter().filter(is_named).copied().collect()
}

impl Core {
    /// Sends a call whose body has decoration. When GitHub refuses it because of that, it is sent again
    /// without: what is reported matters more.
    pub(crate) async fn send_decorated<B: Decorated>(
        &self,
        body: &B,
        call: impl Fn(&B) -> Result<Call, Error>,
    ) -> Result<Answer, Error> {
        let mut answer = self.send(call(body)?).await?;
        let mut less = body.clone();
        // Each round takes something off, so it ends.
        while let Some(complaint) = Complaint::of(&answer) {
            let fields = less.take_off(&complaint);
            if fields.is_empty() {
                break;
            }
            tracing::warn!(
                fields = fields.join(", "),
                "GitHub refuses a decoration, sending the rest"
            );
            answer = self.send(call(&less)?).await?;
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 2] = ["description", "target_url"];

    fn about(body: &str) -> Vec<&'static str> {
        let body = ErrorBody::parse(body.as_bytes());
        let complaint = Complaint { errors: body.errors, message: body.message.unwrap() };
        complaint.about(&FIELDS)
    }

    #[test]
    fn a_complaint_names_its_fields_in_many_ways() {
        for (body, expected) in [
            (
                r#"{"message": "m", "errors": [{"field": "description", "code": "custom"}]}"#,
                &FIELDS[..1],
            ),
            (
                r#"{"message": "m", "errors": [{"field": "target_url"}, {"field": "description"}]}"#,
                &["target_url", "description"],
            ),
            (r#"{"message": "m", "errors": [{"field": "description"}, {"field": "sha"}]}"#, &[]),
            (r#"{"message": "m", "errors": [{"field": "sha"}, "description"]}"#, &[]),
            (r#"{"message": "m", "errors": [{"code": "invalid"}]}"#, &[]),
            (r#"{"message": "m", "errors": ["Target url must use http(s) scheme"]}"#, &FIELDS[1..]),
            (
                r#"{"message": "Invalid request.\n\nFor 'properties/description', 3 is not."}"#,
                &FIELDS[..1],
            ),
            (
                r#"{"message": "Validation failed: Target url must use http(s) scheme"}"#,
                &FIELDS[1..],
            ),
            (r#"{"message": "No commit found for SHA: ec26c3e"}"#, &[]),
            (r#"{"message": "descriptions"}"#, &[]),
        ] {
            assert_eq!(about(body), expected, "{body}");
        }
    }
}
