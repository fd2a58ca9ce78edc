use bytes::Bytes;
use http::header::HeaderMap;
use http::{HeaderName, HeaderValue};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The version of GitHub Enterprise Server that the fake says it is.
pub(crate) const ENTERPRISE_VERSION: &str = "3.20.1";

/// What a webhook request says about itself.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) event: String,
    pub(crate) delivery: String,
    pub(crate) hook: u64,
    /// What kind of thing the hook belongs to, and its number.
    pub(crate) target: (&'static str, u64),
    pub(crate) form: bool,
}

impl Envelope {
    /// The headers of GitHub's webhooks, except for the signature.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        set(&mut headers, "accept", "*/*");
        set(&mut headers, "user-agent", "GitHub-Hookshot/f4c3b00");
        set(&mut headers, "content-type", if self.form { FORM } else { JSON });
        set(&mut headers, "x-github-event", &self.event);
        set(&mut headers, "x-github-delivery", &self.delivery);
        set(&mut headers, "x-github-hook-id", &self.hook.to_string());
        set(&mut headers, "x-github-hook-installation-target-type", self.target.0);
        set(&mut headers, "x-github-hook-installation-target-id", &self.target.1.to_string());
        headers
    }

    /// The body as it travels: the JSON itself, or the one field of a form.
    pub(crate) fn encode(&self, json: Bytes) -> Bytes {
        if !self.form {
            return json;
        }
        let mut form = b"payload=".to_vec();
        for piece in form_urlencoded::byte_serialize(&json) {
            form.extend_from_slice(piece.as_bytes());
        }
        form.into()
    }
}

/// Sets a header; a value that HTTP does not allow is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
