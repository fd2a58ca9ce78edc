//! What happens to a repository as a whole: made, renamed, opened, starred, described; what callers
//! of the API start in it.
//!
//! The events: `custom_property`, `custom_property_values`, `meta`, `public`, `repository`,
//! `repository_dispatch`, `repository_import`, `security_and_analysis`, `star`, `watch`.
//!
//! It leans on `apps/`: `meta` shows a hook.

pub(crate) mod custom_property;
pub(crate) mod custom_property_event;
pub(crate) mod custom_property_value;
pub(crate) mod custom_property_values;
pub(crate) mod meta;
pub(crate) mod public;
pub(crate) mod repository_dispatch;
pub(crate) mod repository_event;
pub(crate) mod repository_import;
pub(crate) mod security_and_analysis_event;
pub(crate) mod star;
pub(crate) mod watch;

pub use custom_property::{
    CustomProperty, CustomPropertyEditors, CustomPropertySource, CustomPropertyType,
};
pub use custom_property_event::{CustomPropertyAction, CustomPropertyEvent};
pub use custom_property_value::{CustomPropertyValue, CustomPropertyValuesAction};
pub use custom_property_values::CustomPropertyValuesEvent;
pub use meta::{MetaAction, MetaEvent};
pub use public::PublicEvent;
pub use repository_dispatch::RepositoryDispatchEvent;
pub use repository_event::{
    RepositoryAction, RepositoryChanges, RepositoryEvent, RepositoryNameChange, RepositoryOwner,
};
pub use repository_import::{RepositoryImportEvent, RepositoryImportStatus};
pub use security_and_analysis_event::{SecurityAndAnalysisBefore, SecurityAndAnalysisEvent};
pub use star::{StarAction, StarEvent};
pub use watch::{WatchAction, WatchEvent};
