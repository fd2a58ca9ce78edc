//! `/server`: how the server itself does. Nothing here is secret, but what is wrong with the config is told in words only to
//! whoever is signed in.

// What each leans on, never the other way:
//
//   page -> facts
mod facts;
mod page;

pub(super) use page::one;
