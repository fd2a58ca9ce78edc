//! Says what the deliveries that an inbox holds would start or stop now.

use std::collections::HashSet;
use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use hookstead::Inbox;
use hookstead::Router;
use hookstead::inbox::{Filter, StorePlace};
use hookstead::types::{SettingText, Timestamp};
use hookstead_pipeline::config::{Config, PostgresUrl, Storage};

use super::deciding;
use super::moment::since;
use super::saved::Saved;
use super::view;
use crate::exit::Usage;
use crate::output::complain;
use crate::{output, settings};

/// The arguments of `hookstead pipeline replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// From when on: today, yesterday, a day (2026-03-01), a moment (2026-03-01T10:00:00Z), or how long ago (3h, 7d)
    ///
    /// Days begin at midnight UTC.
    #[arg(long, value_name = "WHEN", default_value = "yesterday")]
    since: String,
    /// The config
    #[arg(long, value_name = "FILE", default_value = "pipeline.toml")]
    config: PathBuf,
    /// The inbox: an SQLite file, or a postgres:// URL; else the setting INBOX, else that of the config
    #[arg(long, value_name = "PLACE")]
    inbox: Option<String>,
    /// How many deliveries at most; the last ones
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: usize,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What `hookstead pipeline replay` does.
pub(crate) async fn run(arguments: ReplayArguments) -> Result<(), Box<dyn Error>> {
    let ReplayArguments { since: word, config, inbox, limit, json } = arguments;
    let since = since(&word, &Timestamp::now())
        .ok_or_else(|| Usage(format!("--since: {word:?} is no day, moment or span such as 3h.")))?;
    let config = deciding::read(&config)?;
    let place = place(inbox.as_deref(), &config)?;
    // Without handlers it takes nothing, and claims no name.
    let inbox = Inbox::new(place.open_existing().await?, Router::new());

    let mut tasks = inbox.list(Filter::default().with_bodies().at_most(usize::MAX));
    let (mut seen, mut views, mut bodiless) = (HashSet::new(), Vec::new(), 0);
    while views.len() < limit
        && let Some(task) = tasks.next().await?
    {
        let delivery = task.delivery;
        if delivery.received_at.instant() < since.instant() {
            break;
        }
        // What a program submits to itself is no delivery.
        if delivery.event.as_str().starts_with("hookstead.") || !seen.insert(delivery.id.clone()) {
            continue;
        }
        if delivery.body.is_empty() {
            bodiless += 1;
            continue;
        }
        let id = delivery.id.to_string();
        let saved = Saved {
            origin: format!("{} {id}", delivery.received_at),
            id: Some(id),
            event: delivery.event,
            body: delivery.body.to_vec(),
            received_at: Some(delivery.received_at),
        };
        match deciding::view(&config, saved) {
            Ok(view) => views.push(view),
            // Others are still worth to be seen.
            Err(error) => complain(&error.to_string()),
        }
    }
    views.reverse();
    if json {
        output::print_json(&views)?;
    } else if views.is_empty() {
        output::print(&format!("The inbox holds no delivery since {since}.\n"))?;
    } else {
        output::print_lines(&view::lines(&views, true))?;
    }
    if bodiless > 0 {
        complain(&format!(
            "{bodiless} deliveries are left out, as the inbox has dropped their bodies."
        ));
    }
    Ok(())
}

/// The inbox that was named, else that of the setting, else where the config says.
fn place(named: Option<&str>, config: &Config) -> Result<StorePlace, Box<dyn Error>> {
    let is_set = !matches!(SettingText::read("INBOX"), Ok(None));
    if named.is_some() || is_set {
        return settings::inbox(named);
    }
    let place = match &config.storage {
        Storage::Folder(_) => {
            config.storage.file().unwrap_or_default().display().to_string().parse()
        }
        Storage::Postgres(PostgresUrl::Plain(url)) => url.parse(),
        Storage::Postgres(PostgresUrl::Secret(source)) => source.read()?.expose().parse(),
    };
    Ok(place?)
}
