use std::fmt;

use serde_json::Value;

/// How much of an error's text is kept, in characters: enough to recognise a proxy's error page.
const MAX_TEXT: usize = 1000;

/// How many validation errors are kept; nobody reads more.
const MAX_ERRORS: usize = 100;

/// The body of an error answer: GitHub's JSON, or whatever somebody in between wrote.
#[derive(Debug, Default)]
pub(crate) struct ErrorBody {
    pub(crate) message: Option<String>,
    pub(crate) documentation_url: Option<String>,
    pub(crate) errors: Vec<ValidationError>,
    /// The beginning of a body that is not GitHub's JSON.
    pub(crate) text: Option<String>,
}

impl ErrorBody {
    pub(crate) fn parse(body: &[u8]) -> Self {
        let Ok(Value::Object(mut fields)) = serde_json::from_slice(body) else {
            return Self { text: beginning(&String::from_utf8_lossy(body)), ..Self::default() };
        };
        let mut text = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => beginning(&text),
            _ => None,
        };
        let message = text("message");
        let documentation_url = text("documentation_url");
        let errors = match fields.remove("errors") {
            Some(Value::Array(errors)) => {
                errors.into_iter().take(MAX_ERRORS).filter_map(ValidationError::read).collect()
            }
            Some(error) => ValidationError::read(error).into_iter().collect(),
            None => Vec::new(),
        };
        // JSON of somebody else is kept as text.
        let text = match message {
            Some(_) => None,
            None => beginning(&String::from_utf8_lossy(body)),
        };
        Self { message, documentation_url, errors, text }
    }
}

impl ErrorBody {
    /// All that it says, piece by piece.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let errors = self.errors.iter().filter_map(|error| error.message.as_deref());
        [&self.message, &self.text, &self.documentation_url]
            .into_iter()
            .filter_map(|text| text.as_deref())
            .chain(errors)
    }
}

fn beginning(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(MAX_TEXT).collect())
}

/// One entry of the `errors` in an error answer: what GitHub does not like about a request.
///
/// The submitted value is left out, even where GitHub repeats it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidationError {
    /// The kind of object, such as `Status`.
    pub resource: Option<String>,
    /// The field of the request, such as `description`.
    pub field: Option<String>,
    /// `missing`, `missing_field`, `invalid`, `already_exists`, `unprocessable`, `custom` or
    /// something newer.
    pub code: Option<String>,
    /// What is wrong, in words; always there when the code is `custom`.
    pub message: Option<String>,
}

impl ValidationError {
    /// An entry is an object or a plain string.
    fn read(entry: Value) -> Option<Self> {
        match entry {
            Value::String(message) => {
                Some(Self { message: beginning(&message), ..Self::default() })
            }
            Value::Object(mut fields) => {
                let mut text = |name: &str| match fields.remove(name) {
                    Some(Value::String(text)) => beginning(&text),
                    _ => None,
                };
                Some(Self {
                    resource: text("resource"),
                    field: text("field"),
                    code: text("code"),
                    message: text("message"),
                })
            }
            _ => None,
        }
    }
}

/// The message, else the place and the code: `Deployment.ref is missing_field`.
impl fmt::Display for ValidationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = &self.message {
            return formatter.write_str(message);
        }
        match (&self.resource, &self.field) {
            (Some(resource), Some(field)) => write!(formatter, "{resource}.{field}")?,
            (Some(place), None) | (None, Some(place)) => formatter.write_str(place)?,
            (None, None) => formatter.write_str("the request")?,
        }
        write!(formatter, " is {}", self.code.as_deref().unwrap_or("invalid"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_errors_is_read() {
        let body = ErrorBody::parse(
            br#"{"message": "Validation Failed", "documentation_url": "https://docs", "status": "422",
                "errors": [
                    {"resource": "Status", "field": "description", "code": "custom",
                     "message": "description is too long", "value": "s3cret", "index": 0},
                    {"resource": "Deployment", "field": "ref", "code": "missing_field"},
                    {"code": "invalid"},
                    "No ref found for: x",
                    17
                ]}"#,
        );
        assert_eq!(body.message.as_deref(), Some("Validation Failed"));
        assert_eq!(body.documentation_url.as_deref(), Some("https://docs"));
        assert_eq!(body.text, None);
        let errors: Vec<_> = body.errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "description is too long",
                "Deployment.ref is missing_field",
                "the request is invalid",
                "No ref found for: x"
            ]
        );
        assert!(!format!("{body:?}").contains("s3cret"));
        assert_eq!(ErrorBody::parse(br#"{"errors": "one"}"#).errors.len(), 1);
    }

    #[test]
    fn other_bodies_keep_their_beginning() {
        for (body, text) in [
            ("<h1>Bad Gateway</h1>\n", Some("<h1>Bad Gateway</h1>")),
            (r#"{"message": "cut"#, Some(r#"{"message": "cut"#)),
            (r#"{"error": "else"}"#, Some(r#"{"error": "else"}"#)),
            (r#"["x"]"#, Some(r#"["x"]"#)),
            (" \n", None),
            ("", None),
        ] {
            let body = ErrorBody::parse(body.as_bytes());
            assert_eq!((body.message, body.text.as_deref()), (None, text));
        }
        let long = ErrorBody::parse("ü".repeat(5000).as_bytes()).text.unwrap();
        assert_eq!(long.chars().count(), MAX_TEXT);
        assert!(ErrorBody::parse(b"\xff\xfe").text.is_some());
    }
}
