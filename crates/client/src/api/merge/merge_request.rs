use std::time::Duration;

use hookstead_types::{BackOff, Decode, Sha, open_enum};
use http::{Method, StatusCode};
use serde::Serialize;

use crate::api::merge::merge::MergeOptions;
use crate::engine::answer::Answer;
use crate::engine::deadline::Deadline;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// The waits between two questions about a merge: a second at first, as GitHub checks the rules within
/// seconds, and 15 s at last, as a merge queue takes minutes.
const POLLS: BackOff = BackOff::new(Duration::from_secs(1), Duration::from_secs(15));

open_enum! {
    /// Whether a pull request is merged at once or queued.
    pub enum MergeAction {
        /// As the branch's rules say.
        Default = "default",
        /// At once.
        DirectMerge = "direct_merge",
        /// By the merge queue.
        MergeQueue = "merge_queue",
    }
}

open_enum! {
    /// How far an asynchronous merge has come.
    pub enum MergeRequestState {
        /// GitHub is at it.
        Pending = "pending",
        /// It is merged.
        Merged = "merged",
        /// It is in the merge queue.
        Enqueued = "enqueued",
        /// It could not be merged; the message says why.
        Failed = "failed",
    }
}

/// A merge that GitHub carries out in its own time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeRequest {
    /// How far it has come.
    pub state: MergeRequestState,
    /// Its name, for [`Repo::merge_request`]; GitHub knows it for a day. Missing when there was nothing
    /// left to do.
    pub uuid: Option<String>,
    /// The commit that the base branch got, once it is merged.
    pub sha: Option<Sha>,
    /// GitHub's words.
    pub message: Option<String>,
}

/// What came of the wish to have a pull request merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeRequestOutcome {
    /// GitHub takes care of it, or had it done already. The rules are checked later.
    Accepted(MergeRequest),
    /// It can never be merged as it is: it is closed, or a draft.
    NotMergeable {
        /// GitHub's words.
        message: String,
    },
}

/// An answer. Where GitHub puts the details differs between its answers, so both places are read.
#[derive(Decode)]
struct Wire {
    status: Option<MergeRequestState>,
    #[serde(default)]
    details: Details,
    uuid: Option<String>,
    sha: Option<Sha>,
    message: Option<String>,
}

#[derive(Default, Decode)]
struct Details {
    uuid: Option<String>,
    sha: Option<Sha>,
    message: Option<String>,
}

impl Wire {
    /// Decodes a success.
    fn of(answer: &Answer) -> Result<Self, Error> {
        answer.decode_with_any_of(&["status", "details", "uuid", "sha"])
    }

    fn into_request(self, state: MergeRequestState, uuid: Option<&str>) -> MergeRequest {
        let Self { status, details, uuid: named, sha, message } = self;
        MergeRequest {
            state: status.unwrap_or(state),
            uuid: details.uuid.or(named).or_else(|| uuid.map(str::to_owned)),
            sha: details.sha.or(sha),
            message: details.message.or(message),
        }
    }
}

/// The body of the request.
#[derive(Serialize)]
struct Wish<'a> {
    sha: &'a Sha,
    merge_action: &'a MergeAction,
    #[serde(flatten)]
    options: &'a MergeOptions,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&REQUEST, &GET];

static REQUEST: Endpoint = Endpoint::write(
    "Repo::request_merge",
    Method::PUT,
    IN_REPOSITORY,
    "/pulls/{pull_number}/merge-async",
)
.permission("*Contents* write")
.repeated(Repetition::FindsItDone, "GitHub answers with the name of the first request");

static GET: Endpoint =
    Endpoint::get("Repo::merge_request", IN_REPOSITORY, "/pulls/{pull_number}/merge-async/{uuid}")
        .permission("*Contents* write");

impl Repo {
    /// Asks GitHub to merge a pull request in its own time, if its head is still this commit; works with
    /// merge queues and stacked pull requests. [`wait_for_merge`](Self::wait_for_merge) tells what
    /// becomes of it. Enterprise Servers up to 3.21 do not know it (404).
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes: GitHub answers a second wish with
    /// the name of the first.
    ///
    /// Permission: *Contents* write.
    ///
    /// # Errors
    ///
    /// Fails when there is no such pull request (404), the token may not merge (403), or the call
    /// fails on the way, see [`Error`].
    pub async fn request_merge(
        &self,
        number: u64,
        expected_head: &Sha,
        action: &MergeAction,
        options: &MergeOptions,
    ) -> Result<MergeRequestOutcome, Error> {
        let purpose = format!("request to merge pull request {number} of {}", self.name());
        let call = self.call(&REQUEST, purpose, &[&number.to_string()])?.json(&Wish {
            sha: expected_head,
            merge_action: action,
            options,
        })?;
        let answer = self.core().send(call).await?;
        match answer.status {
            StatusCode::BAD_REQUEST => {
                // By its description GitHub says why in the details, as in its other answers here.
                let wire = serde_json::from_slice::<Wire>(&answer.body).ok();
                let told =
                    wire.and_then(|it| it.into_request(MergeRequestState::Failed, None).message);
                match told.or_else(|| answer.message()) {
                    Some(message) => Ok(MergeRequestOutcome::NotMergeable { message }),
                    None => Err(answer.refused()),
                }
            }
            // A request exists already. One without a name is somebody else's conflict.
            StatusCode::CONFLICT => match serde_json::from_slice::<Wire>(&answer.body) {
                Ok(wire) => {
                    // GitHub's errors have a `status` too: it is 409 there.
                    let wire = Wire { status: None, ..wire };
                    let request = wire.into_request(MergeRequestState::Pending, None);
                    if request.uuid.is_none() {
                        return Err(answer.refused());
                    }
                    Ok(MergeRequestOutcome::Accepted(request))
                }
                Err(_) => Err(answer.refused()),
            },
            status => {
                let wire = Wire::of(&answer)?;
                let state = match status {
                    StatusCode::OK => MergeRequestState::Merged,
                    _ => MergeRequestState::Pending,
                };
                Ok(MergeRequestOutcome::Accepted(wire.into_request(state, None)))
            }
        }
    }

    /// Gets how far a requested merge has come.
    ///
    /// Permission: *Contents* write.
    ///
    /// # Errors
    ///
    /// Fails when GitHub does not know it, or no longer after a day (404), or the call fails on the
    /// way, see [`Error`].
    pub async fn merge_request(&self, number: u64, uuid: &str) -> Result<MergeRequest, Error> {
        let purpose = format!("get the merge of pull request {number} of {}", self.name());
        let call = self.call(&GET, purpose, &[&number.to_string(), uuid])?;
        let answer = self.core().send(call).await?;
        let wire = Wire::of(&answer)?;
        Ok(wire.into_request(MergeRequestState::Pending, Some(uuid)))
    }

    /// Asks how far a requested merge has come until it is no longer pending, at growing intervals from
    /// one second to fifteen; what is still pending after the limit is returned as it is.
    ///
    /// Permission: *Contents* write.
    ///
    /// # Errors
    ///
    /// Fails as [`merge_request`](Self::merge_request) does.
    pub async fn wait_for_merge(
        &self,
        number: u64,
        uuid: &str,
        limit: Duration,
    ) -> Result<MergeRequest, Error> {
        let deadline = Deadline::after(limit);
        let mut asked = 0_u32;
        loop {
            let request = self.merge_request(number, uuid).await?;
            asked = asked.saturating_add(1);
            let interval = POLLS.longest(asked);
            if request.state != MergeRequestState::Pending || !deadline.outlasts(interval) {
                return Ok(request);
            }
            tokio::time::sleep(interval).await;
        }
    }
}
