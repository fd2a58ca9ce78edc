//! The buttons of a build: *Run again*, *Cancel*, *Approve*.
//!
//! Each press stands in the journal. The answer leads to what came of it: to the new build, or to the page where it was
//! pressed. What cannot be done is said in a sentence. Pressed twice at once, also at two servers, a button does one thing:
//! what is asked for has an id that both presses have.

// What each leans on, never the other way:
//
//   pressing -> asking -> button
mod asking;
mod button;
mod pressing;

pub(super) use pressing::{buttons, press};
