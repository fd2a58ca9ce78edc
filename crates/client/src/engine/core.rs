use std::fmt;
use std::sync::Arc;

use crate::engine::access::Access;
use crate::engine::settings::Settings;
use crate::identity::token_provider::TokenProvider;

/// What sends calls: the settings of a client, and the access that one token gives. Cloning is cheap.
///
/// The files of this wing that do part of the sending add their methods to it.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) settings: Arc<Settings>,
    pub(crate) access: Arc<Access>,
}

impl Core {
    pub(crate) fn new(settings: Arc<Settings>, provider: Arc<dyn TokenProvider>) -> Self {
        let access = Arc::new(Access::new(provider, &settings));
        Self { settings, access }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Core")
            .field("base_url", &self.settings.base.to_string())
            .finish_non_exhaustive()
    }
}
