use hookstead_client::{Client, HookDeliveries, Hooks, InvisibleEnd};
use hookstead_handler::Delivery;

use crate::error::Cause;
use crate::hook_ref::HookRef;

/// What the deliveries are those of, as the user named it.
pub(crate) enum Source {
    /// A hook of a repository or an organization, whose name is to be shown.
    Hook { hooks: Hooks, hook: HookRef, owner: String },
    /// The App that the client is.
    App,
}

/// A hook that is known to GitHub, or believed to be.
#[derive(Clone)]
pub(crate) struct KnownHook {
    pub(crate) deliveries: HookDeliveries,
    /// Unknown for an App's: no call tells it.
    id: Option<u64>,
    /// As in a log.
    pub(crate) shown: String,
}

impl Source {
    /// The hook as people call it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Hook { hook: HookRef::Id(id), owner, .. } => format!("hook {id} of {owner}"),
            Self::Hook { owner, .. } => format!("a hook of {owner}"),
            Self::App => "the App's hook".to_owned(),
        }
    }

    /// Finds the hook. An address takes calls.
    pub(crate) async fn resolve(&self, client: &Client) -> Result<KnownHook, Cause> {
        let (hooks, id, owner) = match self {
            Self::App => {
                let deliveries = client.app_hook_deliveries();
                return Ok(KnownHook { deliveries, id: None, shown: self.shown() });
            }
            Self::Hook { hooks, hook: HookRef::Id(id), owner } => (hooks, *id, owner),
            Self::Hook { hooks, hook, owner } => {
                if let HookRef::Url(url) = hook
                    && let Some(end) = InvisibleEnd::of(url)
                {
                    return Err(Cause::InvisibleEnd { owner: owner.clone(), end });
                }
                let mut all = client.items(hooks.list().await?);
                let mut found = Vec::new();
                while let Some(it) = all.next().await {
                    let it = it?;
                    if it.config.url.is_some_and(|url| hook.is_url(&url)) {
                        found.push(it.id);
                    }
                }
                match *found {
                    [id] => (hooks, id, owner),
                    [] => return Err(Cause::NoHook { owner: owner.clone() }),
                    _ => return Err(Cause::SeveralHooks { owner: owner.clone(), ids: found }),
                }
            }
        };
        let shown = format!("hook {id} of {owner}");
        Ok(KnownHook { deliveries: hooks.deliveries(id), id: Some(id), shown })
    }
}

impl KnownHook {
    /// Whether a delivery in the inbox came from this hook. GitHub gives all hooks that hear of one event
    /// the same id.
    pub(crate) fn sent(&self, delivery: &Delivery) -> bool {
        match (self.id, delivery.hook, &delivery.target) {
            (Some(own), Some(hook), _) => own == hook,
            // An App's own hook: whatever is not certainly another's. GitHub does not document what
            // its deliveries call their target.
            (None, _, Some(target)) => !matches!(&*target.kind, "repository" | "organization"),
            _ => true,
        }
    }
}
