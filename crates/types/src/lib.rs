//! The words that GitHub uses in both directions: in the webhooks it sends and in the REST calls
//! it answers.
//!
//! Everything here follows one rule: **what GitHub really sends is never refused**. GitHub adds
//! enum values, fields and shapes without notice, so
//!
//! * an enum of GitHub's is *open*: a value that this version does not know keeps its text and is
//!   written back as it came (see [`open_enum!`]);
//! * a [`Timestamp`] accepts every form seen in the wild and keeps the text of any other;
//! * a [`User`] needs a login and an id, everything else may be missing or `null`.
//!
//! ```
//! use hookstead_types::{RepoName, StatusState, Timestamp};
//!
//! let name: RepoName = "octocat/hello-world".parse()?;
//! assert_eq!((name.owner(), name.name()), ("octocat", "hello-world"));
//!
//! assert_eq!(StatusState::from("pending"), StatusState::Pending);
//! assert_eq!(StatusState::from("brand_new").as_str(), "brand_new");
//!
//! let pushed = Timestamp::from_epoch_seconds(1_557_933_642);
//! assert_eq!(pushed.to_string(), "2019-05-15T15:20:42Z");
//! # Ok::<(), hookstead_types::InvalidRepoName>(())
//! ```

#[doc(hidden)]
pub mod __private;
mod back_off;
mod chain;
mod check_conclusion;
mod check_status;
pub mod decode;
mod decode_budget;
mod deployment_state;
mod hook_content_type;
mod invisible_end;
mod json_path;
mod merge_method;
mod open_enum;
mod outage;
mod pull_request_state;
mod repo_name;
mod retry_after;
mod setting_text;
mod sha;
mod status_state;
mod timestamp;
mod user;
mod without_contents;

pub use back_off::BackOff;
pub use hookstead_derive::Decode;

pub use check_conclusion::CheckConclusion;
pub use check_status::CheckStatus;
pub use deployment_state::DeploymentState;
pub use hook_content_type::HookContentType;
pub use invisible_end::{InvisibleEnd, is_unseen};
pub use merge_method::MergeMethod;
pub use outage::Outage;
pub use pull_request_state::PullRequestState;
pub use repo_name::{InvalidRepoName, RepoName};
pub use retry_after::RetryAfter;
pub use setting_text::{SettingError, SettingSource, SettingText};
pub use sha::{InvalidSha, Sha};
pub use status_state::StatusState;
pub use timestamp::Timestamp;
pub use user::{OMITTED_USER_LINKS, User, UserType};

// `Decode` writes paths that begin with this crate's name, here as well.
extern crate self as hookstead_types;
