//! Roles that one process at a time has, and when something will be due.

use std::time::Duration;

use super::moment::Moment;
use super::shelf::Shelf;
use crate::store::registry::Process;

impl Shelf {
    pub(super) fn hold(
        &mut self,
        role: &str,
        process: &Process,
        duration: Duration,
        now: Moment,
    ) -> bool {
        let holder = self.roles.get(role).filter(|(_, until)| *until > now);
        let may = holder.is_none_or(|(id, _)| *id == process.id);
        if may {
            self.roles.insert(role.to_owned(), (process.id.clone(), now.after(duration)));
        }
        may
    }

    pub(super) fn leave(&mut self, process: &Process) {
        self.registry.leave(process);
        self.roles.retain(|_, (id, _)| *id != process.id);
    }
}
