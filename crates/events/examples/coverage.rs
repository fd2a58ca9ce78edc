//! What the types keep of real payloads: decodes every payload of a folder, writes it again, and
//! lists per event which JSON paths are missing then.
//!
//! ```text
//! npm pack @octokit/webhooks-examples@7.6.1 && tar xzf octokit-webhooks-examples-7.6.1.tgz
//! cargo run -p hookstead-events --example coverage -- package
//! ```
//!
//! The folder holds payloads as that package does, `*/index.json`, or files named `push.json` and
//! `pull_request.opened.json`: your own hook's deliveries, for instance. The links in
//! `OMITTED_LINKS` are counted apart. The report fails when a payload did not decode or a path was
//! dropped; it shows names of fields, never their contents.

#[path = "../tests/shared/mod.rs"]
mod shared;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use hookstead_events::{AnyEvent, Event as _};

use shared::folder::{self, Recorded};
use shared::paths::Paths;

/// What became of an event's payloads.
#[derive(Default)]
struct Row {
    payloads: usize,
    decoded: usize,
    /// Of these, how many of events that have no type.
    untyped: usize,
    paths: Paths,
    /// Why payloads were refused.
    refused: Vec<String>,
}

impl Row {
    fn add(&mut self, recorded: &Recorded) -> Result<(), Box<dyn Error>> {
        self.payloads += 1;
        let json = serde_json::to_vec(&recorded.payload)?;
        match AnyEvent::decode(&recorded.event, &json) {
            // Kept as the JSON that it is; that says nothing about the types.
            Ok(AnyEvent::Other(_)) => {
                self.decoded += 1;
                self.untyped += 1;
            }
            Ok(event) => {
                self.decoded += 1;
                let written = serde_json::to_value(&event)?;
                self.paths.compare(recorded.event.as_str(), &recorded.payload, &written);
            }
            Err(error) => self.refused.push(format!("{}: {error}", recorded.origin)),
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.refused.is_empty() && self.paths.lost.is_empty()
    }

    fn write(&self, name: &str, out: &mut impl Write) -> io::Result<()> {
        let Self { payloads, decoded, paths: Paths { all, kept, omitted, .. }, .. } = self;
        let dropped = all - kept;
        writeln!(out, "{name:32} {payloads:8} {decoded:7} {all:7} {kept:7} {dropped:7} {omitted:8}")
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("which folder? cargo run --example coverage -- FOLDER")?;
    let mut rows = BTreeMap::<String, Row>::new();
    for recorded in folder::read(&folder)? {
        rows.entry(recorded.event.to_string()).or_default().add(&recorded)?;
    }
    if rows.is_empty() {
        return Err(format!("no payloads in {}", folder.display()).into());
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "event                            payloads decoded   paths    kept dropped  omitted"
    )?;
    let mut total = Row::default();
    for (name, row) in &rows {
        row.write(name, &mut out)?;
        if row.untyped > 0 {
            writeln!(out, "    no type of its own: kept as JSON, paths not counted")?;
        }
        for problem in row.paths.lost.iter().chain(&row.refused) {
            writeln!(out, "    {problem}")?;
        }
        total.payloads += row.payloads;
        total.decoded += row.decoded;
        total.paths.all += row.paths.all;
        total.paths.kept += row.paths.kept;
        total.paths.omitted += row.paths.omitted;
    }
    total.write("all", &mut out)?;
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    writeln!(
        out,
        "\n{:.2} % of {} payloads decoded, {:.2} % of {} paths kept",
        percent(total.decoded, total.payloads),
        total.payloads,
        percent(total.paths.kept, total.paths.all),
        total.paths.all,
    )?;
    let is_complete = rows.values().all(Row::is_complete);
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
