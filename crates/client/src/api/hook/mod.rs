//! Hooks of repositories and organizations, and the deliveries of a hook.

pub(crate) mod hook;
pub(crate) mod hook_delivery;
pub(crate) mod new_hook;

pub use hook::{Hook, HookConfig, HookResponse, Hooks};
pub use hook_delivery::{HookDeliveries, HookDelivery, HookMessage};
pub use new_hook::{HookConfigUpdate, HookUpdate, NewHook};
