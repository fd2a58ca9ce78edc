//! From the text of a file to a [`Config`](super::Config).

mod environment;
mod job;
mod literal;
mod names;
mod parse;
mod project;
mod section;
mod steps;
mod syntax;
mod top;
mod typed;
mod url;
mod value;
mod variables;
