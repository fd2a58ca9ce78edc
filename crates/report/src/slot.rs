use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use hookstead_client::Repo;
use hookstead_types::RepoName;

/// The slots of all reporters that live. A slot leaves with its last reporter, so there are never
/// more than there are reporters; and once the older ones are gone there is nobody to be kept from
/// posting.
static SLOTS: LazyLock<Mutex<HashMap<Key, Weak<Slot>>>> = LazyLock::new(Mutex::default);

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(1);

/// What GitHub keeps apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    base_url: String,
    repo: RepoName,
    /// What is reported on, in this repository.
    name: String,
}

/// The one place in this process that something has which is reported on. Whoever posts there waits for
/// its turn, so that reports arrive in the order in which they were meant.
#[derive(Debug)]
pub(crate) struct Slot {
    key: Key,
    /// The newest reporter that began: its number, and the work that it reports on.
    newest: Mutex<(u64, String)>,
    pub(crate) turn: tokio::sync::Mutex<Option<Posted>>,
}

/// What was posted last.
#[derive(Debug)]
pub(crate) struct Posted {
    /// The reporter's number.
    pub(crate) by: u64,
    /// The report, as JSON.
    pub(crate) said: String,
}

impl Slot {
    /// The slot that every reporter on this has, with a number that is higher than those of
    /// all reporters before.
    pub(crate) fn join(repo: &Repo, name: String) -> (Arc<Self>, u64) {
        let key = Key { base_url: repo.client().base_url(), repo: repo.name().clone(), name };
        let mut slots = slots();
        let number = NEXT_NUMBER.fetch_add(1, Ordering::SeqCst);
        if let Some(slot) = slots.get(&key).and_then(Weak::upgrade) {
            return (slot, number);
        }
        let (newest, turn) = (Mutex::default(), tokio::sync::Mutex::new(None));
        let slot = Arc::new(Self { key: key.clone(), newest, turn });
        slots.insert(key, Arc::downgrade(&slot));
        (slot, number)
    }

    /// From now on, reporters with lower numbers are silent.
    pub(crate) fn take_over(&self, number: u64, work: &str) {
        let mut newest = self.newest();
        if number > newest.0 {
            *newest = (number, work.to_owned());
        }
    }

    /// Whether the newest reporter that lives and has begun is one of other work than this.
    pub(crate) fn is_taken_by_others(&self, work: &str) -> bool {
        let newest = self.newest();
        newest.0 > 0 && newest.1 != work
    }

    /// Whether a newer reporter than this one began.
    pub(crate) fn is_taken_from(&self, number: u64) -> bool {
        self.newest().0 > number
    }

    fn newest(&self) -> MutexGuard<'_, (u64, String)> {
        // Each change is whole.
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut slots = slots();
        // Another may have taken its place already: then that one's entry lives.
        if slots.get(&self.key).is_some_and(|entry| entry.strong_count() == 0) {
            slots.remove(&self.key);
        }
    }
}

fn slots() -> MutexGuard<'static, HashMap<Key, Weak<Slot>>> {
    // Nothing panics while it holds the lock, and every step leaves the map whole.
    SLOTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use hookstead_client::{Client, Token};

    use super::*;

    fn repo(port: u16, name: &str) -> Repo {
        let builder = Client::builder(Token::new("t").unwrap());
        let client = builder.base_url(format!("http://127.0.0.1:{port}")).build().unwrap();
        client.repo(&name.parse().unwrap())
    }

    fn join(repo: &Repo, name: &str) -> (Arc<Slot>, u64) {
        Slot::join(repo, name.to_owned())
    }

    #[test]
    fn a_slot_is_shared_by_what_github_takes_for_the_same() {
        let (first, older) = join(&repo(1, "slot/shared"), "ci/demo");
        let (same, newer) = join(&repo(1, "SLOT/Shared"), "ci/demo");
        assert!(Arc::ptr_eq(&first, &same));
        assert!(newer > older);
        for (repo, name) in [
            (repo(2, "slot/shared"), "ci/demo"),
            (repo(1, "slot/other"), "ci/demo"),
            (repo(1, "slot/shared"), "ci/other"),
        ] {
            assert!(!Arc::ptr_eq(&first, &join(&repo, name).0));
        }
    }

    #[test]
    fn only_one_that_began_silences_the_older() {
        let (slot, older) = join(&repo(1, "slot/begins"), "ci/demo");
        let (_, newer) = join(&repo(1, "slot/begins"), "ci/demo");
        assert!(!slot.is_taken_by_others("one"), "nobody has begun");
        slot.take_over(older, "one");
        assert!(!slot.is_taken_from(older));
        assert!(!slot.is_taken_by_others("one"));
        slot.take_over(newer, "two");
        slot.take_over(older, "one");
        assert!(slot.is_taken_by_others("one"));
        assert!(slot.is_taken_from(older));
        assert!(!slot.is_taken_from(newer));
    }

    #[test]
    fn a_slot_leaves_with_its_last_reporter() {
        let (slot, _) = join(&repo(1, "slot/leaves"), "ci/demo");
        let key = slot.key.clone();
        let (again, _) = join(&repo(1, "slot/leaves"), "ci/demo");
        drop(slot);
        assert!(slots().contains_key(&key));
        drop(again);
        assert!(!slots().contains_key(&key));
    }
}
