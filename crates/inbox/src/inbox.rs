use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hookstead_handler::{Delivery, DeliveryId};

use crate::{
    Depth, Entry, Filter, InboxError, LeaseRequest, LeaseToken, Leased, Probe, Renewal, Settlement,
};

/// Keeps deliveries from the moment they are accepted until they are handled.
///
/// A delivery is *ready*, *leased* to a worker until a moment, *delayed* until the time of its next
/// attempt, *blocked* by another of its lane, *done*, *superseded* or *dead*. Recovery after a crash
/// needs no code of its own: a lease that has ended is ready again, and taking it is the same query.
/// The store's clock decides about every moment; no caller passes one in. No moment is believed that
/// lies further ahead than the wait that was asked for: where the clock was set back, such a delivery
/// waits anew. So a pause or a lease lasts twice as long at most, and what was ready is ready.
///
/// Two deliveries are the same when their hook and their id are the same.
///
/// # Replays
///
/// GitHub signs a body, and nothing of what stands around it. A delivery with a
/// [fingerprint](Delivery::fingerprint) is a replay when another one with the same fingerprint is
/// known, in whatever state, whose id or event is another: GitHub gives every event one id and one
/// name. It is not stored, and changes nothing. What is known of the same id and event is no other one,
/// whichever hook sent it: one event may come from two hooks. A delivery without a fingerprint is
/// no replay, and makes none of a later one.
///
/// # Lanes
///
/// A delivery with a [lane](hookstead_handler::Lane) takes it with its lease and holds it until the
/// lease is settled: meanwhile the others of the lane are blocked. A lease that ends without outcome
/// still holds the lane, and only the same delivery is ready; so there is never a doubt about who
/// has it. One that waits for its next attempt does not hold it.
///
/// Where the lane has versions, a delivery that is accepted marks all pending ones of its lane as
/// superseded whose version is not larger; if a larger one is known, in whatever state, it is marked
/// itself. Among equal versions with [heads](hookstead_handler::Heads) these decide, and may leave both
/// unmarked: [`Lane::order`](hookstead_handler::Lane::order). What is marked is leased like any other,
/// with the [mark](Leased::superseded), and neither takes a lane nor is blocked: its other handlers
/// still get it. Whoever has leased it already learns it from [`renew`](Self::renew).
///
/// Whoever writes a store proves it with [`conformance_tests!`](crate::conformance_tests) (feature
/// `testing`).
#[async_trait]
pub trait Inbox: Send + Sync + 'static {
    /// Stores a delivery. When this returns, the delivery survives a power cut (as far as the
    /// store promises it; see each store). The delivery's own `attempt` does not matter, none has
    /// been made.
    ///
    /// A delivery that is already ready, delayed or leased stays as it is. One that is done, dead
    /// or superseded becomes ready again, with no attempts counted: somebody pressed *Redeliver*.
    /// A replay is not stored. Of two that come at the same moment, wherever, one is accepted at most.
    ///
    /// # Errors
    ///
    /// Fails when the inbox is full or the store is down. Then the delivery counts as not stored,
    /// and its sender must learn that. In rare cases (the store's own confirmation came too late)
    /// it is there nevertheless and will be handled; sent again, it is a duplicate.
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError>;

    /// Leases deliveries that are ready now, those that have waited longest first, and counts the
    /// attempt. A delivery whose attempts are used up (its lease ended that often without an
    /// outcome: it kills its process) becomes [dead](Settlement::attempts_used_up) instead.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError>;

    /// Prolongs a lease to this long from now. A lease that has ended is lost only when somebody
    /// took the delivery since.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<Renewal, InboxError>;

    /// Ends a lease with the outcome of the attempt. `false`: the lease was lost, nothing changed.
    /// As with [`renew`](Self::renew), a late outcome counts as long as nobody took the delivery.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError>;

    /// Returns when a delivery may be ready, at the latest after this long. It may return early.
    async fn wait(&self, at_most: Duration);

    /// Proves that a delivery could be accepted now: writes what [`accept`](Self::accept) writes, to
    /// the same place and as durably, and takes it away again. Nobody sees it, nothing is left of it,
    /// and it changes no delivery. So it is no guess: what stops accepting stops this (no room, no
    /// right to write, a server that only reads, a file that is not there any more).
    ///
    /// It costs what an accept costs, however much there is in the inbox, so it may be called every few
    /// seconds for ever; and it gives up when an accept would.
    ///
    /// # Errors
    ///
    /// Fails when a delivery of the usual size would not be accepted, for the reason that it would not.
    async fn probe(&self) -> Result<Probe, InboxError>;

    /// How many deliveries there are in each state. Counting takes longer the more there are.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn depth(&self) -> Result<Depth, InboxError>;

    /// The deliveries that pass the filter, the last accepted first; without their bodies, unless
    /// the filter asks for them.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError>;

    /// Makes dead deliveries with this id ready again, with no attempts counted. Returns how many
    /// there were: one per hook.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError>;

    /// Forgets deliveries that have been done, superseded or dead for longer than this. Returns how
    /// many.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError>;
}

/// A shared inbox is an inbox.
#[async_trait]
impl<I: Inbox + ?Sized> Inbox for Arc<I> {
    async fn accept(&self, delivery: Delivery) -> Result<Accepted, InboxError> {
        self.as_ref().accept(delivery).await
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, InboxError> {
        self.as_ref().lease(request).await
    }

    async fn renew(&self, token: LeaseToken, duration: Duration) -> Result<Renewal, InboxError> {
        self.as_ref().renew(token, duration).await
    }

    async fn settle(&self, token: LeaseToken, settlement: Settlement) -> Result<bool, InboxError> {
        self.as_ref().settle(token, settlement).await
    }

    async fn wait(&self, at_most: Duration) {
        self.as_ref().wait(at_most).await;
    }

    async fn probe(&self) -> Result<Probe, InboxError> {
        self.as_ref().probe().await
    }

    async fn depth(&self) -> Result<Depth, InboxError> {
        self.as_ref().depth().await
    }

    async fn list(&self, filter: Filter) -> Result<Vec<Entry>, InboxError> {
        self.as_ref().list(filter).await
    }

    async fn revive(&self, id: &DeliveryId) -> Result<u64, InboxError> {
        self.as_ref().revive(id).await
    }

    async fn purge(&self, settled_for: Duration) -> Result<u64, InboxError> {
        self.as_ref().purge(settled_for).await
    }
}

/// What [`Inbox::accept`] did with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted {
    /// It is new.
    New,
    /// It was already there, ready, delayed or leased. Nothing changed.
    Duplicate,
    /// It had been done, superseded or dead, and is ready again.
    Again,
    /// Its body is known under another id or as another event; see [`Inbox`]. Nothing changed. That
    /// is no error: the store is well, and sent again it would be the same.
    Replay,
}
