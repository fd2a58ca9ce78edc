use hookstead_types::{Decode, Timestamp};
use http::Method;
use serde::Deserialize;

use crate::api::hook::hook_content_type::HookContentType;
use crate::api::hook::hook_delivery::HookDeliveries;
use crate::api::hook::new_hook::{HookConfigUpdate, HookUpdate, NewHook};
use crate::client::Client;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::Repo;

/// A webhook as GitHub keeps it.
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

/// Where a hook delivers to, and how. GitHub never tells the secret.
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

/// What came of a hook's last delivery.
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
    /// `repos`, the owner, the name; or `orgs` and the name.
    place: Vec<String>,
    /// As in an error's text.
    shown: String,
}

impl Repo {
    /// The hooks of this repository.
    #[must_use]
    pub fn hooks(&self) -> Hooks {
        let place = ["repos", self.name().owner(), self.name().name()].map(str::to_owned).into();
        Hooks { core: self.core().clone(), place, shown: self.name().to_string() }
    }
}

impl Client {
    /// The hooks of this organization.
    #[must_use]
    pub fn organization_hooks(&self, organization: impl Into<String>) -> Hooks {
        let shown = organization.into();
        let place = vec!["orgs".to_owned(), shown.clone()];
        Hooks { core: self.core().clone(), place, shown }
    }
}

impl Hooks {
    /// Creates a hook. GitHub sends a `ping` to it.
    ///
    /// Permission: *Webhooks* write.
    ///
    /// # Errors
    ///
    /// Fails when there is such a hook already (422), or the call fails on the way, see [`Error`].
    pub async fn create(&self, hook: &NewHook) -> Result<Hook, Error> {
        let call = self.call(Method::POST, "create a hook", &[])?;
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
        let call = self.call(Method::GET, "list the hooks", &[])?;
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
        let call = self.call(Method::GET, &format!("get hook {id}"), &[&id.to_string()])?;
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
        let mut call = self.call(Method::PATCH, &purpose, &[&id.to_string()])?;
        call = if update.is_relative() && self.is_of_organization() {
            let now = self.get(id).await?.events;
            call.json(&update.absolute(now))?
        } else {
            call.json(update)?
        };
        self.core.send(call.harmless()).await?.decode()
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
        let path = [&id.to_string(), "config"];
        let call = self.call(Method::PATCH, &purpose, &path)?;
        let call = call.unless(update.problem())?.json(update)?;
        let answer = self.core.send(call.harmless()).await?;
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
        let call = self.call(Method::DELETE, &format!("delete hook {id}"), &[&id.to_string()])?;
        let answer = self.core.send(call.harmless()).await?;
        if answer.is_doubtful && answer.is_gone() {
            return Ok(());
        }
        answer.done()
    }

    /// Asks GitHub to send a `ping` event to a hook.
    ///
    /// Permission: *Webhooks* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn ping(&self, id: u64) -> Result<(), Error> {
        let path = [&id.to_string(), "pings"];
        let call = self.call(Method::POST, &format!("ping hook {id}"), &path)?;
        self.core.send(call.harmless()).await?.done()
    }

    /// The deliveries of a hook.
    #[must_use]
    pub fn deliveries(&self, id: u64) -> HookDeliveries {
        let mut place = self.place.clone();
        place.extend(["hooks".to_owned(), id.to_string(), "deliveries".to_owned()]);
        let shown = format!("hook {id} of {}", self.shown);
        HookDeliveries::new(self.core.clone(), place, shown)
    }

    fn is_of_organization(&self) -> bool {
        self.place.first().is_some_and(|kind| kind == "orgs")
    }

    fn call(&self, method: Method, what: &str, segments: &[&str]) -> Result<Call, Error> {
        let mut path: Vec<&str> = self.place.iter().map(String::as_str).collect();
        path.push("hooks");
        path.extend_from_slice(segments);
        Call::new(method, format!("{what} of {}", self.shown), &path)
    }
}
