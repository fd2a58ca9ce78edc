use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use hookstead::events::EventName;
use hookstead_testkit::samples;

use crate::exit::Usage;

/// What one delivery delivers.
pub(crate) struct Payload {
    /// The file or sample that it is from.
    pub(crate) origin: String,
    pub(crate) event: EventName,
    pub(crate) body: Vec<u8>,
}

/// The sample of this name, else the file, else all files of the folder. Nothing is sent before the event of
/// each is known.
pub(crate) fn named(what: &str, event: Option<EventName>) -> Result<Vec<Payload>, Box<dyn Error>> {
    if let Some(payload) = sample(what, event.as_ref())? {
        return Ok(vec![payload]);
    }
    let path = Path::new(what);
    if !path.is_dir() {
        return Ok(vec![file(path, event).map_err(|problem| unknown(what, &problem))?]);
    }
    let mut files = Vec::new();
    collect(path, &mut files)?;
    // In the order of their names, on every system.
    files.sort();
    if files.is_empty() {
        return Err(format!("There is no file in {what:?} whose name ends with .json.").into());
    }
    files.iter().map(|path| Ok(file(path, event.clone())?)).collect()
}

/// A sample, if the word is one: `push`, or `pull_request.closed`.
fn sample(what: &str, event: Option<&EventName>) -> Result<Option<Payload>, Usage> {
    let (name, action) = match what.split_once('.') {
        Some((name, action)) => (name, Some(action)),
        None => (what, None),
    };
    // What else has points is a file's name.
    if action.is_some_and(|it| it.contains(['.', '/', '\\']) || it == "json") {
        return Ok(None);
    }
    let Some(mut payload) = samples::payload(&EventName::from(name)) else { return Ok(None) };
    if let Some(action) = action {
        match payload.get_mut("action") {
            Some(known) => *known = action.into(),
            None => return Err(Usage(format!("{what:?}: the event {name} has no actions."))),
        }
    }
    let event = event.cloned().unwrap_or_else(|| name.into());
    Ok(Some(Payload { origin: what.to_owned(), event, body: payload.to_string().into_bytes() }))
}

fn file(path: &Path, event: Option<EventName>) -> Result<Payload, String> {
    let shown = path.display();
    let body = fs::read(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let event = event.or_else(|| event_of(path)).ok_or_else(|| {
        format!("{shown} says no event by its name, such as push.json; say it with --event")
    })?;
    Ok(Payload { origin: shown.to_string(), event, body })
}

/// A word that is neither a file nor a sample may have been meant as one.
fn unknown(what: &str, problem: &str) -> String {
    if Path::new(what).exists() {
        return problem.to_owned();
    }
    // A sample has no such name.
    if what.contains('/') || what.ends_with(".json") {
        return format!("{problem}; a sample is named by its event, such as pull_request.opened");
    }
    let samples = samples::EVENTS.join(", ");
    format!("{what:?} is no file that can be read ({problem}), and the samples are: {samples}")
}

/// The files of a folder and of those in it, by their names. Links to folders are not followed: they may lead
/// in circles.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let fail = |error| format!("{} cannot be read: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let path = entry.path();
        if entry.file_type().map_err(fail)?.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// The event that a file says by its name.
fn event_of(path: &Path) -> Option<EventName> {
    let known = |name: &str| {
        let name = EventName::from(name.split('.').next().unwrap_or_default());
        (!matches!(name, EventName::Unknown(_))).then_some(name)
    };
    let of = |path: PathBuf| known(path.file_name()?.to_str()?);
    of(path.to_owned()).or_else(|| of(path.parent()?.to_owned()))
}
