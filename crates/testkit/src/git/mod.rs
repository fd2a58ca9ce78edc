//! Repositories of git's own, bare, in temporary folders. This knows the program `git` and nothing of GitHub:
//! what a push means, and who may push, is decided above.

pub(crate) mod changes;
pub(crate) mod commit;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod folder;
pub(crate) mod gzip;
pub(crate) mod log;
pub(crate) mod merge;
pub(crate) mod person;
pub(crate) mod program;
pub(crate) mod refs;
pub(crate) mod repository;
pub(crate) mod service;
