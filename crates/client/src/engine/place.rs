use std::fmt;

use http::Method;

/// Where a call went, as an error shows it: without what follows a `?`, for there people put secrets.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    method: Method,
    url: String,
    /// Where redirects led to.
    landed: Option<String>,
    /// What is odd about the base URL.
    doubt: Option<&'static str>,
}

impl Place {
    pub(crate) fn new(method: &Method, url: &str, doubt: Option<&'static str>) -> Self {
        Self { method: method.clone(), url: bare(url), landed: None, doubt }
    }

    /// Notes where a redirect led to.
    pub(crate) fn landed(&mut self, url: &str) {
        self.landed = Some(bare(url));
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn doubt(&self) -> Option<&'static str> {
        self.doubt
    }
}

fn bare(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// `POST https://api.github.com/repos/...`.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)?;
        match &self.landed {
            Some(landed) => write!(formatter, ", redirected to {landed}"),
            None => Ok(()),
        }
    }
}
