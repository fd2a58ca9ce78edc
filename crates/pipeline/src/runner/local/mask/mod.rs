//! Masks secrets in what a build writes.

mod forms;
mod masker;
mod patterns;

pub(super) use masker::Masker;
