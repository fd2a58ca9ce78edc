//! Projects: the classic ones with their columns and cards, and those of the second version.
//!
//! The events: `project`, `project_card`, `project_column`, `projects_v2`, `projects_v2_item`,
//! `projects_v2_status_update`.
//!
//! It leans on no other family.

pub(crate) mod project;
pub(crate) mod project_card;
pub(crate) mod project_column;
pub(crate) mod project_event;
pub(crate) mod projects_v2;
pub(crate) mod projects_v2_item;
pub(crate) mod projects_v2_status_update;
pub(crate) mod projects_v2_status_update_event;

pub use project::{Project, ProjectState};
pub use project_card::{ProjectCard, ProjectCardAction, ProjectCardChanges, ProjectCardEvent};
pub use project_column::{
    ProjectColumn, ProjectColumnAction, ProjectColumnChanges, ProjectColumnEvent,
};
pub use project_event::{ProjectAction, ProjectChanges, ProjectEvent};
pub use projects_v2::{ProjectsV2, ProjectsV2Action, ProjectsV2Changes, ProjectsV2Event};
pub use projects_v2_item::{
    ProjectsV2FieldChange, ProjectsV2FieldChoice, ProjectsV2FieldType, ProjectsV2FieldValue,
    ProjectsV2Item, ProjectsV2ItemAction, ProjectsV2ItemChanges, ProjectsV2ItemEvent,
    ProjectsV2ItemType,
};
pub use projects_v2_status_update::{ProjectsV2Status, ProjectsV2StatusUpdate};
pub use projects_v2_status_update_event::{
    ProjectsV2StatusUpdateAction, ProjectsV2StatusUpdateChanges, ProjectsV2StatusUpdateEvent,
};
