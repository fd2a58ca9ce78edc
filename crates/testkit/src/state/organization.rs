use super::hook::Hook;

/// An organization. Its repositories know that they are its.
#[derive(Debug)]
pub(crate) struct OrganizationState {
    pub(crate) login: String,
    pub(crate) hooks: Vec<Hook>,
}
