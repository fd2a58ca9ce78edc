//! What git knows: commits, what lies between two of them, branches, files.

pub(crate) mod branch;
pub(crate) mod commit;
pub(crate) mod commit_filter;
pub(crate) mod comparison;
pub(crate) mod file;
pub(crate) mod tree;

pub use branch::{Branch, BranchHead, BranchProtection, ProtectingCheck, ProtectingChecks};
pub use commit::{ChangedFile, Commit, CommitDetails, CommitPerson, FileChange, ObjectName};
pub use commit_filter::CommitFilter;
pub use comparison::{Comparison, ComparisonStatus};
pub use tree::{Tree, TreeEntry};
