//! One round of calls.

use std::time::{Duration, Instant};

use crate::shape::{Shape, Sizes};
use crate::subject::Subject;

/// How long each call took.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) accept: Vec<Duration>,
    pub(crate) lease: Vec<Duration>,
    pub(crate) settle: Vec<Duration>,
    pub(crate) probe: Vec<Duration>,
}

impl Calls {
    pub(crate) fn add(&mut self, others: Self, counts: bool) {
        if counts {
            self.accept.extend(others.accept);
            self.lease.extend(others.lease);
            self.settle.extend(others.settle);
            self.probe.extend(others.probe);
        }
    }
}

/// What all rounds brought.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) full: Calls,
    pub(crate) empty: Calls,
    /// Bare inserts into a table as large, if there is one.
    pub(crate) bare: Vec<Duration>,
}

/// Accepts some, takes as many out, and probes.
pub(crate) async fn round(subject: &Subject, shape: Shape, sizes: &Sizes) -> Calls {
    let mut calls = Calls::default();
    for _ in 0..sizes.calls {
        let new = subject.measured(shape);
        timed(&mut calls.accept, subject.accept(new)).await;
    }
    let mut settled = 0;
    while settled < sizes.calls {
        let leased = timed(&mut calls.lease, subject.lease()).await;
        assert!(!leased.is_empty(), "what was accepted is leased");
        settled += leased.len();
        timed(&mut calls.settle, subject.settle(&leased)).await;
    }
    // Where each supersedes the one before, some may be left. Not measured: often there is none.
    let rest = subject.lease().await;
    if !rest.is_empty() {
        subject.settle(&rest).await;
    }
    for _ in 0..sizes.probes {
        timed(&mut calls.probe, subject.probe()).await;
    }
    calls
}

pub(crate) async fn timed<T>(times: &mut Vec<Duration>, call: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let answer = call.await;
    times.push(started.elapsed());
    answer
}
