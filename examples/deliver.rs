//! The offline twin of GitHub's *Redeliver* button: sends a delivery, signed as GitHub signs it.
//!
//! ```text
//! deliver [--json | --form] [--to URL] [--event NAME] [--id ID] SAMPLE | FILE
//! ```
//!
//! `SAMPLE` is the name of an event, `pull_request` for instance. `FILE` is a payload as JSON; its
//! event is taken from its name (`pull_request.opened.json`), unless `--event` says otherwise. The
//! secret is `WEBHOOK_SECRET`; the server is the one at `LISTEN`, unless `--to` says otherwise.
//! `--id` chooses the delivery's id: sent twice, it is the same delivery.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use hookstead::events::EventName;
use hookstead_examples::{deliver_to, exit, secret};
use hookstead_testkit::{Sender, samples};
use lexopt::prelude::*;

const USAGE: &str =
    "usage: deliver [--json | --form] [--to URL] [--event NAME] [--id ID] SAMPLE | FILE";

#[tokio::main]
async fn main() -> ExitCode {
    exit(deliver().await)
}

async fn deliver() -> Result<(), Box<dyn Error>> {
    let Arguments { form, to, event, id, what } = Arguments::read()?;
    let (event, payload) = payload(event, &what)?;

    let mut sender = Sender::new(&to.map_or_else(deliver_to, Ok)?, secret()?)?;
    if form {
        sender = sender.form();
    }
    if let Some(id) = id {
        sender = sender.delivery_id(id);
    }
    let answer = sender.send(event, payload).await?;
    println!("{}: {}", answer.status, answer.text());
    if answer.status.is_success() { Ok(()) } else { Err("The delivery was refused.".into()) }
}

/// The sample of this name, else the file.
fn payload(event: Option<EventName>, what: &str) -> Result<(EventName, Vec<u8>), Box<dyn Error>> {
    if let Some(sample) = samples::payload(&EventName::from(what)) {
        return Ok((event.unwrap_or_else(|| what.into()), serde_json::to_vec(&sample)?));
    }
    let payload = std::fs::read(what).map_err(|error| {
        let samples = samples::EVENTS.join(", ");
        format!("{what:?} is no file that can be read ({error}), and the samples are: {samples}")
    })?;
    let stem = Path::new(what).file_name().and_then(|name| name.to_str()?.split('.').next());
    let named = stem.map(EventName::from).filter(|name| !matches!(name, EventName::Unknown(_)));
    let event = event.or(named).ok_or("which event is this? say it with --event")?;
    Ok((event, payload))
}

#[derive(Default)]
struct Arguments {
    form: bool,
    to: Option<String>,
    event: Option<EventName>,
    id: Option<String>,
    what: String,
}

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut arguments = Self::default();
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("json") => arguments.form = false,
                Long("form") => arguments.form = true,
                Long("to") => arguments.to = Some(parser.value()?.string()?),
                Long("event") => arguments.event = Some(parser.value()?.string()?.into()),
                Long("id") => arguments.id = Some(parser.value()?.string()?),
                Value(what) if arguments.what.is_empty() => arguments.what = what.string()?,
                other => return Err(format!("{}; {USAGE}", other.unexpected()).into()),
            }
        }
        if arguments.what.is_empty() { Err(USAGE.into()) } else { Ok(arguments) }
    }
}
