use crate::state::occurrence::Event;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Somebody wants a check run again: its suite is queued until the App changes one of its runs. The run
    /// stays as it is. `None`: there is none.
    pub(crate) fn rerequest_check_run(
        &mut self,
        at: RepositoryIndex,
        id: u64,
        by: &str,
    ) -> Option<()> {
        let repository = self.repository_mut(at);
        let run = repository.check_run(id)?.clone();
        repository.requeued_suites.insert(run.suite);
        let run = Box::new(repository.check_run_facts(&run));
        let event = Event::CheckRun { action: "rerequested", run, pressed: None };
        self.announce_to_installed_app(at, by, event);
        Some(())
    }

    /// Somebody presses a button of a check run. `None`: there is no such button.
    pub(crate) fn press_check_action(
        &mut self,
        at: RepositoryIndex,
        id: u64,
        identifier: &str,
        by: &str,
    ) -> Option<()> {
        let repository = self.repository(at);
        let run = repository.check_run(id)?;
        let pressed = run.actions.iter().find(|it| *it == identifier)?.clone();
        let (run, pressed) = (Box::new(repository.check_run_facts(run)), Some(pressed));
        let event = Event::CheckRun { action: "requested_action", run, pressed };
        self.announce_to_installed_app(at, by, event);
        Some(())
    }

    /// Somebody wants all check runs of a suite again. `None`: there is none.
    pub(crate) fn rerequest_check_suite(
        &mut self,
        at: RepositoryIndex,
        id: u64,
        by: &str,
    ) -> Option<()> {
        let repository = self.repository_mut(at);
        repository.suite_facts(id)?;
        repository.requeued_suites.insert(id);
        let suite = Box::new(repository.suite_facts(id)?);
        self.announce_to_installed_app(at, by, Event::CheckSuite { action: "rerequested", suite });
        Some(())
    }
}
