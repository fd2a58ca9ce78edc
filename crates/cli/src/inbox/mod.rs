//! Looks into an inbox, also while servers work on it: which tasks wait, which failed and why. And does
//! what only a person decides: lets dead tasks go on, does settled ones again, cancels what waits.

mod arguments;
mod change_view;
mod depth_view;
mod entry_view;

use std::error::Error;
use std::time::Duration;

use hookstead::handler::DeliveryId;
use hookstead::inbox::{ChangedTask, Filter, Selection};
use hookstead::{Inbox, Router};
use serde::ser::{SerializeSeq as _, Serializer as _};

pub(crate) use arguments::InboxArguments;
use arguments::{Request, TaskChange};
use change_view::{ChangedView, PurgedView, RevivedView};
use depth_view::DepthView;
use entry_view::EntryView;

use crate::output::{self, complain, print, print_json, print_lines};
use crate::settings;
use crate::text::{Table, span, width};

/// What `hookstead inbox` does.
pub(crate) async fn run(arguments: InboxArguments) -> Result<(), Box<dyn Error>> {
    let json = arguments.json;
    let inbox = open(arguments.inbox.as_deref()).await?;
    match arguments.request() {
        Request::Depth => depth(&inbox, json).await,
        Request::List(filter) => list(&inbox, filter, json).await,
        Request::Show(filter) => show(&inbox, filter, json).await,
        Request::TaskChange(change, tasks) => change_tasks(&inbox, change, tasks, json).await,
        Request::ReviveAll(filter) => revive_all(&inbox, filter, json).await,
        Request::Purge(age) => purge(&inbox, age, json).await,
    }
}

/// Opens what is there.
pub(crate) async fn open(place: Option<&str>) -> Result<Inbox, Box<dyn Error>> {
    let store = settings::inbox(place)?.open_existing().await?;
    // Without handlers it takes nothing, and claims no name.
    Ok(Inbox::new(store, Router::new()))
}

async fn depth(inbox: &Inbox, json: bool) -> Result<(), Box<dyn Error>> {
    let depth = inbox.depth().await?;
    let view = DepthView::new(&depth);
    if json { print_json(&view) } else { print_lines(&view.lines()) }
}

async fn list(inbox: &Inbox, filter: Filter, json: bool) -> Result<(), Box<dyn Error>> {
    let limit = filter.limit;
    let mut tasks = inbox.list(filter);
    let mut count = 0;
    if json {
        let mut serializer = output::json();
        let mut list = serializer.serialize_seq(None)?;
        while let Some(task) = tasks.next().await? {
            list.serialize_element(&EntryView::new(&task))?;
            count += 1;
        }
        list.end()?;
        output::end(serializer)?;
    } else {
        let width = width();
        let mut table = Table::new(EntryView::HEADER);
        loop {
            // The columns are as wide as a screenful needs them.
            let mut page = Vec::new();
            while page.len() < SCREENFUL
                && let Some(task) = tasks.next().await?
            {
                page.push(task);
            }
            if page.is_empty() {
                break;
            }
            count += page.len();
            let views: Vec<_> = page.iter().map(EntryView::new).collect();
            let rows: Vec<_> = views.iter().map(EntryView::row).collect();
            print_lines(table.fit(&rows).as_slice())?;
            for (row, view) in rows.iter().zip(&views) {
                print_lines(&[table.line(row)])?;
                print_lines(view.remark(width).as_slice())?;
            }
        }
        if count == limit {
            complain(&format!("There may be more than these {limit}; say how many with --limit."));
        }
    }
    found(count, "There are no such tasks.")
}

/// So many lines are aligned at a time.
const SCREENFUL: usize = 100;

async fn show(inbox: &Inbox, filter: Filter, json: bool) -> Result<(), Box<dyn Error>> {
    let id = filter.ids.iter().flatten().next().map(ToString::to_string).unwrap_or_default();
    let mut tasks = inbox.list(filter);
    let mut count = 0;
    if json {
        let mut serializer = output::json();
        let mut list = serializer.serialize_seq(None)?;
        while let Some(task) = tasks.next().await? {
            list.serialize_element(&EntryView::new(&task).with_body())?;
            count += 1;
        }
        list.end()?;
        output::end(serializer)?;
    } else {
        while let Some(task) = tasks.next().await? {
            print(if count > 0 { "\n" } else { "" })?;
            print(&EntryView::new(&task).with_body().details())?;
            count += 1;
        }
    }
    found(count, &format!("There is no task of a delivery {id}."))
}

async fn change_tasks(
    inbox: &Inbox,
    change: TaskChange,
    selections: Vec<(DeliveryId, Selection)>,
    json: bool,
) -> Result<(), Box<dyn Error>> {
    let (mut changed, mut missing) = (Vec::new(), Vec::new());
    for (id, tasks) in selections {
        let of_delivery = match &change {
            TaskChange::Revive { forget: None } => inbox.revive(tasks).await?,
            TaskChange::Revive { forget: Some(step) } => {
                inbox.revive_forgetting(tasks, step).await?
            }
            TaskChange::Rerun => inbox.rerun(tasks).await?,
            TaskChange::Cancel { reason } => inbox.cancel(tasks, reason).await?,
            TaskChange::Wake => inbox.wake(tasks).await?,
        };
        if of_delivery.is_empty() {
            missing.push(id.to_string());
        }
        changed.extend(of_delivery);
    }
    let is_all_done = changed.iter().all(ChangedTask::is_changed);
    let changed: Vec<_> = changed.iter().map(ChangedView::new).collect();
    if json {
        print_json(&changed)?;
    } else {
        let lines: Vec<_> = changed.iter().map(ToString::to_string).collect();
        print_lines(&lines)?;
    }
    match missing.as_slice() {
        [] if is_all_done => Ok(()),
        [] => Err("Not everything was done.".into()),
        ids => Err(format!("There is no task of a delivery {}.", ids.join(", nor ")).into()),
    }
}

async fn revive_all(inbox: &Inbox, filter: Filter, json: bool) -> Result<(), Box<dyn Error>> {
    let revival = inbox.revive_all(filter).await?;
    found(revival.count(), "There are no dead tasks.")?;
    if !json {
        let spread = span(revival.spread());
        print(&format!("{} dead tasks, which go on over {spread}\n", revival.count()))?;
    }
    let view = RevivedView::new(&revival.run().await?);
    if json { print_json(&view) } else { print_lines(&view.lines()) }
}

async fn purge(inbox: &Inbox, age: Option<Duration>, json: bool) -> Result<(), Box<dyn Error>> {
    let mut purge = inbox.usual_purge();
    if let Some(age) = age {
        purge.settled_after = age;
        purge.dead_bodies_after = age;
        purge.bodies_after = purge.bodies_after.min(age);
    }
    let purged = inbox.purge(purge).await?;
    if json {
        return print_json(&PurgedView::new(&purged));
    }
    let age = span(purge.settled_after);
    print(&format!("{} tasks purged that were settled more than {age} ago\n", purged.tasks))
}

fn found(count: usize, else_say: &str) -> Result<(), Box<dyn Error>> {
    if count == 0 { Err(else_say.into()) } else { Ok(()) }
}
