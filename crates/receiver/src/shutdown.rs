//! When a server should stop.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hookstead_inbox::own_runtime;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::limits::Limits;
use crate::listening::ServeError;
use crate::stage::{Stage, reached};

/// Who asks a process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A person, by Ctrl-C.
    Interrupt,
    /// The system or an orchestrator, by SIGTERM.
    Terminate,
}

impl Asked {
    /// What a process that was ended by this signal exits with, as shells have it.
    fn exit_code(self) -> i32 {
        match self {
            Self::Interrupt => 128 + 2,
            Self::Terminate => 128 + 15,
        }
    }
}

/// The process was asked to stop, and no server has begun since.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// What the first signal is sent to.
static ASKED: Mutex<Option<watch::Sender<Option<Asked>>>> = Mutex::new(None);

/// Returns when the process is asked to stop: by Ctrl-C, or on Unix by SIGTERM. When it is asked once
/// more after that it ends at once, whatever runs: a handler that blocks can be stopped by nothing
/// else. What was at work is handled again, when its lease has ended.
///
/// Waiting starts with the call, not with the first poll, so no signal is missed in between.
pub(crate) fn requested() -> io::Result<impl Future<Output = Asked> + Send + 'static> {
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    let sender = match &*asked {
        Some(sender) => sender,
        None => asked.insert(listen()?),
    };
    STOPPING.store(false, Ordering::SeqCst);
    let mut receiver = sender.subscribe();
    Ok(async move {
        // The sender lives as long as the process.
        let _ = receiver.changed().await;
        let asked = *receiver.borrow();
        asked.unwrap_or(Asked::Terminate)
    })
}

/// Listens for signals from here on, for as long as the process lives.
fn listen() -> io::Result<watch::Sender<Option<Asked>>> {
    let runtime = own_runtime();
    let _inside = runtime.enter();
    let mut signals = Signals::new()?;
    let sender = watch::Sender::new(None);
    let first = sender.clone();
    runtime.spawn(async move {
        loop {
            let asked = signals.next().await;
            if STOPPING.swap(true, Ordering::SeqCst) {
                tracing::warn!("asked to stop once more: ending at once");
                std::process::exit(asked.exit_code());
            }
            tracing::info!(?asked, "stopping");
            first.send_replace(Some(asked));
        }
    });
    Ok(sender)
}

/// Leads a server to its end, once it was asked.
pub(crate) async fn lead(
    stage: watch::Sender<Stage>,
    asked: impl Future<Output = Asked>,
    leave_delay: Duration,
) {
    let asked = asked.await;
    // Nothing new is begun, and balancers are told; they need a moment to hear it.
    stage.send_replace(Stage::Leaving);
    if asked == Asked::Terminate {
        sleep(leave_delay).await;
    }
    stage.send_replace(Stage::Stopping);
}

/// The order in which a program that receives deliveries stops, for those who mount a
/// [`Receiver`](crate::Receiver) in a server of their own. (A [`Server`](crate::Server) does all of this.)
///
/// 1. Asked to stop, it is [leaving](Self::leaving): the [worker](hookstead_inbox::Worker) takes nothing new,
///    and [`HealthPages::readyz`](crate::HealthPages::readyz) turns red. Deliveries are still accepted.
/// 2. After [a moment](Limits::leave_delay), in which load balancers notice, it is
///    [stopping](Self::stopping): no more connections, and those that are open finish.
/// 3. It ends when both the host and the worker have.
///
/// Clones are the same shutdown.
#[derive(Debug, Clone)]
pub struct Shutdown {
    stages: watch::Receiver<Stage>,
}

impl Shutdown {
    /// By Ctrl-C, or on Unix by SIGTERM. After Ctrl-C there is no delay. A second signal ends the process at
    /// once, whatever runs.
    ///
    /// # Errors
    ///
    /// Fails when the system does not tell of signals.
    pub fn by_signals(limits: &Limits) -> Result<Self, ServeError> {
        Ok(Self::led(requested().map_err(ServeError::no_signals)?, limits))
    }

    /// When this is ready, as after SIGTERM.
    #[must_use]
    pub fn when(asked: impl Future<Output = ()> + Send + 'static, limits: &Limits) -> Self {
        let asked = async {
            asked.await;
            Asked::Terminate
        };
        Self::led(asked, limits)
    }

    fn led(asked: impl Future<Output = Asked> + Send + 'static, limits: &Limits) -> Self {
        let (stage, stages) = watch::channel(Stage::Serving);
        own_runtime().spawn(lead(stage, asked, limits.leave_delay));
        Self { stages }
    }

    /// Ready once the program was asked to stop: what to hand to [`Worker::run`](hookstead_inbox::Worker::run).
    pub fn leaving(&self) -> impl Future<Output = ()> + Send + 'static {
        reached(self.stages.clone(), Stage::Leaving)
    }

    /// Ready once no more connections are to be accepted: what to hand to the host, for instance to axum's
    /// `with_graceful_shutdown`.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        reached(self.stages.clone(), Stage::Stopping)
    }

    pub(crate) fn stages(&self) -> watch::Receiver<Stage> {
        self.stages.clone()
    }

    /// Whether the program was asked to stop.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        *self.stages.borrow() > Stage::Serving
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::Interrupt,
            _ = self.terminate.recv() => Asked::Terminate,
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> Asked {
        self.0.recv().await;
        Asked::Interrupt
    }
}
