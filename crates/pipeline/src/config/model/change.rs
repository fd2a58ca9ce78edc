/// What differs between two configs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// A sentence for people.
    pub text: String,
    /// Whether it has an effect only when the server starts anew.
    pub needs_restart: bool,
}
