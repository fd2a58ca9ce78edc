//! How much memory one decode may ask for.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::Error;

/// What the allocator needs for itself beside a short text.
const ALLOCATION: usize = 16;

/// What a key of a map counts that was there before. It takes no memory, but time; and no sender of
/// good will writes one.
pub const REPEATED_KEY: usize = 128;

thread_local! {
    /// The bytes that are left; below zero once it was too much. Without a budget there is no end
    /// to them that anybody could reach.
    static LEFT: Cell<isize> = const { Cell::new(isize::MAX) };
}

/// A limit on the memory that is asked for on this thread while it lives.
///
/// A struct can be a hundred times as large as the JSON it is read from: `{"id":""}` becomes a
/// whole commit. So whoever sends the most of the smallest objects would have the reader take a
/// hundred times the memory that was sent, and the time to fill it. With a budget what is read by
/// [`Decode`](crate::Decode), [`items`](super::decode::items) and
/// [`entries`](super::decode::entries) is counted, before it is made. What is let go again counts
/// as well, since it took its time. The text of strings does not count: it is no longer than its
/// JSON.
///
/// Budgets nest: each has its own count, and the one before goes on when it is dropped.
///
/// ```
/// use hookstead_types::{User, decode::Budget};
///
/// let budget = Budget::of(100);
/// let user = serde_json::from_str::<User>(r#"{"login": "octocat", "id": 1}"#);
/// assert!(user.is_err() && budget.is_exceeded());
/// ```
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Budget {
    /// What was left of the budget before.
    before: isize,
    /// It belongs to this thread.
    thread: PhantomData<*const ()>,
}

impl Budget {
    /// A budget of so many bytes, from now on.
    pub fn of(bytes: usize) -> Self {
        let bytes = isize::try_from(bytes).unwrap_or(isize::MAX);
        Self { before: LEFT.replace(bytes), thread: PhantomData }
    }

    /// Whether more was asked for.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        is_exceeded()
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        LEFT.set(self.before);
    }
}

/// Whether more was asked for than the thread's budget allows, if it has one.
#[inline]
#[must_use]
pub fn is_exceeded() -> bool {
    LEFT.get() < 0
}

/// Counts bytes that are about to be asked for.
///
/// # Errors
///
/// Fails when they are more than is left. From then on it always does.
#[inline]
pub fn charge<E: Error>(bytes: usize) -> Result<(), E> {
    spend(bytes);
    if is_exceeded() { Err(exceeded()) } else { Ok(()) }
}

/// Counts bytes like [`charge`], where there is an error already.
#[inline]
pub fn spend(bytes: usize) {
    LEFT.set(LEFT.get().saturating_sub_unsigned(bytes));
}

#[cold]
fn exceeded<E: Error>() -> E {
    E::custom("takes too much memory for its length")
}

/// Adds an item, and counts the room for it whenever there has to be more.
///
/// # Errors
///
/// Fails when it is more than is left.
pub fn push<T, E: Error>(items: &mut Vec<T>, item: T) -> Result<(), E> {
    let size = size_of::<T>();
    if items.len() == items.capacity() {
        // As the standard library does it.
        let more = items.capacity().max(if size <= 1024 { 4 } else { 1 });
        charge(more.saturating_mul(size))?;
        items.reserve_exact(more);
    }
    if std::mem::needs_drop::<T>() {
        charge(ALLOCATION)?;
    }
    items.push(item);
    Ok(())
}

/// Adds an entry to a map, and counts the room for it.
///
/// # Errors
///
/// Fails when it is more than is left.
pub fn insert<T, E: Error>(
    entries: &mut BTreeMap<String, T>,
    key: String,
    value: T,
) -> Result<(), E> {
    charge_entry::<T, E>(entries.len())?;
    match entries.insert(key, value) {
        Some(_) => charge(REPEATED_KEY),
        None => Ok(()),
    }
}

/// Counts one more entry of a map that has so many.
///
/// # Errors
///
/// Fails when it is more than is left.
pub fn charge_entry<T, E: Error>(length: usize) -> Result<(), E> {
    /// A node of a B-tree has room for so many, and is made for the first one.
    const NODE: usize = 11;
    let entries = match length {
        0 => NODE,
        1..NODE => 0,
        // Nodes are nearly half empty when keys come in order.
        _ => 2,
    };
    charge((entries * size_of::<(String, T)>()).saturating_add(ALLOCATION))
}
