use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::decode::decode;
use crate::error_body::ErrorBody;
use crate::error_kind::Kind;
use crate::page::Next;
use crate::{Error, Page, link};

/// GitHub's answer to a call, of whatever status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What the call was for.
    pub(crate) purpose: String,
    pub(crate) is_write: bool,
    /// Where it came from, after redirects.
    pub(crate) url: String,
}

impl Answer {
    /// Decodes a 2xx; everything else is an error.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if !self.status.is_success() {
            return Err(self.refused());
        }
        decode(&self.body).map_err(|problem| {
            Error::new(&self.purpose, self.is_write, Kind::Decode(problem))
                .with_head(self.status, &self.headers)
        })
    }

    /// Decodes a list and notes where it goes on.
    pub(crate) fn page<T: DeserializeOwned>(&self) -> Result<Page<T>, Error> {
        let next = link::next(&self.headers).map(|reference| Next {
            purpose: self.purpose.clone(),
            from: self.url.clone(),
            reference: reference.to_owned(),
        });
        Ok(Page::new(self.decode()?, next))
    }

    /// The `message` in an answer that has one of GitHub's form. A proxy may answer 405 or 409
    /// too; that is no outcome.
    pub(crate) fn message(&self) -> Option<String> {
        ErrorBody::parse(&self.body).message
    }

    /// The answer as an error.
    pub(crate) fn refused(&self) -> Error {
        Error::refused(&self.purpose, self.is_write, self.status, &self.headers, &self.body)
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.headers.get("x-github-request-id")?.to_str().ok()
    }
}
