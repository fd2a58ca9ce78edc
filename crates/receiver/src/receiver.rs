use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hookstead_events::EventName;
use hookstead_handler::{Delivery, DeliveryId};
use hookstead_inbox::{Accepted, Inbox, InboxError};
use hookstead_signature::Verifier;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::activity::Visit;
use crate::answer::{Answer, AnswerBody};
use crate::body_memory::BodyMemory;
use crate::health::{DetailsFor, Readiness};
use crate::limits::Limits;
use crate::refusals::Refusals;
use crate::request_head::RequestHead;
use crate::signatures::{SignatureCounts, Signatures};
use crate::unread::{self, Arrival};
use crate::{body, payload};

/// Takes GitHub's deliveries: verifies each one, puts it into the inbox and answers.
///
/// It is a [`tower_service::Service`] that never fails, so it mounts in every server that speaks
/// tower, axum's router for instance. It looks at the method, not at the path: where it is mounted
/// is its path. It does not handle what it takes; run a [`Worker`](hookstead_inbox::Worker) on the
/// same inbox, or use a [`Server`](crate::Server), which does both.
///
/// Mounted elsewhere it is as safe as its host. It runs on the host's threads: a handler (or anything
/// else) that blocks them all stops it. The host decides how many connections there may be and
/// how long they may say nothing; a [`Host`](crate::Host) decides that as a `Server` does. The pages that an
/// orchestrator asks for are [`HealthPages`](crate::HealthPages), the order of stopping is
/// [`Shutdown`](crate::Shutdown).
///
/// ```
/// use hookstead_events::PushEvent;
/// use hookstead_handler::{Attempt, Router, handler_fn};
/// use hookstead_inbox::{Inbox, MemoryStore, Worker};
/// use hookstead_receiver::Receiver;
/// use hookstead_signature::WebhookSecret;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let router = Router::new().on::<PushEvent>(handler_fn(async |push: PushEvent, _: Attempt| {
///     println!("{} is at {}", push.r#ref, push.after);
///     Ok(())
/// }));
/// let inbox = Inbox::new(MemoryStore::default(), router);
/// let worker = Worker::new(inbox.clone());
/// let receiver = Receiver::new(WebhookSecret::new("It's a Secret to Everybody")?, inbox);
///
/// // Then spawn `worker.run(shutdown)`, and mount the receiver:
/// let app: axum::Router = axum::Router::new().route_service("/event_handler", receiver);
/// # Ok(())
/// # }
/// ```
///
/// Cloning is cheap; clones share their limits and counts.
#[derive(Clone)]
pub struct Receiver {
    shared: Arc<Shared>,
}

#[derive(Clone)]
struct Shared {
    verifier: Verifier,
    inbox: Inbox,
    limits: Limits,
    memory: Arc<BodyMemory>,
    signatures: Arc<Signatures>,
    refusals: Arc<Refusals>,
    /// Told whenever the inbox did not accept a delivery.
    not_accepted: Arc<Notify>,
    reply: Option<String>,
    refuses_replays: bool,
}

impl Receiver {
    /// A receiver that accepts what this verifier verifies into this inbox, which knows who takes
    /// what. A [`WebhookSecret`](hookstead_signature::WebhookSecret) is a verifier too.
    #[must_use]
    pub fn new(verifier: impl Into<Verifier>, inbox: Inbox) -> Self {
        #[cfg(feature = "metrics")]
        crate::metrics::describe();
        let limits = Limits::default();
        let memory = Arc::new(BodyMemory::new(limits.bodies_in_memory));
        let verifier = verifier.into();
        let signatures = Arc::default();
        let refusals = Arc::new(Refusals::new(limits.log_interval));
        let not_accepted = Arc::default();
        let shared = Shared {
            verifier,
            inbox,
            limits,
            memory,
            signatures,
            refusals,
            not_accepted,
            reply: None,
            refuses_replays: false,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Replaces the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        let shared = Arc::make_mut(&mut self.shared);
        shared.memory = Arc::new(BodyMemory::new(limits.bodies_in_memory));
        shared.refusals = Arc::new(Refusals::new(limits.log_interval));
        shared.limits = limits;
        self
    }

    /// Answers what was accepted with this text, in place of one that says what was accepted.
    #[must_use]
    pub fn reply(mut self, text: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.shared).reply = Some(text.into());
        self
    }

    /// Refuses a delivery whose body is known under another id, or as another event, with a 409 and
    /// a line in the log. It is off by default.
    ///
    /// GitHub signs the body of a delivery [and nothing else](crate#what-the-signature-covers), so whoever
    /// captured one can send it again under another id or event, and it is verified. But some events are
    /// honestly equal, byte for byte: two runs of `workflow_dispatch` by hand, or two of
    /// `repository_dispatch`. With this setting the second one is refused like a replay, by which
    /// GitHub shows it as failed; to redeliver it does not help, and a recovery asks for it in vain. So look at which events your hooks
    /// send.
    ///
    /// The same id again is no replay but a redelivery, and so is the same id from another hook: one
    /// event may come from two hooks. Whoever captured a delivery can still have it handled again so. A
    /// handler that does its work once for each [id](Delivery::id) is safe from that.
    ///
    /// The inbox remembers, so this holds after a restart, and for all servers on one inbox that have this
    /// setting on. It remembers as long as it keeps the delivery: until so long after that was done, see
    /// [`Inbox::keep_settled`] (35 days by default); a
    /// [`MemoryStore`](hookstead_inbox::MemoryStore) until it needs the room or its process ends. What no
    /// handler takes is not kept, and so not remembered; nor is what was accepted while this was off.
    #[must_use]
    pub fn refuse_replays(mut self) -> Self {
        Arc::make_mut(&mut self.shared).refuses_replays = true;
        self
    }

    /// How many signatures were good and how many were not, of this receiver and its clones.
    #[must_use]
    pub fn signatures(&self) -> SignatureCounts {
        self.shared.signatures.counts()
    }
}

/// Stands in the extensions of an answer to a good delivery, for who serves the connection.
#[derive(Clone)]
pub(crate) struct IsGood;

impl Receiver {
    /// Starts to find out whether this receiver's inbox accepts, and whether what it took is handled.
    pub(crate) fn readiness(&self, details_for: DetailsFor) -> Readiness {
        let Shared { inbox, limits, not_accepted, .. } = &*self.shared;
        Readiness::start(inbox.clone(), limits, details_for, Arc::clone(not_accepted))
    }
}

impl Shared {
    /// The way of a delivery, from its head to the answer.
    async fn receive<B>(&self, request: Request<B>) -> Answer
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let mut body = pin!(body);
        let arrival = Arrival::of(&head);
        // In a host of this crate's.
        let visit = head.extensions.get::<Visit>().cloned();
        let (answer, delivery) = match RequestHead::check(&head, &self.limits) {
            Err(answer) => (answer, None),
            Ok(head) => {
                if let Some(visit) = &visit {
                    visit.is_delivery();
                }
                let delivery = (head.id.clone(), head.event.clone());
                let received = self.receive_body(head, body.as_mut()).await;
                (received.unwrap_or_else(|refusal| refusal), Some(delivery))
            }
        };
        let status = answer.status();
        if status.is_success() {
            // What the inbox took it tells itself.
            let (id, event) = delivery.unzip();
            let delivery = id.map(tracing::field::display);
            let event = event.map(tracing::field::display);
            tracing::debug!(delivery, event, status = status.as_u16(), "{}", answer.text());
        } else {
            self.refused(delivery.as_ref().map(|(id, event)| (id, event)), &answer);
        }
        let answer = match &self.reply {
            Some(text) if status == StatusCode::ACCEPTED => answer.with_text(text),
            _ => answer,
        };
        if status.is_success() {
            // Nothing succeeds whose body was not read to its end.
            return answer;
        }
        unread::finish(answer, arrival, body, self.limits.refused_body).await
    }

    fn refused(&self, delivery: Option<(&DeliveryId, &EventName)>, answer: &Answer) {
        if answer.status() == StatusCode::UNAUTHORIZED {
            self.refusals.wrong_signature(&self.signatures.failed(), answer);
        } else {
            self.refusals.refused(delivery, answer);
        }
    }

    async fn receive_body<B>(&self, head: RequestHead, body: Pin<&mut B>) -> Result<Answer, Answer>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let deadline = self.limits.body_deadline;
        let reading = body::read(body, head.largest_body, &self.memory, self.verifier.begin());
        let body = timeout(deadline, reading)
            .await
            .map_err(|_| Answer::too_slow(deadline).closing())??;
        let matched =
            body.verification.finish(&head.signature).map_err(|_| Answer::wrong_signature())?;
        self.signatures.verified(matched);
        if !matched.is_current() {
            tracing::info!(delivery = %head.id, secret = matched.position(), "signed with a previous secret");
        }
        let reading = payload::read(body.bytes.clone(), head.encoding, self.limits.payload);
        let (payload, envelope) = reading.await?;

        let mut delivery = Delivery::new(head.id, head.event, payload);
        delivery.action = envelope.action;
        delivery.repository = envelope.repository;
        delivery.installation = envelope.installation;
        delivery.hook = head.hook;
        delivery.target = head.target;
        delivery.enterprise_host = head.enterprise_host;
        // Of the raw body, as it is what was captured; by the secret that it was made with, as a
        // replay is. So neither another secret nor another content type makes another one of it.
        delivery.fingerprint = self.refuses_replays.then(|| head.signature.fingerprint());
        self.accept(delivery).await
    }

    fn not_accepted(&self, delivery: &Delivery, error: &InboxError) -> Answer {
        self.not_accepted.notify_one();
        self.refusals.not_accepted(delivery, error);
        Answer::unavailable(match () {
            () if error.is_full() => "the inbox is full",
            () if error.is_too_late() => "the inbox took too long",
            () => "the inbox is down",
        })
    }

    async fn accept(&self, delivery: Delivery) -> Result<Answer, Answer> {
        // Another version of this program may take what this one does not, so the inbox is asked.
        let accepted = self
            .inbox
            .accept(delivery.clone())
            .await
            .map_err(|error| self.not_accepted(&delivery, &error))?;
        Ok(match accepted {
            Accepted::Replay => return Err(Answer::replay()),
            _ if delivery.event == EventName::Ping => Answer::pong(),
            Accepted::Duplicate { at_work, tasks } => Answer::duplicate(&delivery, at_work, tasks),
            Accepted::Again { tasks, superseded } => {
                Answer::accepted_again(&delivery, tasks, superseded)
            }
            Accepted::Declined => Answer::ignored(&delivery),
            _ => Answer::accepted(&delivery),
        })
    }
}

impl<B> tower_service::Service<Request<B>> for Receiver
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let answer = shared.receive(request).await;
            #[cfg(feature = "metrics")]
            crate::metrics::answered(answer.status());
            let is_good = answer.status().is_success();
            let mut response = Response::from(answer);
            if is_good {
                // Nothing else succeeds than what was signed.
                response.extensions_mut().insert(IsGood);
            }
            Ok(response)
        })
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Receiver")
            .field("verifier", &self.shared.verifier)
            .field("router", self.shared.inbox.router())
            .field("limits", &self.shared.limits)
            .finish_non_exhaustive()
    }
}
