use serde::{Deserialize, Serialize};

use crate::api::decoration::Text;

/// The longest identifier of a [`CheckAction`] that GitHub takes, in characters.
const IDENTIFIER_MAX_CHARACTERS: usize = 20;

/// As many buttons does GitHub take.
const MAX_ACTIONS: usize = 3;

/// A button that a check run shows. Who presses it makes GitHub send the event `check_run` with the action
/// `requested_action` and the button's identifier.
///
/// ```
/// use hookstead_client::CheckAction;
///
/// let fix = CheckAction::new("Fix this", "Lets us format the code", "format");
/// # let _ = fix;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAction {
    label: String,
    description: String,
    identifier: String,
}

impl CheckAction {
    /// The button's text, what it does, and a name for it. A label beyond 20 characters is cut, and a
    /// description beyond 40. A name beyond 20 cannot be cut: such a button is left out.
    #[must_use]
    pub fn new(
        label: impl Into<String>,
        description: impl Into<String>,
        identifier: impl Into<String>,
    ) -> Self {
        let (label, description) =
            (Text::ACTION_LABEL.fit(label), Text::ACTION_DESCRIPTION.fit(description));
        Self { label, description, identifier: identifier.into() }
    }

    /// Adds it to those of a check run, if GitHub takes it there.
    pub(crate) fn add_to(self, actions: &mut Vec<Self>) {
        let length = self.identifier.chars().count();
        let problem = if actions.len() >= MAX_ACTIONS {
            "GitHub takes three buttons, leaving one out"
        } else if !(1..=IDENTIFIER_MAX_CHARACTERS).contains(&length) {
            "a button's identifier has 1 to 20 characters, leaving the button out"
        } else if self.label.is_empty() || self.description.is_empty() {
            "a button needs a label and a description, leaving it out"
        } else {
            return actions.push(self);
        };
        tracing::warn!(field = "actions", identifier = self.identifier, "{problem}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_fit_or_are_left_out() {
        let mut actions = Vec::new();
        for (label, identifier) in [
            ("Fix", "x".repeat(20)),
            ("Fix", "x".repeat(21)),
            ("Fix", String::new()),
            ("", "fix".to_owned()),
            (&"ü".repeat(21), "fix".to_owned()),
            ("Fix", "third".to_owned()),
            ("Fix", "fourth".to_owned()),
        ] {
            CheckAction::new(label, "d".repeat(50), identifier).add_to(&mut actions);
        }
        let labels: Vec<_> = actions.iter().map(|action| action.label.as_str()).collect();
        assert_eq!(labels, ["Fix", &("ü".repeat(19) + "…"), "Fix"]);
        assert!(actions.iter().all(|it| it.description.chars().count() == 40), "{actions:?}");
    }
}
