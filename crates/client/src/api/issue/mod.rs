//! What issues and pull requests have in common: comments, labels, reactions. To this part of GitHub a pull
//! request is an issue, and its number is the issue's.

pub(crate) mod comment;
pub(crate) mod label;
pub(crate) mod reaction;
pub(crate) mod repository_label;

pub use comment::IssueComment;
pub use label::Label;
pub use reaction::{Reaction, ReactionContent};
pub use repository_label::{LabelOutcome, NewLabel};
