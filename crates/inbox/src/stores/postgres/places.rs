use std::borrow::Cow;

use hookstead_handler::LaneMode;

use super::failure::Failure;
use super::row::text;
use crate::store::accept::NewTask;

/// The places of tasks, one list for each column.
#[derive(Default)]
pub(super) struct Places<'a> {
    pub(super) takers: Vec<i64>,
    pub(super) lanes: Vec<Option<Cow<'a, str>>>,
    pub(super) modes: Vec<Option<&'static str>>,
    pub(super) versions: Vec<Option<i64>>,
    pub(super) befores: Vec<Option<Cow<'a, str>>>,
    pub(super) afters: Vec<Option<Cow<'a, str>>>,
    pub(super) deads: Vec<Option<Cow<'a, str>>>,
}

impl<'a> Places<'a> {
    pub(super) fn of(tasks: impl Iterator<Item = &'a NewTask>) -> Result<Self, Failure> {
        let mut places = Self::default();
        for task in tasks {
            let mode = task.lane.as_ref().map(|lane| &lane.mode);
            let heads = match mode {
                Some(LaneMode::Latest { heads, .. }) => heads.as_ref(),
                _ => None,
            };
            places.takers.push(task.taker.0);
            places.lanes.push(task.lane.as_ref().map(|lane| text(&lane.key)));
            places.modes.push(mode.map(mode_word).transpose()?);
            places.versions.push(match mode {
                Some(LaneMode::Latest { version, .. }) => Some(*version),
                _ => None,
            });
            places.befores.push(heads.and_then(|heads| heads.before.as_deref()).map(text));
            places.afters.push(heads.map(|heads| text(&heads.after)));
            places.deads.push(task.dead.as_deref().map(text));
        }
        Ok(places)
    }
}

fn mode_word(mode: &LaneMode) -> Result<&'static str, Failure> {
    match mode {
        LaneMode::Free => Ok("free"),
        LaneMode::Latest { .. } => Ok("latest"),
        LaneMode::InOrder { halts: false } => Ok("in order"),
        LaneMode::InOrder { halts: true } => Ok("halting"),
        _ => Err(Failure::new("this mode of a lane is not known here")),
    }
}
