use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use hookstead::Server;
use hookstead::receiver::IncomingBody;
use http::{Method, Request, StatusCode};
use tower_service::Service;

use super::answer::{self, Answer};
use super::query::{field, fields};
use super::{build_page, journal_page, layout, overview, pressing, raw_log};
use crate::build::Pipeline;
use crate::journal::JournalError;
use crate::record::Build;

/// The pages of a pipeline.
#[derive(Debug, Clone)]
pub struct Pages {
    pipeline: Pipeline,
}

impl Pages {
    /// The pages of this one.
    #[must_use]
    pub fn new(pipeline: Pipeline) -> Self {
        Self { pipeline }
    }

    /// The server, which answers with these pages whatever is no delivery.
    #[must_use]
    pub fn on(self, server: Server) -> Server {
        server.fallback(PagesService(self))
    }

    async fn answer(&self, request: Request<IncomingBody>) -> Answer {
        match self.find(request).await {
            Ok(Some(answer)) => answer,
            Ok(None) => answer::text(StatusCode::NOT_FOUND, "There is no such page.\n"),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a page failed");
                let text = "The journal cannot be read now: try again later.\n";
                answer::text(StatusCode::SERVICE_UNAVAILABLE, text)
            }
        }
    }

    async fn find(&self, request: Request<IncomingBody>) -> Result<Option<Answer>, JournalError> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let query = fields(head.uri.query().unwrap_or_default());
        let (path, as_json) = match path.strip_suffix(".json") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        if head.method == Method::POST {
            let [project, "builds", number, button] = parts[..] else { return Ok(None) };
            let Some(build) = self.build(project, number).await? else { return Ok(None) };
            return Ok(Some(pressing::press(&self.pipeline, &build, button, body).await));
        }
        if head.method != Method::GET && head.method != Method::HEAD {
            let text = "Pages are read by GET.\n";
            return Ok(Some(answer::text(StatusCode::METHOD_NOT_ALLOWED, text)));
        }
        Ok(match parts[..] {
            [""] => Some(overview::all(&self.pipeline, false).await?),
            ["index"] if as_json => Some(overview::all(&self.pipeline, true).await?),
            ["style.css"] => Some(answer::css(layout::STYLE)),
            ["journal"] => Some(journal_page::all(&self.pipeline, &query, as_json).await?),
            [project] => overview::project(&self.pipeline, project, as_json).await?,
            [project, "builds", number] => match self.build(project, number).await? {
                Some(build) => Some(build_page::one(&self.pipeline, &build, as_json).await?),
                None => None,
            },
            [project, "builds", number, "log"] if !as_json => {
                let from = field(&query, "from").map_or(Ok(0), str::parse);
                match (self.build(project, number).await?, from) {
                    (Some(build), Ok(from)) => {
                        Some(raw_log::whole(&self.pipeline, &build, from).await?)
                    }
                    (_, Err(_)) => {
                        let text = "`from` is the number of a byte.\n";
                        Some(answer::text(StatusCode::BAD_REQUEST, text))
                    }
                    (None, _) => None,
                }
            }
            _ => None,
        })
    }

    /// The build of this number, if it is the project's.
    async fn build(&self, project: &str, number: &str) -> Result<Option<Build>, JournalError> {
        let Ok(number) = number.parse() else { return Ok(None) };
        match self.pipeline.journal().build(number).await {
            Ok(build) => Ok((build.what.project == project).then_some(build)),
            Err(error) if error.is_no_build() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[derive(Clone)]
struct PagesService(Pages);

impl Service<Request<IncomingBody>> for PagesService {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<IncomingBody>) -> Self::Future {
        let pages = self.0.clone();
        Box::pin(async move { Ok(pages.answer(request).await) })
    }
}
