//! Organizations and enterprises: their members, teams, properties and accounts.
//!
//! The events: `enterprise`, `member`, `membership`, `org_block`, `organization`,
//! `organization_custom_property`, `organization_custom_property_values`,
//! `personal_access_token_request`, `team`, `team_add`, `user`.
//!
//! It leans on `apps/` and `repositories/`: a token is granted repositories like an App, and an
//! organization has properties like a repository.

pub(crate) mod enterprise_event;
pub(crate) mod member;
pub(crate) mod membership;
pub(crate) mod org_block;
pub(crate) mod organization_custom_property;
pub(crate) mod organization_custom_property_values;
pub(crate) mod organization_event;
pub(crate) mod personal_access_token_request;
pub(crate) mod team;
pub(crate) mod team_add;
pub(crate) mod team_event;
pub(crate) mod user;

pub use enterprise_event::{EnterpriseAction, EnterpriseEvent};
pub use member::{MemberAction, MemberChanges, MemberEvent};
pub use membership::{MembershipAction, MembershipEvent, MembershipScope};
pub use org_block::{OrgBlockAction, OrgBlockEvent};
pub use organization_custom_property::{
    OrganizationCustomPropertyAction, OrganizationCustomPropertyEvent,
};
pub use organization_custom_property_values::OrganizationCustomPropertyValuesEvent;
pub use organization_event::{
    OrganizationAction, OrganizationChanges, OrganizationEvent, OrganizationInvitation,
    OrganizationMembership,
};
pub use personal_access_token_request::{
    PersonalAccessTokenRequest, PersonalAccessTokenRequestAction, PersonalAccessTokenRequestEvent,
    TokenPermissions, TokenRepositorySelection,
};
pub use team::{Team, TeamPrivacy, TeamType};
pub use team_add::TeamAddEvent;
pub use team_event::{
    TeamAction, TeamChanges, TeamEvent, TeamRepositoryChange, TeamRepositoryPermissions,
};
pub use user::{UserAction, UserEvent};
