//! What the program was asked for.

use std::time::Duration;

use hookstead::handler::{DeliveryId, HandlerName};
use hookstead::inbox::{Filter, Selection, TaskState};
use hookstead_examples::Usage;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Looks into an inbox, and changes what is in it.

usage: inbox [--inbox PLACE] [--json] COMMAND

  depth                        how many tasks there are, by handler and state
  list [--STATE] [--event NAME] [--handler NAME] [--limit N]
                               the tasks, the last accepted first; STATE is ready, blocked,
                               leased, delayed, done, superseded, canceled or dead
  show GUID [--handler NAME]   all that is known of a delivery's tasks, with its body
  revive GUID... [--forget STEP]
                               lets dead tasks go on; the step is done again
  revive --all-dead [--event NAME] [--handler NAME]
                               lets all go on, spread over the time that they need
  rerun GUID...                does settled tasks again, from the beginning
  cancel GUID... [--reason TEXT]
                               ends tasks that wait or run
  wake GUID...                 makes tasks that wait due now
  purge [--older-than 35d]     forgets what was settled so long ago, dead tasks included;
                               s, min, h and d are understood

Where several handlers have a task of the delivery, revive, rerun, cancel and wake take
--handler NAME for one of them, or --every-handler.

PLACE is an SQLite file or a postgres:// URL; without it, the variable INBOX names it.
";

pub(crate) enum Command {
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

pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) place: Option<String>,
    pub(crate) json: bool,
}

/// The options that belong to some of the commands.
#[derive(Default)]
struct Options {
    state: Option<TaskState>,
    limit: Option<usize>,
    event: Option<String>,
    handler: Option<HandlerName>,
    every_handler: bool,
    all_dead: bool,
    forget: Option<String>,
    reason: Option<String>,
    age: Option<Duration>,
}

impl Arguments {
    /// `None` when help was asked for.
    pub(crate) fn read() -> Result<Option<Self>, Usage> {
        let mut parser = lexopt::Parser::from_env();
        let (mut words, mut place, mut json) = (Vec::new(), None, false);
        let mut options = Options::default();
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long("json") => json = true,
                Long("inbox") => place = Some(text(&mut parser)?),
                Long("all-dead") => options.all_dead = true,
                Long("every-handler") => options.every_handler = true,
                Long("older-than") => options.age = Some(duration(&text(&mut parser)?)?),
                Long("event") => options.event = Some(text(&mut parser)?),
                Long("forget") => options.forget = Some(text(&mut parser)?),
                Long("reason") => options.reason = Some(text(&mut parser)?),
                Long("handler") => {
                    let name = text(&mut parser)?;
                    let parsed = name.parse();
                    let parsed =
                        parsed.map_err(|_| usage(format!("{name:?} is no handler's name")));
                    options.handler = Some(parsed?);
                }
                Long("limit") => {
                    let limit = text(&mut parser)?.parse().ok().filter(|limit| *limit > 0);
                    let limit = limit.ok_or_else(|| usage("--limit takes a number above 0"))?;
                    options.limit = Some(limit);
                }
                Long(option) => {
                    let state = TaskState::ALL.into_iter().find(|it| it.as_str() == option);
                    let state =
                        state.ok_or_else(|| usage(format!("invalid option '--{option}'")))?;
                    if options.state.replace(state).is_some() {
                        return Err(usage("list takes one state"));
                    }
                }
                Value(word) => words.push(word.string().map_err(usage)?),
                other => return Err(usage(other.unexpected())),
            }
        }
        let mut words = words.into_iter();
        let name = words.next().ok_or_else(|| usage("a command is missing"))?;
        let ids: Vec<DeliveryId> = words
            .map(|word| word.parse().map_err(|_| usage(format!("{word:?} is no delivery's id"))))
            .collect::<Result<_, _>>()?;
        let command = options.command(&name, ids)?;
        Ok(Some(Self { command, place, json }))
    }
}

impl Options {
    fn command(mut self, name: &str, ids: Vec<DeliveryId>) -> Result<Command, Usage> {
        let command = match (name, ids.is_empty()) {
            ("depth", true) => Command::Depth,
            ("list", true) => {
                let mut filter = self.filter();
                filter.state = self.state.take();
                filter.limit = self.limit.take().unwrap_or(filter.limit);
                Command::List(filter)
            }
            ("show", false) if ids.len() == 1 => {
                let mut filter = Filter::default().with_ids(ids).with_bodies();
                filter.name = self.handler.take();
                Command::Show(filter.at_most(usize::MAX))
            }
            ("revive", true) if self.all_dead => {
                self.all_dead = false;
                Command::ReviveAll(self.filter().at_most(usize::MAX))
            }
            ("revive", false) => Command::TaskChange(
                TaskChange::Revive { forget: self.forget.take() },
                self.select(ids)?,
            ),
            ("rerun", false) => Command::TaskChange(TaskChange::Rerun, self.select(ids)?),
            ("cancel", false) => {
                let reason = self.reason.take().unwrap_or_else(|| "canceled by hand".to_owned());
                Command::TaskChange(TaskChange::Cancel { reason }, self.select(ids)?)
            }
            ("wake", false) => Command::TaskChange(TaskChange::Wake, self.select(ids)?),
            ("purge", true) => Command::Purge(self.age.take()),
            ("depth" | "list" | "show" | "revive" | "rerun" | "cancel" | "wake" | "purge", _) => {
                return Err(not_taken(name));
            }
            _ => return Err(usage(format!("there is no command {name:?}"))),
        };
        // What a command does not know must not seem to have worked.
        if self.is_used_up() { Ok(command) } else { Err(not_taken(name)) }
    }

    fn filter(&mut self) -> Filter {
        let mut filter = Filter::default();
        filter.event = self.event.take().map(Into::into);
        filter.name = self.handler.take();
        filter
    }

    /// The tasks of these deliveries.
    fn select(&mut self, ids: Vec<DeliveryId>) -> Result<Vec<(DeliveryId, Selection)>, Usage> {
        let handler = self.handler.take();
        if handler.is_some() && self.every_handler {
            return Err(usage("--handler and --every-handler exclude each other"));
        }
        let every_handler = std::mem::take(&mut self.every_handler);
        let select = |id: &DeliveryId| match &handler {
            Some(handler) => Selection::from(id).of(handler.clone()),
            None if every_handler => Selection::from(id).of_every_handler(),
            None => Selection::from(id),
        };
        let select = |id: DeliveryId| {
            let selection = select(&id);
            (id, selection)
        };
        Ok(ids.into_iter().map(select).collect())
    }

    fn is_used_up(&self) -> bool {
        let Self { state, limit, event, handler, every_handler, all_dead, forget, reason, age } =
            self;
        !*every_handler
            && !*all_dead
            && state.is_none()
            && limit.is_none()
            && event.is_none()
            && handler.is_none()
            && forget.is_none()
            && reason.is_none()
            && age.is_none()
    }
}

fn not_taken(name: &str) -> Usage {
    usage(format!("{name} does not take these arguments"))
}

fn text(parser: &mut lexopt::Parser) -> Result<String, Usage> {
    parser.value().map_err(usage)?.string().map_err(usage)
}

/// `90s`, `15min`, `12h` or `35d`.
fn duration(text: &str) -> Result<Duration, Usage> {
    let units = [("s", 1), ("min", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    units
        .into_iter()
        .find(|(name, _)| *name == unit)
        .and_then(|(_, seconds)| number.parse::<u64>().ok()?.checked_mul(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| usage(format!("{text:?} is no time such as 90s, 15min, 12h or 35d")))
}

fn usage(problem: impl std::fmt::Display) -> Usage {
    Usage(format!("{problem}; see inbox --help"))
}
