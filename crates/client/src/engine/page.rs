use hookstead_types::Timestamp;

use crate::engine::trail::Trail;

/// The most items that GitHub puts on a page. Asking for as many makes the fewest calls.
pub(crate) const ITEMS_PER_PAGE: &str = "100";

/// One page of a list. GitHub returns at most 100 items at a time, and this client asks for as many.
///
/// [`Client::next_page`](crate::Client::next_page) gets the page after it,
/// [`Client::items`](crate::Client::items) everything from its beginning to the last page's end.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What is on it, in GitHub's order.
    pub items: Vec<T>,
    next: Option<Next>,
    answered_at: Option<Timestamp>,
}

/// How to get the next page.
#[derive(Debug, Clone)]
pub(crate) struct Next {
    /// What the list is for, as in an error's text.
    pub(crate) purpose: String,
    /// The URL of the page before it.
    pub(crate) from: String,
    /// GitHub's link; it is followed as it stands, cursors and all.
    pub(crate) reference: String,
    /// The pages so far.
    pub(crate) trail: Trail,
    /// The field that the items are in, where a page is an object around them.
    pub(crate) field: Option<&'static str>,
}

impl Next {
    /// The same, come to on this way.
    pub(crate) fn reached_by(self, trail: Trail) -> Self {
        Self { trail, ..self }
    }
}

impl<T> Page<T> {
    pub(crate) fn new(items: Vec<T>, next: Option<Next>, answered_at: Option<Timestamp>) -> Self {
        Self { items, next, answered_at }
    }

    /// When GitHub sent it, by its own clock, in whole seconds: what compares with the times on the page,
    /// while this machine's clock may be wrong. `None` when the answer has no `Date`.
    #[must_use]
    pub fn answered_at(&self) -> Option<&Timestamp> {
        self.answered_at.as_ref()
    }

    /// The same page, come to on this way.
    pub(crate) fn reached_by(self, trail: Trail) -> Self {
        Self { next: self.next.map(|next| next.reached_by(trail)), ..self }
    }

    /// Whether GitHub has more.
    #[must_use]
    pub fn has_next(&self) -> bool {
        self.next.is_some()
    }

    pub(crate) fn into_next(self) -> Option<Next> {
        self.next
    }

    pub(crate) fn next(&self) -> Option<&Next> {
        self.next.as_ref()
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
