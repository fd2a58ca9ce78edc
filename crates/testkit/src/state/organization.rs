use super::{Hook, World};

/// An organization. Its repositories know that they are its.
#[derive(Debug)]
pub(crate) struct OrganizationState {
    pub(crate) login: String,
    pub(crate) hooks: Vec<Hook>,
}

impl World {
    /// The place of an organization in the world; logins are compared without regard to case.
    pub(crate) fn find_organization(&self, login: &str) -> Option<usize> {
        self.organizations.iter().position(|it| it.login.eq_ignore_ascii_case(login))
    }

    /// Adds an organization, unless there is one of that login.
    pub(crate) fn add_organization(&mut self, login: &str) -> usize {
        self.find_organization(login).unwrap_or_else(|| {
            let login = login.to_owned();
            self.organizations.push(OrganizationState { login, hooks: Vec::new() });
            self.organizations.len() - 1
        })
    }
}
