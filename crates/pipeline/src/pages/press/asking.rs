use std::error::Error;
use std::time::Duration;

use hookstead::inbox::Submitted;
use hookstead::types::Timestamp;
use tokio::time::{Instant, sleep};

use super::button::Button;
use crate::build::{Pipeline, PipelineRequest};
use crate::journal::{BuildFilter, EntryFilter, EntryKind, JournalEntry, JournalError};
use crate::pages::session::ADMIN;
use crate::record::{Build, BuildCause};

/// Two presses within this time are one. After it, a press that came to nothing can be made again.
const ONE_PRESS: Duration = Duration::from_secs(10);

/// So long the answer waits for what comes of a press, usually some milliseconds. Then it leads to the page as it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// And looks so often.
const LOOK: Duration = Duration::from_millis(30);

/// Nobody presses more often in vain.
const MOST_TIMES: u32 = 100;

/// What is asked for by a press.
#[derive(Debug)]
pub(super) struct Request {
    /// By this the journal knows what came of it.
    pub(super) id: String,
    /// Whether another press has asked for it just now.
    pub(super) is_repeated: bool,
    /// The last build of the job and commit before.
    last: i64,
}

/// What came of a press.
#[derive(Debug)]
pub(super) enum Outcome {
    /// This build shows it.
    Build(Box<Build>),
    /// Nothing, because of this.
    Nothing(String),
    /// It is not decided yet.
    Unknown,
}

/// Asks for what a button does.
pub(super) async fn ask(
    pipeline: &Pipeline,
    build: &Build,
    button: Button,
) -> Result<Request, Box<dyn Error + Send + Sync>> {
    let journal = pipeline.journal();
    let what = &build.what;
    let last = journal.last_of(&what.project, &what.job, &what.sha).await?;
    let last = last.map_or(build.number, |last| last.number);
    let word = button.word();
    // Whoever presses while nothing has come of the first press has seen the same, and has the same id.
    for times in 0..MOST_TIMES {
        let id = format!("press/{word}/{}/{last}/{times}", build.number);
        let request = PipelineRequest::new(ADMIN, button.asks(build.number));
        match request.submit(pipeline.inbox(), &id).await? {
            Submitted::Duplicate { at_work: 0, .. } if !is_fresh(pipeline, &id).await? => {}
            submitted => {
                let is_repeated = matches!(submitted, Submitted::Duplicate { .. });
                return Ok(Request { id, is_repeated, last });
            }
        }
    }
    Err("it was pressed too often in vain".into())
}

/// Whether this was decided just now.
async fn is_fresh(pipeline: &Pipeline, id: &str) -> Result<bool, JournalError> {
    let entries = entries_of(pipeline, id).await?;
    let Some(newest) = entries.iter().find(|it| it.kind == EntryKind::Decision) else {
        return Ok(false);
    };
    let (Some(at), Some(now)) = (newest.at.instant(), Timestamp::now().instant()) else {
        return Ok(false);
    };
    Ok(now.duration_since(at).unsigned_abs() < ONE_PRESS)
}

/// Waits until it is decided what comes of it.
pub(super) async fn outcome(
    pipeline: &Pipeline,
    build: &Build,
    button: Button,
    request: &Request,
) -> Result<Outcome, JournalError> {
    let until = Instant::now() + PATIENCE;
    let mut decision = None;
    loop {
        if decision.is_none() {
            let entries = entries_of(pipeline, &request.id).await?;
            decision = entries.into_iter().find(|it| it.kind == EntryKind::Decision);
        }
        if let Some(decision) = &decision {
            match of_decision(pipeline, build, button, request, decision).await? {
                Outcome::Unknown => {}
                outcome => return Ok(outcome),
            }
        }
        if Instant::now() >= until {
            return Ok(Outcome::Unknown);
        }
        sleep(LOOK).await;
    }
}

async fn of_decision(
    pipeline: &Pipeline,
    build: &Build,
    button: Button,
    request: &Request,
    decision: &JournalEntry,
) -> Result<Outcome, JournalError> {
    let journal = pipeline.journal();
    if let Some(because) = decision.text.strip_prefix("nothing, because ") {
        return Ok(Outcome::Nothing(format!("Nothing was done, because {because}.")));
    }
    if button != Button::Again {
        let now = journal.build(build.number).await?;
        // What runs ends when its processes have, which its page shows.
        let is_under_way = button == Button::Cancel && now.machine.is_some();
        let is_done = now.state != build.state || is_under_way;
        return Ok(if is_done { Outcome::Build(Box::new(now)) } else { Outcome::Unknown });
    }
    let of_commit = BuildFilter::Sha(build.what.sha.clone());
    let builds = journal.builds(&of_commit, None, 20).await?;
    let new = builds.into_iter().find(|it| {
        let is_of = matches!(it.what.cause, BuildCause::Again { of, .. } if of == build.number);
        is_of && it.number > request.last
    });
    Ok(new.map_or(Outcome::Unknown, |new| Outcome::Build(Box::new(new))))
}

async fn entries_of(pipeline: &Pipeline, id: &str) -> Result<Vec<JournalEntry>, JournalError> {
    pipeline.journal().entries(&EntryFilter::Delivery(id.to_owned()), None, 20).await
}
