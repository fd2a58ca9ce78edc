//! Logs: as a terminal shows them, line by line, while they are written.

// What each leans on, never the other way:
//
//   events -> watching -> watchers -> hub -> ring -> wire, window
//   part -> find, window
//   window -> lines_html -> groups
//   window -> converter -> screen_line -> style -> colour
//             converter -> sequences, marker
mod colour;
mod converter;
mod events;
mod find;
mod groups;
mod hub;
mod lines_html;
mod marker;
mod part;
mod raw;
mod ring;
mod screen_line;
mod sequences;
mod style;
mod watchers;
mod watching;
mod window;
mod wire;

pub(super) use events::{of_build, of_journal, polled};
pub(super) use part::{found, part};
pub(super) use raw::raw;
pub(super) use watchers::Watchers;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod watching_tests;
