use bytes::Bytes;
use hookstead::client::HttpClient;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Request, Response};

/// As much of a browser as pages notice.
pub(crate) struct Browser {
    client: HttpClient,
    pub(crate) cookie: Option<String>,
    /// Headers in place of those that say that a form is ours.
    pub(crate) site: Vec<(&'static str, String)>,
}

/// An answer, as tests look at it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) answer: Response<Bytes>,
}

impl Answered {
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> &str {
        self.answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads.
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.header(LOCATION)
    }
}

impl Browser {
    pub(crate) fn new(url: &str) -> Self {
        let client = HttpClient::new(url).unwrap();
        Self { client, cookie: None, site: vec![("sec-fetch-site", "same-origin".to_owned())] }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answered {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let mut request =
            Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in &self.site {
            request = request.header(*name, value);
        }
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.send(request, form.finish()).await
    }

    async fn send(&mut self, request: http::request::Builder, body: String) -> Answered {
        let mut request = request.header(ACCEPT, "text/html,*/*;q=0.8");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Bytes::from(body)).unwrap();
        let answer = self.client.send(request).await.unwrap();
        for set in answer.headers().get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        Answered { status: answer.status().as_u16(), body, answer }
    }
}
