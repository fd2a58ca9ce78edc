use crate::fail::fail;
use crate::objects::commit::FakeCommit;
use crate::objects::protection::FakeProtection;
use crate::repository::FakeRepository;
use crate::state::rules::Ruleset;

/// What branches require, and the files in them.
impl FakeRepository {
    /// Protects a branch, in place of the protection that it has.
    ///
    /// # Panics
    ///
    /// If there is no such branch, or it is to have a merge queue and the repository is no organization's.
    #[track_caller]
    pub fn protect(&self, branch: &str, protection: FakeProtection) {
        self.require_branch(branch);
        self.require_organization(&protection);
        self.update(|world| {
            let rules = &mut world.repository_mut(self.index()).rules;
            rules.protections.insert(branch.to_owned(), protection);
            world.requirements_changed(self.index(), branch);
        });
    }

    /// Adds a ruleset for a branch, beside its protection and other rulesets.
    ///
    /// # Panics
    ///
    /// If there is no such branch, or it is to have a merge queue and the repository is no organization's.
    #[track_caller]
    pub fn add_ruleset(&self, branch: &str, requires: FakeProtection) {
        self.require_branch(branch);
        self.require_organization(&requires);
        self.update(|world| {
            let (repository, mint) = world.parts(self.index());
            let ruleset = Ruleset { id: mint.id(), branch: branch.to_owned(), requires };
            repository.rules.rulesets.push(ruleset);
            world.requirements_changed(self.index(), branch);
        });
    }

    /// Puts a file into the repository. Every commit has it; no hook hears of it. With git it is
    /// [committed](Self::commit) to the default branch, and hooks hear of that.
    ///
    /// # Panics
    ///
    /// If git refuses the path.
    #[track_caller]
    pub fn set_file(&self, path: &str, contents: impl Into<Vec<u8>>) {
        let contents = contents.into();
        if self.read(|repository| repository.git.is_none()) {
            return self
                .update(|world| world.repository_mut(self.index()).files.set(path, contents));
        }
        let branch = self.read(|repository| repository.default_branch.clone());
        self.commit(&branch, FakeCommit::new(&format!("Set {path}")).file(path, contents));
    }

    /// GitHub has no merge queues for the repositories of persons.
    #[track_caller]
    fn require_organization(&self, protection: &FakeProtection) {
        if protection.merge_queue && !self.read(|repository| repository.of_organization) {
            fail(&format!("{self} has no merge queues: its owner is no organization"));
        }
    }

    #[track_caller]
    fn require_branch(&self, branch: &str) {
        if !self.read(|repository| repository.branches.contains_key(branch)) {
            fail(&format!("{self} has no branch `{branch}`"));
        }
    }
}
