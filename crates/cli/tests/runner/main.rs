//! The runner of this machine by the real program: what builds do that nobody wants, and what is left of them.

mod support;

mod attach;
mod basics;
mod output;
mod processes;
mod sandbox;
mod secrets;
mod storage;
