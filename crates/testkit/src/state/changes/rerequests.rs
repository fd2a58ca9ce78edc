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
        self.announce_to_installed_app(at, by, Event::CheckRun { action: "rerequested", run });
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
