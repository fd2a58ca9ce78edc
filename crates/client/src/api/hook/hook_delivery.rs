use std::collections::BTreeMap;
use std::fmt;

use hookstead_types::{Decode, Timestamp};
use http::Method;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::client::Client;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};

/// One attempt of GitHub's to deliver an event. GitHub keeps it for three days, an Enterprise Server
/// for seven.
#[derive(Debug, Clone, PartialEq, Decode)]
#[non_exhaustive]
pub struct HookDelivery {
    /// Its number. Every attempt has another.
    pub id: u64,
    /// The delivery's `X-GitHub-Delivery`: the same for all attempts, and all hooks, of one event.
    pub guid: String,
    /// `OK`, or what went wrong, in GitHub's words; see [`is_ok`](Self::is_ok).
    pub status: String,
    /// The status that the receiver answered with; 0 when it did not.
    pub status_code: Option<u16>,
    /// The event's name.
    pub event: Option<String>,
    /// The event's action.
    pub action: Option<String>,
    /// Whether somebody asked for it to be delivered again.
    pub redelivery: Option<bool>,
    /// When GitHub tried.
    pub delivered_at: Option<Timestamp>,
    /// When GitHub put it off because of too many deliveries.
    pub throttled_at: Option<Timestamp>,
    /// How long the receiver took, in seconds.
    pub duration: Option<f64>,
    /// The installation that it belongs to.
    pub installation_id: Option<u64>,
    /// The repository that it belongs to.
    pub repository_id: Option<u64>,
    /// What GitHub sent; only from [`HookDeliveries::get`].
    pub request: Option<HookMessage>,
    /// What the receiver answered; only from [`HookDeliveries::get`].
    pub response: Option<HookMessage>,
}

impl HookDelivery {
    /// Whether it arrived and was taken. A receiver that was not reached has no status code, so this
    /// asks what GitHub itself says.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == "OK"
    }
}

/// What was sent in one direction.
#[derive(Clone, Default, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct HookMessage {
    /// The headers, as GitHub spells them.
    #[serde(default, deserialize_with = "texts")]
    pub headers: BTreeMap<String, String>,
    /// The body: the event as JSON, or the receiver's answer as text.
    // An answer's length is limited, and GitHub made it: nothing is counted here.
    #[serde(default, deserialize_with = "serde::Deserialize::deserialize")]
    pub payload: Value,
}

/// GitHub records headers as texts; what is none is left out.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?;
    let text = |(name, value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    };
    Ok(headers.unwrap_or_default().into_iter().filter_map(text).collect())
}

/// Leaves headers and payload out: signatures, and the event's contents.
impl fmt::Debug for HookMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HookMessage").finish_non_exhaustive()
    }
}

/// The deliveries of one hook, from [`Hooks::deliveries`](crate::Hooks::deliveries) or
/// [`Client::app_hook_deliveries`].
///
/// What failed while the receiver was down is found and delivered again so. (The crate
/// `hookstead-recovery` does it every few minutes, and knows what arrived nevertheless.)
///
/// ```no_run
/// use hookstead_client::{Error, HookDeliveries};
///
/// # async fn recover(github: hookstead_client::Client, deliveries: HookDeliveries) -> Result<(), Error> {
/// let mut all = github.items(deliveries.list().await?);
/// while let Some(delivery) = all.next().await {
///     let delivery = delivery?;
///     if !delivery.is_ok() {
///         deliveries.redeliver(delivery.id).await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct HookDeliveries {
    core: Core,
    /// Where the path begins.
    place: &'static str,
    /// What fills the braces in it.
    names: Vec<String>,
    /// As in an error's text.
    shown: String,
}

/// Where the paths of deliveries begin.
const IN_DELIVERIES: &[&str] = &[OF_REPOSITORY, OF_ORGANIZATION, OF_APP];
pub(crate) const OF_REPOSITORY: &str = "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries";
pub(crate) const OF_ORGANIZATION: &str = "/orgs/{org}/hooks/{hook_id}/deliveries";
const OF_APP: &str = "/app/hook/deliveries";

const READ: &str = "*Webhooks* read; for the App's own hook, its JWT";
const WRITE: &str = "*Webhooks* write; for the App's own hook, its JWT";

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&LIST, &GET, &REDELIVER];

static LIST: Endpoint = Endpoint::get("HookDeliveries::list", IN_DELIVERIES, "").permission(READ);

static GET: Endpoint =
    Endpoint::get("HookDeliveries::get", IN_DELIVERIES, "/{delivery_id}").permission(READ);

static REDELIVER: Endpoint = Endpoint::write(
    "HookDeliveries::redeliver",
    Method::POST,
    IN_DELIVERIES,
    "/{delivery_id}/attempts",
)
.permission(WRITE)
.repeated(Repetition::Never, "handlers would run twice");

impl Client {
    /// The deliveries of the App's own hook. The client has to have the App's own key.
    ///
    /// Permission: none; an App's JWT.
    #[must_use]
    pub fn app_hook_deliveries(&self) -> HookDeliveries {
        HookDeliveries::new(self.core().clone(), OF_APP, Vec::new(), "the App's hook".to_owned())
    }
}

impl HookDeliveries {
    pub(crate) fn new(core: Core, place: &'static str, names: Vec<String>, shown: String) -> Self {
        Self { core, place, names, shown }
    }

    /// Lists the deliveries, the newest first.
    ///
    /// Permission: *Webhooks* read; for the App's own hook, its JWT.
    ///
    /// # Errors
    ///
    /// Fails when there is no such hook (404) or the call fails on the way, see [`Error`].
    pub async fn list(&self) -> Result<Page<HookDelivery>, Error> {
        let purpose = format!("list the deliveries of {}", self.shown);
        let call = self.call(&LIST, purpose, None)?;
        self.core.send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }

    /// Gets a delivery with what was sent and answered.
    ///
    /// Permission: *Webhooks* read; for the App's own hook, its JWT.
    ///
    /// # Errors
    ///
    /// Fails when GitHub does not know it, or no longer (404), or the call fails on the way, see
    /// [`Error`].
    pub async fn get(&self, id: u64) -> Result<HookDelivery, Error> {
        let purpose = format!("get delivery {id} of {}", self.shown);
        let call = self.call(&GET, purpose, Some(id))?;
        self.core.send(call).await?.decode()
    }

    /// Asks GitHub to deliver again, which becomes another attempt with the same
    /// [`guid`](HookDelivery::guid).
    ///
    /// It is [repeated](crate#what-is-repeated) only when GitHub has surely not processed it: a handler
    /// runs for each delivery.
    ///
    /// Permission: *Webhooks* write; for the App's own hook, its JWT.
    ///
    /// # Errors
    ///
    /// Fails when GitHub does not know it, or no longer (404), or the call fails on the way, see
    /// [`Error`].
    pub async fn redeliver(&self, id: u64) -> Result<(), Error> {
        let purpose = format!("redeliver delivery {id} of {}", self.shown);
        let call = self.call(&REDELIVER, purpose, Some(id))?;
        self.core.send(call).await?.done()
    }

    fn call(&self, endpoint: &Endpoint, purpose: String, id: Option<u64>) -> Result<Call, Error> {
        let id = id.map(|id| id.to_string());
        let values = self.names.iter().chain(&id).map(String::as_str);
        Call::of(endpoint, self.place, purpose, values)
    }
}
