use std::fmt;
use std::sync::Arc;

use hookstead_events::{Event, EventName};

use crate::handler::Handler;
use crate::name::{HandlerName, program_by_default};
use crate::registered::Registered;
use crate::registration::Registration;
use crate::route::TypedRoute;

/// Which handlers there are for which events.
///
/// Several handlers may take the same event. Each has a task of its own for it: one that fails or
/// panics keeps no other from its work, and is tried again alone.
///
/// Only events that somebody registered for are decoded. Cloning is cheap.
///
/// ```
/// use hookstead_events::{AnyEvent, PushEvent};
/// use hookstead_handler::{Attempt, Router, handler_fn};
///
/// let router = Router::new()
///     .program("greeter")
///     .on::<PushEvent>(handler_fn(async |push: PushEvent, _: Attempt| {
///         println!("{} commits", push.commits.len());
///         Ok(())
///     }))
///     .on_with::<AnyEvent>(
///         handler_fn(async |event: AnyEvent, attempt: Attempt| {
///             println!("{}: {}", attempt.delivery().id, event.name());
///             Ok(())
///         }),
///         |registration| registration.name("audit"),
///     );
/// let names: Vec<_> = router.registrations().iter().map(|it| it.name().as_str()).collect();
/// assert_eq!(names, ["greeter.push", "greeter.audit"]);
/// ```
#[derive(Clone, Default)]
pub struct Router {
    program: Option<String>,
    old_programs: Vec<String>,
    pools: Vec<(String, usize)>,
    registrations: Vec<Registered>,
}

impl Router {
    /// A router without handlers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the program: the first part of the full names of all its handlers. It tells the handlers
    /// of programs apart that share an inbox, and stays the same from one version to the next. By
    /// default it is the executable's file name, in lower case, with `_` for what a
    /// [name](HandlerName) may not have.
    #[must_use]
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.program = Some(name.into());
        self.rename();
        self
    }

    /// Says that the program had this name in earlier versions: what waits for its handlers under that
    /// name is theirs. Call it once for each old name.
    #[must_use]
    pub fn formerly(mut self, program: impl Into<String>) -> Self {
        self.old_programs.push(program.into());
        self.rename();
        self
    }

    /// Registers a handler for the events of type `E`, under the event's name.
    #[must_use]
    pub fn on<E: Event>(self, handler: impl Handler<E>) -> Self {
        self.on_with(handler, |registration| registration)
    }

    /// Registers a handler for the events of type `E` with a name, a lane, a pool, a deadline: see
    /// [`Registration`].
    #[must_use]
    pub fn on_with<E: Event>(
        mut self,
        handler: impl Handler<E>,
        change: impl FnOnce(Registration<E>) -> Registration<E>,
    ) -> Self {
        let registration = change(Registration::new());
        let settings = Arc::new(registration.settings.clone());
        let route = Arc::new(TypedRoute { handler, registration });
        self.registrations.push(Registered {
            name: HandlerName::full("", ""),
            formerly: Arc::default(),
            settings,
            route,
        });
        self.rename();
        self
    }

    /// Makes a pool of so many slots: so many attempts of the handlers that are [registered with
    /// it](Registration::pool) are made at the same time in each process, beside the worker's own pool.
    #[must_use]
    pub fn pool(mut self, name: impl Into<String>, slots: usize) -> Self {
        self.pools.push((name.into(), slots));
        self
    }

    /// Whether there is a handler for this event.
    #[must_use]
    pub fn takes(&self, event: &EventName) -> bool {
        self.registrations.iter().any(|registered| registered.takes(event))
    }

    /// What is registered, in the order of the registrations.
    #[must_use]
    pub fn registrations(&self) -> &[Registered] {
        &self.registrations
    }

    /// The registration that has this full name, or had it, and is for this event.
    #[must_use]
    pub fn find(&self, name: &HandlerName, event: &EventName) -> Option<&Registered> {
        let of_event = || self.registrations.iter().filter(|registered| registered.takes(event));
        let now = of_event().find(|registered| registered.name() == name);
        now.or_else(|| of_event().find(|registered| registered.has_name(name)))
    }

    /// The pools with their slots, without the worker's own.
    pub fn pools(&self) -> impl Iterator<Item = (&str, usize)> {
        self.pools.iter().map(|(name, slots)| (name.as_str(), *slots))
    }

    /// The program's name.
    #[must_use]
    pub fn program_name(&self) -> &str {
        self.program.as_deref().unwrap_or_else(|| program_by_default())
    }

    pub(crate) fn old_programs(&self) -> &[String] {
        &self.old_programs
    }

    /// Gives all registrations their full names.
    fn rename(&mut self) {
        let program = self.program.as_deref().unwrap_or_else(|| program_by_default());
        for registered in &mut self.registrations {
            registered.rename(program, &self.old_programs);
        }
    }
}

/// The names, without what is behind them.
impl fmt::Debug for Router {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Router")
            .field("program", &self.program_name())
            .field("registrations", &self.registrations)
            .field("pools", &self.pools)
            .finish_non_exhaustive()
    }
}
