use serde::Serialize;

use hookstead_types::decode::empty_as_none;
use hookstead_types::{Decode, Timestamp, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `sponsorship`: somebody began, changed or ended a sponsorship. Only hooks of a sponsored account
/// get it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SponsorshipEvent {
    /// What happened.
    pub action: SponsorshipAction,
    /// The sponsorship.
    pub sponsorship: Box<Sponsorship>,
    /// What changed, as it was before; on `edited`, `tier_changed` and `pending_tier_change`.
    pub changes: Option<Box<SponsorshipChanges>>,
    /// From when on it counts; on `pending_cancellation` and `pending_tier_change`.
    pub effective_date: Option<Timestamp>,
    /// The repository, where the event belongs to one.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a [`Sponsorship`].
    pub enum SponsorshipAction {
        /// It ended.
        Cancelled = "cancelled",
        /// It began.
        Created = "created",
        /// Who sees it changed.
        Edited = "edited",
        /// It will end with the billing cycle.
        PendingCancellation = "pending_cancellation",
        /// It will be smaller from the next billing cycle on.
        PendingTierChange = "pending_tier_change",
        /// It became smaller or greater.
        TierChanged = "tier_changed",
    }
}

/// What somebody gives for somebody's work.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Sponsorship {
    /// The sponsorship's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// When it began.
    pub created_at: Option<Timestamp>,
    /// The account that is given to.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub sponsorable: Option<User>,
    /// Who maintains that account.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub maintainer: Option<User>,
    /// Who gives.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub sponsor: Option<User>,
    /// Who sees it.
    pub privacy_level: Option<SponsorshipPrivacy>,
    /// How much.
    pub tier: Option<SponsorshipTier>,
}

hookstead_types::open_enum! {
    /// Who sees a [`Sponsorship`].
    pub enum SponsorshipPrivacy {
        /// Everybody.
        Public = "public",
        /// The account that is given to.
        Private = "private",
    }
}

/// How much somebody gives.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SponsorshipTier {
    /// The tier's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// What comes with it.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// How much a month, in US cents.
    pub monthly_price_in_cents: Option<u64>,
    /// The same in US dollars.
    pub monthly_price_in_dollars: Option<u64>,
    /// Whether it is given once instead of each month.
    pub is_one_time: Option<bool>,
    /// Whether who gives chose how much.
    pub is_custom_amount: Option<bool>,
    /// The same; GitHub once misspelt it.
    pub is_custom_ammount: Option<bool>,
}

/// What changed about a [`Sponsorship`], as it was before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SponsorshipChanges {
    /// Who saw it.
    pub privacy_level: Option<Change<SponsorshipPrivacy>>,
    /// How much.
    pub tier: Option<Change<SponsorshipTier>>,
}
