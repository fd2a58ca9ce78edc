use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User, UserType};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `marketplace_purchase`: somebody bought, changed or cancelled a plan in GitHub's Marketplace.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MarketplacePurchaseEvent {
    /// What happened.
    pub action: MarketplacePurchaseAction,
    /// From when on it counts.
    pub effective_date: Option<Timestamp>,
    /// The purchase, as it is or will be.
    pub marketplace_purchase: Box<MarketplacePurchase>,
    /// The purchase, as it was before.
    pub previous_marketplace_purchase: Option<Box<MarketplacePurchase>>,
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
    /// What happened to a [`MarketplacePurchase`].
    pub enum MarketplacePurchaseAction {
        /// It was cancelled, and the time that was paid for is over.
        Cancelled = "cancelled",
        /// The plan was changed, and the change counts.
        Changed = "changed",
        /// The plan will change at the end of the billing cycle.
        PendingChange = "pending_change",
        /// It will not change after all.
        PendingChangeCancelled = "pending_change_cancelled",
        /// A plan was bought.
        Purchased = "purchased",
    }
}

/// A plan that somebody bought in GitHub's Marketplace.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MarketplacePurchase {
    /// Who bought it.
    pub account: Option<MarketplaceAccount>,
    /// The plan.
    pub plan: Option<MarketplacePlan>,
    /// How often it is paid for: `monthly` or `yearly`.
    pub billing_cycle: Option<String>,
    /// How many units, seats for instance.
    pub unit_count: Option<u64>,
    /// Whether it is tried for free.
    pub on_free_trial: Option<bool>,
    /// Until when it is.
    pub free_trial_ends_on: Option<Timestamp>,
    /// When it is paid for next.
    pub next_billing_date: Option<Timestamp>,
}

/// Who bought a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MarketplaceAccount {
    /// The account's number.
    pub id: u64,
    /// The name in URLs and mentions.
    pub login: String,
    /// The account's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// What kind of account it is.
    pub r#type: Option<UserType>,
    /// Where the organization's bills go.
    pub organization_billing_email: Option<String>,
}

/// A plan in GitHub's Marketplace.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MarketplacePlan {
    /// The plan's number.
    pub id: u64,
    /// The name for people.
    pub name: Option<String>,
    /// What is in it, in short.
    pub description: Option<String>,
    /// What is in it, in points.
    #[serde(default, deserialize_with = "items")]
    pub bullets: Vec<String>,
    /// How the price is made.
    pub price_model: Option<MarketplacePriceModel>,
    /// What is counted, for a price per unit.
    pub unit_name: Option<String>,
    /// The price for a month, in US cents.
    pub monthly_price_in_cents: Option<u64>,
    /// The price for a year, in US cents.
    pub yearly_price_in_cents: Option<u64>,
    /// Whether it can be tried for free.
    pub has_free_trial: Option<bool>,
}

hookstead_types::open_enum! {
    /// How the price of a [`MarketplacePlan`] is made.
    pub enum MarketplacePriceModel {
        /// There is none.
        Free = "FREE",
        /// It is fixed.
        FlatRate = "FLAT_RATE",
        /// It is so much for each unit.
        PerUnit = "PER_UNIT",
    }
}
