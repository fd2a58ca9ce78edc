use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hookstead::Server;
use hookstead::receiver::IncomingBody;
use hookstead::types::Timestamp;
use http::request::Parts;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use tower_service::Service;

use super::answer::{self, Answer};
use super::compressing::compressed;
use super::log::{self, Watchers};
use super::query::fields;
use super::session::{Gate, SignInLimits};
use super::view::{View, Viewer};
use super::{
    address, artifacts, assets, badge, build_page, journal_page, overview, press, problem,
    project_page, server, target_page,
};
use crate::build::Pipeline;
use crate::journal::JournalError;
use crate::record::Build;

/// A form is no longer.
const LONGEST_FORM: usize = 16 * 1024;

/// The pages of a pipeline.
#[derive(Debug, Clone)]
pub struct Pages {
    pipeline: Pipeline,
    watchers: Arc<Watchers>,
    gate: Gate,
}

impl Pages {
    /// 300 who watch: a server has 512 connections by default, and deliveries and pages need the others.
    pub const DEFAULT_WATCHERS: usize = 300;

    /// The pages of this one.
    #[must_use]
    pub fn new(pipeline: Pipeline) -> Self {
        let watchers = Arc::new(Watchers::new(Self::DEFAULT_WATCHERS));
        Self { pipeline, gate: Gate::new(SignInLimits::default()), watchers }
    }

    /// At most so many watch pages at once, each on a connection of its own; whoever comes then polls. The default
    /// is [`DEFAULT_WATCHERS`](Self::DEFAULT_WATCHERS).
    #[must_use]
    pub fn watchers(mut self, limit: usize) -> Self {
        self.watchers = Arc::new(Watchers::new(limit));
        self
    }

    /// Tells all who watch a page that the server leaves: their connections end, and they come again. Else a
    /// connection that is never done would hold up the end of the server.
    pub fn leave(&self) {
        self.watchers.leave();
    }

    /// Replaces the limits of signing in.
    #[must_use]
    pub fn sign_in_limits(self, limits: SignInLimits) -> Self {
        Self { gate: Gate::new(limits), ..self }
    }

    /// The server, which answers with these pages whatever is no delivery.
    #[must_use]
    pub fn on(self, server: Server) -> Server {
        server.fallback(PagesService(self))
    }

    async fn answer(&self, request: Request<IncomingBody>) -> Answer {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let (path, as_json) = match path.strip_suffix(".json") {
            Some("/index") => ("/", true),
            Some(path) => (path, true),
            None => (path, false),
        };
        let viewer = self.gate.viewer(&self.pipeline, &head).await;
        let (viewer, failed) = match viewer {
            Ok(viewer) => (viewer, None),
            Err(error) => (Viewer::default(), Some(error)),
        };
        let view = View {
            pipeline: &self.pipeline,
            viewer,
            path,
            query: fields(head.uri.query().unwrap_or_default()),
            as_json,
            now: Timestamp::now(),
        };
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        // Who may not read does not hear either what there is.
        if !is_open(&parts)
            && let Some(refused) = self.gate.refuse_reader(&view, &head).await
        {
            return refused;
        }
        let found = match (failed, &head.method) {
            (Some(error), _) => Err(error),
            (None, &Method::GET | &Method::HEAD) => self.show(&view, &parts, &head).await,
            (None, &Method::POST) => self.press(&view, &parts, &head, body).await,
            _ => Ok(Some(problem::wrong_method(&view))),
        };
        match found {
            Ok(Some(answer)) => answer,
            Ok(None) => problem::not_found(&view),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a page failed");
                problem::no_journal(&view)
            }
        }
    }

    /// What is read. `None`: there is no such page.
    async fn show(
        &self,
        view: &View<'_>,
        parts: &[&str],
        head: &Parts,
    ) -> Result<Option<Answer>, JournalError> {
        let headers = &head.headers;
        Ok(match *parts {
            [""] => Some(overview::all(view).await?),
            ["sign-in"] => Some(self.gate.sign_in_page(view)),
            ["assets", name] => assets::find(name, headers),
            // Browsers ask for it beside what is no page.
            ["favicon.ico"] => assets::find("icon-plain.svg", headers),
            ["badge", name] if !view.as_json => badge::one(view, name).await?,
            ["events"] | [_, "events"] => Some(log::of_journal(view, &self.watchers)),
            ["server"] => Some(server::one(view, &head.extensions).await?),
            ["journal"] => Some(journal_page::all(view).await?),
            [project] => project_page::one(view, project).await?,
            [project, "builds", number] => match self.build(project, number).await? {
                Some(build) => Some(build_page::one(view, &build).await?),
                None => None,
            },
            [project, "builds", number, "events"] => match self.build(project, number).await? {
                Some(build) if view.as_json => Some(log::polled(view, &build).await?),
                Some(build) => Some(log::of_build(view, &self.watchers, build, headers)),
                None => None,
            },
            [project, "builds", number, "log"] if !view.as_json => {
                match self.build(project, number).await? {
                    Some(build) => Some(log::raw(view, &build, headers).await?),
                    None => None,
                }
            }
            [project, "builds", number, "artifacts", ref path @ ..] => {
                match self.build(project, number).await? {
                    Some(build) => {
                        // The page's JSON is no matter of a file that ends so.
                        let end = if view.as_json { ".json" } else { "" };
                        let path = format!("{}{end}", path.join("/"));
                        artifacts::send(view, &build, &path, headers).await
                    }
                    None => None,
                }
            }
            [project, ref rest @ ..] => match address::target_of(rest) {
                Some(target) => target_page::one(view, project, &target).await?,
                None => None,
            },
            [] => None,
        })
    }

    /// What is done. `None`: there is no such button.
    async fn press(
        &self,
        view: &View<'_>,
        parts: &[&str],
        head: &Parts,
        body: IncomingBody,
    ) -> Result<Option<Answer>, JournalError> {
        let Ok(form) = Limited::new(body, LONGEST_FORM).collect().await else {
            return Ok(Some(answer::text(StatusCode::BAD_REQUEST, "The form cannot be read.\n")));
        };
        let form = fields(&String::from_utf8_lossy(&form.to_bytes()));
        Ok(match *parts {
            ["sign-in"] => Some(self.gate.sign_in(view, head, &form).await?),
            ["sign-out"] => Some(self.gate.sign_out(view, head).await?),
            [project, "builds", number, button] => match self.build(project, number).await? {
                Some(build) => press::press(view, &self.gate, head, &build, button).await,
                None => None,
            },
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

/// What everybody may have, also where reading needs a session: the way to one.
fn is_open(parts: &[&str]) -> bool {
    matches!(parts, ["sign-in" | "sign-out" | "favicon.ico"] | ["assets", _])
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
        let headers = request.headers().clone();
        Box::pin(async move { Ok(compressed(pages.answer(request).await, &headers)) })
    }
}
