//! `/badge/P.svg`: how a project stands, as a picture for other pages.
//!
//! It shows the last build of each job for the default branch, or for `?branch=`, or of one job alone by `?job=`. Of several
//! it shows what needs somebody.

// What each leans on, never the other way:
//
//   finding -> picture -> widths
mod finding;
mod picture;
mod widths;

pub(super) use finding::one;
