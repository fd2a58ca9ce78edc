//! Apps and what is installed, bought and hooked: the events about a GitHub App and its
//! installations, about the marketplace, sponsorships and hooks.
//!
//! The events: `github_app_authorization`, `installation`, `installation_repositories`,
//! `installation_target`, `marketplace_purchase`, `ping`, `sponsorship`.
//!
//! It leans on no other family.

pub(crate) mod github_app_authorization;
pub(crate) mod granted_repository;
pub(crate) mod hook;
pub(crate) mod installation;
pub(crate) mod installation_event;
pub(crate) mod installation_repositories;
pub(crate) mod installation_target;
pub(crate) mod marketplace_purchase;
pub(crate) mod ping;
pub(crate) mod sponsorship;

pub use github_app_authorization::{GithubAppAuthorizationAction, GithubAppAuthorizationEvent};
pub use granted_repository::GrantedRepository;
pub use hook::{Hook, HookConfig, HookResponse, HookType};
pub use installation::{Installation, InstallationTargetType, RepositorySelection};
pub use installation_event::{InstallationAction, InstallationEvent};
pub use installation_repositories::{
    InstallationRepositoriesAction, InstallationRepositoriesEvent,
};
pub use installation_target::{
    InstallationTargetAccount, InstallationTargetAction, InstallationTargetChanges,
    InstallationTargetEvent,
};
pub use marketplace_purchase::{
    MarketplaceAccount, MarketplacePlan, MarketplacePriceModel, MarketplacePurchase,
    MarketplacePurchaseAction, MarketplacePurchaseEvent,
};
pub use ping::PingEvent;
pub use sponsorship::{
    Sponsorship, SponsorshipAction, SponsorshipChanges, SponsorshipEvent, SponsorshipPrivacy,
    SponsorshipTier,
};
