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
//! `OMITTED_LINKS` are counted apart. The report fails when a payload did not decode, its event has
//! no type (and is not in `RETIRED`), or a path was dropped; it shows names of fields, never their
//! contents.
//!
//! A second argument names a file of lines of the report that are as they should be, with `*` for
//! any text and the reason after `#`. Then the report fails also when one of them is not needed any
//! more, or when a value occurs that none of the enums knows.

#[path = "../tests/shared/mod.rs"]
mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hookstead_events::{AnyEvent, Event as _};

use shared::folder::{self, Recorded};
use shared::paths::Paths;

/// Events that GitHub sends no more, and that have no type on purpose.
const RETIRED: [&str; 1] = ["content_reference"];

/// What became of an event's payloads.
#[derive(Default)]
struct Row {
    payloads: usize,
    decoded: usize,
    /// Of these, how many of events that have no type but should.
    untyped: usize,
    paths: Paths,
    /// Values of enums that no type knows: they are kept, but a name for them would be good.
    new_values: BTreeSet<String>,
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
                self.untyped += usize::from(!RETIRED.contains(&recorded.event.as_str()));
            }
            Ok(event) => {
                self.decoded += 1;
                self.note_new_values(&event);
                let written = serde_json::to_value(&event)?;
                self.paths.compare(recorded.event.as_str(), &recorded.payload, &written);
            }
            Err(error) => self.refused.push(format!("{}: {error}", recorded.origin)),
        }
        Ok(())
    }

    fn note_new_values(&mut self, event: &AnyEvent) {
        // Every open enum shows such a value so, and no text can look like it: quotes are escaped.
        for rest in format!("{event:?}").split("Unknown(\"").skip(1) {
            if let Some((value, _)) = rest.split_once('"') {
                let name = event.name();
                self.new_values.insert(format!("{name} has the new value {value:?}"));
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.refused.is_empty() && self.untyped == 0 && self.paths.lost.is_empty()
    }

    fn write(&self, name: &str, out: &mut impl Write) -> io::Result<()> {
        let Self { payloads, decoded, paths: Paths { all, kept, omitted, .. }, .. } = self;
        let dropped = all - kept;
        writeln!(out, "{name:32} {payloads:8} {decoded:7} {all:7} {kept:7} {dropped:7} {omitted:8}")
    }
}

/// A line of the report that is as it should be.
struct Exception {
    pattern: String,
    /// Whether there was such a line.
    is_used: bool,
}

impl Exception {
    fn read(file: &Path) -> io::Result<Vec<Self>> {
        let text = fs::read_to_string(file)?;
        let patterns = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        let patterns = patterns.filter(|pattern| !pattern.is_empty());
        Ok(patterns.map(|pattern| Self { pattern: pattern.to_owned(), is_used: false }).collect())
    }

    fn allows(&mut self, line: &str) -> bool {
        let allows = fits(&self.pattern, line);
        self.is_used |= allows;
        allows
    }
}

fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, pattern)) = pattern.split_once('*') else {
        return pattern == text;
    };
    text.strip_prefix(start).is_some_and(|text| {
        (0..=text.len()).any(|at| text.get(at..).is_some_and(|text| fits(pattern, text)))
    })
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next();
    let folder = folder.ok_or("which folder? cargo run --example coverage -- FOLDER")?;
    let file = arguments.next();
    let mut exceptions = file.as_deref().map_or(Ok(Vec::new()), Exception::read)?;
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
    for (name, row) in &mut rows {
        row.write(name, &mut out)?;
        if file.is_some() {
            row.paths.lost.append(&mut row.new_values);
        }
        row.paths.lost.retain(|line| {
            // Each is asked, so that each knows whether it is used.
            exceptions.iter_mut().filter_map(|one| one.allows(line).then_some(())).count() == 0
        });
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
    let stale: Vec<&Exception> = exceptions.iter().filter(|one| !one.is_used).collect();
    for exception in &stale {
        writeln!(out, "the exception {} is not needed", exception.pattern)?;
    }
    let is_complete = stale.is_empty() && rows.values().all(Row::is_complete);
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
