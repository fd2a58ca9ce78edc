use hookstead_types::{Decode, HookContentType, Timestamp};
use http::Method;
use serde::Deserialize;

use crate::api::hook::hook_delivery::{self, HookDeliveries};
use crate::api::hook::new_hook::{HookConfigUpdate, HookUpdate, NewHook};
use crate::client::Client;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::Repo;

/// A webhook, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Hook {
    /// Its number.
    pub id: u64,
    /// Where it delivers to, and how.
    #[serde(default)]
    pub config: HookConfig,
    /// Whether it delivers.
    pub active: Option<bool>,
    /// The events that it delivers; `*` stands for all.
    #[serde(default)]
    pub events: Vec<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// What came of its last delivery; for hooks of repositories.
    pub last_response: Option<HookResponse>,
}

/// Where a hook delivers to, and how, as the API shows it. GitHub never tells the secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct HookConfig {
    /// The address.
    pub url: Option<String>,
    /// The encoding.
    pub content_type: Option<HookContentType>,
    /// Whether it has a secret, and so signs what it delivers.
    #[serde(default, rename = "secret", deserialize_with = "is_given")]
    pub has_secret: bool,
}

fn is_given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.is_some_and(|stars| !stars.is_empty()))
}

/// What came of a hook's last delivery, as the API shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct HookResponse {
    /// The status that the receiver answered with.
    pub code: Option<u16>,
    /// GitHub's word for it.
    pub status: Option<String>,
    /// GitHub's words about it.
    pub message: Option<String>,
}

/// The hooks of a repository or an organization, from [`Repo::hooks`] and
/// [`Client::organization_hooks`].
///
/// Permissions: *Webhooks* of the repository or the organization, read and write; a classic token needs
/// `admin:repo_hook` or `admin:org_hook`.
#[derive(Debug, Clone)]
pub struct Hooks {
    core: Core,
    /// Where the path begins.
    place: &'static str,
    /// What fills the braces in it.
    names: Vec<String>,
    /// As in an error's text.
    shown: String,
}

/// Where the paths of hooks begin.
const IN_HOOKS: &[&str] = &[OF_REPOSITORY, OF_ORGANIZATION];
const OF_REPOSITORY: &str = "/repos/{owner}/{repo}/hooks";
const OF_ORGANIZATION: &str = "/orgs/{org}/hooks";

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] =
    &[&CREATE, &LIST, &GET, &UPDATE, &UPDATE_CONFIG, &DELETE, &PING];

static CREATE: Endpoint = Endpoint::write("Hooks::create", Method::POST, IN_HOOKS, "")
    .permission("*Webhooks* write")
    .repeated(Repetition::Never, "there would be two of them");

static LIST: Endpoint = Endpoint::get("Hooks::list", IN_HOOKS, "").permission("*Webhooks* read");

static GET: Endpoint =
    Endpoint::get("Hooks::get", IN_HOOKS, "/{hook_id}").permission("*Webhooks* read");

static UPDATE: Endpoint = Endpoint::write("Hooks::update", Method::PATCH, IN_HOOKS, "/{hook_id}")
    .permission("*Webhooks* write")
    .repeated(Repetition::Harmless, "it is the same change");

static UPDATE_CONFIG: Endpoint =
    Endpoint::write("Hooks::update_config", Method::PATCH, IN_HOOKS, "/{hook_id}/config")
        .permission("*Webhooks* write")
        .repeated(Repetition::Harmless, "it is the same change");

static DELETE: Endpoint = Endpoint::write("Hooks::delete", Method::DELETE, IN_HOOKS, "/{hook_id}")
    .permission("*Webhooks* write")
    .repeated(Repetition::FindsItDone, "it is gone either way");

static PING: Endpoint = Endpoint::write("Hooks::ping", Method::POST, IN_HOOKS, "/{hook_id}/pings")
    .permission("*Webhooks* write")
    .repeated(Repetition::Harmless, "a ping does nothing");

impl Repo {
    /// The hooks of this repository.
    #[must_use]
    pub fn hooks(&self) -> Hooks {
        let names = [self.name().owner(), self.name().name()].map(str::to_owned).into();
        Hooks {
            core: self.core().clone(),
            place: OF_REPOSITORY,
            names,
            shown: self.name().to_string(),
        }
    }
}

impl Client {
    /// The hooks of this organization.
    #[must_use]
    pub fn organization_hooks(&self, organization: impl Into<String>) -> Hooks {
        let shown = organization.into();
        let names = vec![shown.clone()];
        Hooks { core: self.core().clone(), place: OF_ORGANIZATION, names, shown }
    }
}

impl Hooks {
    /// Creates a hook. GitHub sends a `ping` to it.
    ///
    /// It is [repeated](crate#what-is-repeated) only when GitHub has surely not processed it: there would
    /// be two hooks.
    ///
    /// Permission: *Webhooks* write.
    ///
    /// # Errors
    ///
    /// Fails when there is such a hook already (422), or the call fails on the way, see [`Error`].
    pub async fn create(&self, hook: &NewHook) -> Result<Hook, Error> {
        let call = self.call(&CREATE, "create a hook", None)?;
        let call = call.unless(hook.problem())?.json(hook)?;
        self.core.send(call).await?.decode()
    }

    /// Lists the hooks.
    ///
    /// Permission: *Webhooks* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn list(&self) -> Result<Page<Hook>, Error> {
        let call = self.call(&LIST, "list the hooks", None)?;
        self.core.send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }

    /// Gets a hook.
    ///
    /// Permission: *Webhooks* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn get(&self, id: u64) -> Result<Hook, Error> {
        let call = self.call(&GET, &format!("get hook {id}"), Some(id))?;
        self.core.send(call).await?.decode()
    }

    /// Changes which events a hook delivers, and whether it does. It leaves the configuration, and so
    /// the secret, alone.
    ///
    /// GitHub adds and removes single events of a repository's hook only. For an organization's, the
    /// hook is read first and all of its events are named; of two such changes at the same moment one is
    /// lost.
    ///
    /// Permission: *Webhooks* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn update(&self, id: u64, update: &HookUpdate) -> Result<Hook, Error> {
        let purpose = format!("update hook {id}");
        let mut call = self.call(&UPDATE, &purpose, Some(id))?;
        call = if update.is_relative() && self.is_of_organization() {
            let now = self.get(id).await?.events;
            call.json(&update.absolute(now))?
        } else {
            call.json(update)?
        };
        self.core.send(call).await?.decode()
    }

    /// Changes some of a hook's configuration and leaves the rest as it is: a new address does not lose
    /// the secret, as it would by GitHub's other way to change it.
    ///
    /// Permission: *Webhooks* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn update_config(
        &self,
        id: u64,
        update: &HookConfigUpdate,
    ) -> Result<HookConfig, Error> {
        let purpose = format!("update the configuration of hook {id}");
        let call = self.call(&UPDATE_CONFIG, &purpose, Some(id))?;
        let call = call.unless(update.problem())?.json(update)?;
        let answer = self.core.send(call).await?;
        answer.decode_with_any_of(&["url", "content_type", "insecure_ssl", "secret"])
    }

    /// Deletes a hook.
    ///
    /// Permission: *Webhooks* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn delete(&self, id: u64) -> Result<(), Error> {
        let call = self.call(&DELETE, &format!("delete hook {id}"), Some(id))?;
        self.core.send(call).await?.gone()
    }

    /// Asks GitHub to send a `ping` event to a hook.
    ///
    /// Permission: *Webhooks* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn ping(&self, id: u64) -> Result<(), Error> {
        let call = self.call(&PING, &format!("ping hook {id}"), Some(id))?;
        self.core.send(call).await?.done()
    }

    /// The deliveries of a hook.
    #[must_use]
    pub fn deliveries(&self, id: u64) -> HookDeliveries {
        let place = if self.is_of_organization() {
            hook_delivery::OF_ORGANIZATION
        } else {
            hook_delivery::OF_REPOSITORY
        };
        let mut names = self.names.clone();
        names.push(id.to_string());
        let shown = format!("hook {id} of {}", self.shown);
        HookDeliveries::new(self.core.clone(), place, names, shown)
    }

    fn is_of_organization(&self) -> bool {
        self.place == OF_ORGANIZATION
    }

    fn call(&self, endpoint: &Endpoint, what: &str, id: Option<u64>) -> Result<Call, Error> {
        let id = id.map(|id| id.to_string());
        let values = self.names.iter().chain(&id).map(String::as_str);
        Call::of(endpoint, self.place, format!("{what} of {}", self.shown), values)
    }
}
