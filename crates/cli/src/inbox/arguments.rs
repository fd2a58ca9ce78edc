//! What `hookstead inbox` is asked for.

use std::time::Duration;

use clap::{Args, Subcommand};
use hookstead::handler::{DeliveryId, HandlerName};
use hookstead::inbox::{Filter, Selection, TaskState};

/// The arguments of `hookstead inbox`.
#[derive(Debug, Args)]
pub(crate) struct InboxArguments {
    /// The inbox: an SQLite file, or a postgres:// URL; without it the setting INBOX says which
    #[arg(long, value_name = "PLACE", global = true, display_order = 900)]
    pub(crate) inbox: Option<String>,
    /// Prints JSON, for machines
    #[arg(long, global = true, display_order = 901)]
    pub(crate) json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Counts the tasks, by handler and state
    Depth,
    /// Lists tasks, the last accepted first
    List {
        #[command(flatten)]
        state: StateFlags,
        /// Only tasks of this event, for instance pull_request
        #[arg(long, value_name = "NAME")]
        event: Option<String>,
        /// Only tasks of this handler, for instance ci_server.pull_request
        #[arg(long, value_name = "NAME", value_parser = handler)]
        handler: Option<HandlerName>,
        /// How many at most
        #[arg(long, value_name = "N", value_parser = positive)]
        limit: Option<usize>,
    },
    /// Shows all that is known of a delivery's tasks, with its body
    Show {
        /// The delivery's id
        #[arg(value_name = "GUID", value_parser = delivery_id)]
        id: DeliveryId,
        /// Only the task of this handler
        #[arg(long, value_name = "NAME", value_parser = handler)]
        handler: Option<HandlerName>,
    },
    /// Lets dead tasks go on where they were
    Revive {
        #[command(flatten)]
        tasks: SomeTasks,
        /// Does this step again, whose result was kept
        #[arg(long, value_name = "STEP")]
        forget: Option<String>,
        /// Lets all dead tasks go on, spread over the time that they need
        #[arg(long, conflicts_with_all = ["ids", "forget", "every_handler"])]
        all_dead: bool,
        /// With --all-dead: only tasks of this event
        // What is required is not missed where it would conflict with what is there: so both are said.
        #[arg(long, value_name = "NAME", requires = "all_dead", conflicts_with = "ids")]
        event: Option<String>,
    },
    /// Does settled tasks again, from the beginning
    Rerun {
        #[command(flatten)]
        tasks: Tasks,
    },
    /// Ends tasks that wait or run
    Cancel {
        #[command(flatten)]
        tasks: Tasks,
        /// Why, for whoever looks at them later
        #[arg(long, value_name = "TEXT", default_value = "canceled by hand")]
        reason: String,
    },
    /// Makes tasks that wait due now
    Wake {
        #[command(flatten)]
        tasks: Tasks,
    },
    /// Forgets what was settled long ago, dead tasks included
    Purge {
        /// How long ago: 90s, 15min, 12h or 35d; by default as long as a server keeps it
        #[arg(long, value_name = "AGE", value_parser = duration)]
        older_than: Option<Duration>,
    },
}

/// The states that a list may be of.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct StateFlags {
    /// Only tasks that are due
    #[arg(long)]
    ready: bool,
    /// Only tasks that wait for another one of their lane
    #[arg(long)]
    blocked: bool,
    /// Only tasks that are at work
    #[arg(long)]
    leased: bool,
    /// Only tasks that are due later
    #[arg(long)]
    delayed: bool,
    /// Only tasks that were done
    #[arg(long)]
    done: bool,
    /// Only tasks that a newer one made needless
    #[arg(long)]
    superseded: bool,
    /// Only tasks that were canceled
    #[arg(long)]
    canceled: bool,
    /// Only tasks that failed for good
    #[arg(long)]
    dead: bool,
}

/// The deliveries whose tasks are meant.
#[derive(Debug, Args)]
struct Tasks {
    /// The deliveries' ids
    #[arg(value_name = "GUID", required = true, value_parser = delivery_id)]
    ids: Vec<DeliveryId>,
    #[command(flatten)]
    of: Of,
}

/// As [`Tasks`], where all may be meant.
#[derive(Debug, Args)]
struct SomeTasks {
    /// The deliveries' ids
    #[arg(value_name = "GUID", required_unless_present = "all_dead", value_parser = delivery_id)]
    ids: Vec<DeliveryId>,
    #[command(flatten)]
    of: Of,
}

/// Which of a delivery's tasks are meant, if several handlers have one.
#[derive(Debug, Args)]
struct Of {
    /// The task of this handler, if several have one
    #[arg(long, value_name = "NAME", value_parser = handler)]
    handler: Option<HandlerName>,
    /// The tasks of all handlers, if several have one
    #[arg(long, conflicts_with = "handler")]
    every_handler: bool,
}

/// What is to be done with an inbox.
pub(crate) enum Request {
    Depth,
    List(Filter),
    Show(Filter),
    TaskChange(TaskChange, Vec<(DeliveryId, Selection)>),
    ReviveAll(Filter),
    Purge(Option<Duration>),
}

/// What is done to the tasks that were named.
pub(crate) enum TaskChange {
    Revive { forget: Option<String> },
    Rerun,
    Cancel { reason: String },
    Wake,
}

impl InboxArguments {
    pub(crate) fn request(self) -> Request {
        match self.command {
            Command::Depth => Request::Depth,
            Command::List { state, event, handler, limit } => {
                let mut filter = filter(event, handler);
                filter.state = state.state();
                filter.limit = limit.unwrap_or(filter.limit);
                Request::List(filter)
            }
            Command::Show { id, handler } => {
                let mut filter = Filter::default().with_ids([id]).with_bodies();
                filter.name = handler;
                Request::Show(filter.at_most(usize::MAX))
            }
            Command::Revive { tasks, all_dead: true, event, .. } => {
                Request::ReviveAll(filter(event, tasks.of.handler).at_most(usize::MAX))
            }
            Command::Revive { tasks, forget, .. } => {
                Request::TaskChange(TaskChange::Revive { forget }, tasks.of.select(tasks.ids))
            }
            Command::Rerun { tasks } => {
                Request::TaskChange(TaskChange::Rerun, tasks.of.select(tasks.ids))
            }
            Command::Cancel { tasks, reason } => {
                Request::TaskChange(TaskChange::Cancel { reason }, tasks.of.select(tasks.ids))
            }
            Command::Wake { tasks } => {
                Request::TaskChange(TaskChange::Wake, tasks.of.select(tasks.ids))
            }
            Command::Purge { older_than } => Request::Purge(older_than),
        }
    }
}

fn filter(event: Option<String>, handler: Option<HandlerName>) -> Filter {
    let mut filter = Filter::default();
    filter.event = event.map(Into::into);
    filter.name = handler;
    filter
}

impl StateFlags {
    fn state(&self) -> Option<TaskState> {
        let flags = [
            (self.ready, "ready"),
            (self.blocked, "blocked"),
            (self.leased, "leased"),
            (self.delayed, "delayed"),
            (self.done, "done"),
            (self.superseded, "superseded"),
            (self.canceled, "canceled"),
            (self.dead, "dead"),
        ];
        let (_, name) = flags.into_iter().find(|(is_set, _)| *is_set)?;
        TaskState::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl Of {
    /// The tasks of these deliveries.
    fn select(self, ids: Vec<DeliveryId>) -> Vec<(DeliveryId, Selection)> {
        let select = |id: DeliveryId| {
            let selection = match &self.handler {
                Some(handler) => Selection::from(&id).of(handler.clone()),
                None if self.every_handler => Selection::from(&id).of_every_handler(),
                None => Selection::from(&id),
            };
            (id, selection)
        };
        ids.into_iter().map(select).collect()
    }
}

fn delivery_id(text: &str) -> Result<DeliveryId, String> {
    text.parse().map_err(|_| "it is no delivery's id".to_owned())
}

fn handler(text: &str) -> Result<HandlerName, String> {
    text.parse().map_err(|_| "it is no handler's name".to_owned())
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "it is no number above 0".to_owned())
}

/// `90s`, `15min`, `12h` or `35d`.
fn duration(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("min", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    units
        .into_iter()
        .find(|(name, _)| *name == unit)
        .and_then(|(_, seconds)| number.parse::<u64>().ok()?.checked_mul(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "it is no time such as 90s, 15min, 12h or 35d".to_owned())
}
