use hookstead_types::RepoName;

/// The addresses that payloads' links begin with.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    /// The REST API, with its path prefix and without a final slash.
    pub(crate) api: String,
    /// The website.
    pub(crate) web: String,
}

impl Links {
    /// The addresses of github.com.
    pub(crate) fn of_github() -> Self {
        Self { api: "https://api.github.com".to_owned(), web: "https://github.com".to_owned() }
    }

    pub(crate) fn api_repository(&self, name: &RepoName) -> String {
        format!("{}/repos/{name}", self.api)
    }

    pub(crate) fn web_repository(&self, name: &RepoName) -> String {
        format!("{}/{name}", self.web)
    }

    /// The host of the website, without scheme and port.
    pub(crate) fn host(&self) -> &str {
        let host = self.web.split_once("://").map_or(self.web.as_str(), |(_, host)| host);
        host.split(':').next().unwrap_or(host)
    }
}
