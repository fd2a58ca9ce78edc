//! Looks into an inbox, also while a server works on it: what waits, what failed and why.
//!
//! ```text
//! inbox depth
//! inbox list [--ready|--blocked|--leased|--delayed|--done|--superseded|--dead] [--event NAME] [--limit N]
//! inbox show GUID
//! inbox revive GUID... | --all-dead
//! inbox purge [--older-than 35d]
//! ```
//!
//! The inbox is the one in `INBOX`, as of the servers, or at `--inbox`. `--json` is for machines.
//! The exit code is 0, or 1 if something failed or nothing was found, or 2 for a wrong usage.

use std::error::Error;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use hookstead::handler::DeliveryId;
use hookstead::inbox::{Entry, EntryState, Filter, Inbox, Worker};
use hookstead_examples::text::{printable_json, span, table};
use hookstead_examples::{EntryView, Usage, exit, is_postgres, open_inbox, variable};
use lexopt::prelude::*;
use serde::Serialize;
use serde_json::json;

const HELP: &str = "\
Looks into an inbox.

usage: inbox [--inbox PLACE] [--json] COMMAND

  depth                        how many deliveries there are in each state
  list [--STATE] [--event NAME] [--limit N]
                               the deliveries, the last accepted first; STATE is ready,
                               blocked, leased, delayed, done, superseded or dead
  show GUID                    all that is known of a delivery, with its body
  revive GUID... | --all-dead  makes dead letters ready again
  purge [--older-than 35d]     forgets what was settled so long ago, dead letters included;
                               s, min, h and d are understood

PLACE is an SQLite file or a postgres:// URL; without it, the variable INBOX names it.
";

#[tokio::main]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Some(Arguments { command, place, json }) = Arguments::read()? else {
        return print(HELP.to_owned());
    };
    let inbox = open(place).await?;
    match command {
        Command::Depth => depth(&*inbox, json).await,
        Command::List(filter) => list(&*inbox, filter, json).await,
        Command::Show(id) => show(&*inbox, id, json).await,
        Command::Revive(ids) => revive(&*inbox, ids, json).await,
        Command::Purge(age) => purge(&*inbox, age, json).await,
    }
}

/// Opens what is there. A new and empty inbox, made of a slip of the finger, helps nobody.
async fn open(place: Option<String>) -> Result<Arc<dyn Inbox>, Box<dyn Error>> {
    let place = match place {
        Some(place) => place,
        None => variable("INBOX")?.ok_or_else(|| {
            Usage("Which inbox? Say it with --inbox PLACE or in the variable INBOX.".to_owned())
        })?,
    };
    if !is_postgres(&place) && !Path::new(&place).is_file() {
        return Err(format!("There is no inbox {place:?}.").into());
    }
    Ok(open_inbox(&place).await?)
}

async fn depth(inbox: &dyn Inbox, json: bool) -> Result<(), Box<dyn Error>> {
    let depth = inbox.depth().await?;
    if json {
        return print_json(&json!({
            "ready": depth.ready,
            "blocked": depth.blocked,
            "leased": depth.leased,
            "delayed": depth.delayed,
            "done": depth.done,
            "superseded": depth.superseded,
            "dead": depth.dead,
            "oldest_ready_seconds": depth.oldest_ready.map(|age| age.as_secs_f64()),
        }));
    }
    let counts = [
        ("ready", depth.ready),
        ("blocked", depth.blocked),
        ("leased", depth.leased),
        ("delayed", depth.delayed),
        ("done", depth.done),
        ("superseded", depth.superseded),
        ("dead", depth.dead),
    ];
    let rows = counts.map(|(state, count)| [state.to_owned(), count.to_string()]);
    let mut lines = table(["STATE", "DELIVERIES"], &rows);
    if let Some(age) = depth.oldest_ready {
        lines.push(format!("The oldest ready one has been ready for {}.", span(age)));
    }
    print_lines(lines)
}

async fn list(inbox: &dyn Inbox, filter: Filter, json: bool) -> Result<(), Box<dyn Error>> {
    let limit = filter.limit;
    let entries = inbox.list(filter).await?;
    let views: Vec<_> = entries.iter().map(EntryView::new).collect();
    if json {
        print_json(&views)?;
    } else if !entries.is_empty() {
        let width = variable("COLUMNS")?.and_then(|columns| columns.parse().ok()).unwrap_or(80);
        let rows: Vec<_> = views.iter().map(EntryView::row).collect();
        let mut table = table(EntryView::HEADER, &rows).into_iter();
        let mut lines: Vec<_> = table.next().into_iter().collect();
        for (line, view) in table.zip(&views) {
            lines.push(line);
            lines.extend(view.remark(width));
        }
        print_lines(lines)?;
        if entries.len() == limit {
            eprintln!("There may be more than these {limit}; say how many with --limit.");
        }
    }
    found(&entries, "There are no such deliveries.")
}

async fn show(inbox: &dyn Inbox, id: DeliveryId, json: bool) -> Result<(), Box<dyn Error>> {
    let missing = format!("There is no delivery {id}.");
    let entries = inbox.list(Filter::default().with_id(id).with_bodies()).await?;
    let views: Vec<_> = entries.iter().map(|entry| EntryView::new(entry).with_body()).collect();
    if json {
        print_json(&views)?;
    } else {
        let details: Vec<_> = views.iter().map(EntryView::details).collect();
        print(details.join("\n"))?;
    }
    found(&entries, &missing)
}

async fn revive(
    inbox: &dyn Inbox,
    ids: Option<Vec<DeliveryId>>,
    json: bool,
) -> Result<(), Box<dyn Error>> {
    let ids = match ids {
        Some(ids) => ids,
        None => {
            let dead = Filter::default().in_state(EntryState::Dead).at_most(usize::MAX);
            let mut ids: Vec<_> =
                inbox.list(dead).await?.into_iter().map(|entry| entry.delivery.id).collect();
            // Several hooks may have the same delivery.
            ids.sort();
            ids.dedup();
            ids
        }
    };
    let (mut revived, mut not_dead) = (0, Vec::new());
    for id in ids {
        match inbox.revive(&id).await? {
            0 => not_dead.push(id.to_string()),
            count => revived += count,
        }
    }
    if json {
        print_json(&json!({ "revived": revived, "not_dead": not_dead }))?;
    } else {
        print(format!("{revived} revived\n"))?;
    }
    match not_dead.as_slice() {
        [] if revived > 0 => Ok(()),
        [] => Err("There are no dead letters.".into()),
        ids => Err(format!("There is no dead letter {}.", ids.join(", nor ")).into()),
    }
}

async fn purge(inbox: &dyn Inbox, age: Duration, json: bool) -> Result<(), Box<dyn Error>> {
    let purged = inbox.purge(age).await?;
    if json {
        return print_json(&json!({ "purged": purged }));
    }
    print(format!("{purged} purged that were settled more than {} ago\n", span(age)))
}

fn found(entries: &[Entry], else_say: &str) -> Result<(), Box<dyn Error>> {
    if entries.is_empty() { Err(else_say.into()) } else { Ok(()) }
}

fn print_lines(lines: Vec<String>) -> Result<(), Box<dyn Error>> {
    print(lines.join("\n") + "\n")
}

fn print_json(value: &impl Serialize) -> Result<(), Box<dyn Error>> {
    print(printable_json(&serde_json::to_string_pretty(value)?) + "\n")
}

/// Prints; whoever stops reading (`| head`) has read enough.
fn print(text: String) -> Result<(), Box<dyn Error>> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

enum Command {
    Depth,
    List(Filter),
    Show(DeliveryId),
    /// `None`: all that are dead.
    Revive(Option<Vec<DeliveryId>>),
    Purge(Duration),
}

struct Arguments {
    command: Command,
    place: Option<String>,
    json: bool,
}

impl Arguments {
    /// `None` when help was asked for.
    fn read() -> Result<Option<Self>, Usage> {
        let mut parser = lexopt::Parser::from_env();
        let (mut words, mut place, mut json) = (Vec::new(), None, false);
        let (mut filter, mut all_dead, mut age) = (Filter::default(), false, None);
        // The commands that the options belong to.
        let mut owners = Vec::new();
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long("json") => json = true,
                Long("inbox") => place = Some(text(&mut parser)?),
                Long("all-dead") => {
                    owners.push("revive");
                    all_dead = true;
                }
                Long("older-than") => {
                    owners.push("purge");
                    age = Some(duration(&text(&mut parser)?)?);
                }
                Long("event") => {
                    owners.push("list");
                    filter = filter.of_event(text(&mut parser)?.into());
                }
                Long("limit") => {
                    owners.push("list");
                    let limit = text(&mut parser)?.parse().ok().filter(|limit| *limit > 0);
                    let limit = limit.ok_or_else(|| usage("--limit takes a number above 0"))?;
                    filter = filter.at_most(limit);
                }
                Long(option) => {
                    owners.push("list");
                    let state = EntryState::ALL.into_iter().find(|it| it.as_str() == option);
                    let state =
                        state.ok_or_else(|| usage(format!("invalid option '--{option}'")))?;
                    if filter.state.replace(state).is_some() {
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
        // What a command does not know must not seem to have worked.
        let knows_all = owners.into_iter().all(|owner| owner == name);
        let command = match (name.as_str(), ids.as_slice()) {
            ("depth", []) if knows_all => Command::Depth,
            ("list", []) if knows_all => Command::List(filter),
            ("show", [id]) if knows_all => Command::Show(id.clone()),
            ("revive", []) if knows_all && all_dead => Command::Revive(None),
            ("revive", [_, ..]) if knows_all && !all_dead => Command::Revive(Some(ids)),
            ("purge", []) if knows_all => Command::Purge(age.unwrap_or(Worker::DEFAULT_RETENTION)),
            ("depth" | "list" | "show" | "revive" | "purge", _) => {
                return Err(usage(format!("{name} does not take these arguments")));
            }
            _ => return Err(usage(format!("there is no command {name:?}"))),
        };
        Ok(Some(Self { command, place, json }))
    }
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
