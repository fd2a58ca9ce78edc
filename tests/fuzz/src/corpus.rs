//! The inputs that the mutations begin with.

use std::path::Path;

use hookstead_events::EventName;
use hookstead_testkit::samples;

/// The seeds of a target: those in its folder, and for events a sample of each.
///
/// # Panics
///
/// When the folder cannot be read.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    // The same order everywhere, so that a seed means the same.
    files.sort();
    let mut seeds: Vec<_> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    if matches!(target, "event" | "envelope") {
        for name in samples::EVENTS {
            let payload = samples::payload(&EventName::from(*name)).unwrap();
            let line = if target == "event" { format!("{name}\n") } else { String::new() };
            seeds.push(format!("{line}{payload}").into_bytes());
        }
    }
    seeds
}
