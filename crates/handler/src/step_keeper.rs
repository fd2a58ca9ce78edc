use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

/// The result of a step that was done, as it is kept for the later attempts of its run.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptStep {
    /// The step's name, of at most [`MAX_NAME_LENGTH`](Self::MAX_NAME_LENGTH) bytes.
    pub name: String,
    /// The Rust type of the result, as [`std::any::type_name`] writes it. It is only compared: the
    /// result goes to nobody who asks for another type.
    pub of_type: String,
    /// The result as JSON, of at most [`MAX_JSON_LENGTH`](Self::MAX_JSON_LENGTH) bytes.
    pub json: Bytes,
}

impl KeptStep {
    /// The longest name of a step, in bytes: room for words and a sha, and little for an index.
    pub const MAX_NAME_LENGTH: usize = 100;

    /// The longest result, in bytes of JSON. It is written while the handler waits, and read with every
    /// later attempt. What is larger belongs into a file or a store of one's own, and its name here.
    pub const MAX_JSON_LENGTH: usize = 64 * 1024;
}

/// Leaves the result out: it may be private, and long.
impl fmt::Debug for KeptStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeptStep")
            .field("name", &self.name)
            .field("json", &format_args!("{} bytes", self.json.len()))
            .finish_non_exhaustive()
    }
}

/// Keeps the results of steps, durably and under the lease of the attempt; for those who write a
/// worker.
#[async_trait]
pub trait StepKeeper: Send + Sync {
    /// Keeps a result, in place of another one of the same name. Only what survives a power cut is
    /// kept.
    ///
    /// # Errors
    ///
    /// Fails when the attempt has lost its lease, or the store cannot write.
    async fn keep(&self, step: KeptStep) -> Result<(), StepNotKept>;
}

/// Why the result of a step was not kept.
#[derive(Debug)]
#[non_exhaustive]
pub enum StepNotKept {
    /// The attempt has lost its lease: somebody else may be at the task. The attempt ends.
    LeaseLost,
    /// The store could not write it. The attempt fails; a later one does the step again.
    Store(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for StepNotKept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeaseLost => formatter.write_str("the lease is lost"),
            Self::Store(_) => formatter.write_str("the store cannot write"),
        }
    }
}

impl Error for StepNotKept {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::LeaseLost => None,
            Self::Store(error) => Some(&**error),
        }
    }
}

/// Keeps nothing: an [`Attempt`](crate::Attempt) remembers by itself what it has done.
pub(crate) struct NoKeeper;

#[async_trait]
impl StepKeeper for NoKeeper {
    async fn keep(&self, _: KeptStep) -> Result<(), StepNotKept> {
        Ok(())
    }
}
