use serde::Serialize;

use crate::text::{printable, wrapped};

/// What one check found.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    result: Outcome,
    text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Ok,
    Doubtful,
    Wrong,
}

/// All that was found, in the order in which it was looked at.
#[derive(Debug, Default, Serialize)]
pub(super) struct Findings {
    is_anything_wrong: bool,
    checks: Vec<Finding>,
}

impl Findings {
    pub(super) fn ok(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Outcome::Ok, text.into(), None);
    }

    /// What may be as it is meant, or could not be found out.
    pub(super) fn doubtful(
        &mut self,
        check: &'static str,
        text: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.add(check, Outcome::Doubtful, text.into(), Some(advice.into()));
    }

    pub(super) fn wrong(
        &mut self,
        check: &'static str,
        text: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.is_anything_wrong = true;
        self.add(check, Outcome::Wrong, text.into(), Some(advice.into()));
    }

    fn add(&mut self, check: &'static str, result: Outcome, text: String, advice: Option<String>) {
        self.checks.push(Finding { check, result, text, advice });
    }

    /// How many things are wrong.
    pub(super) fn wrong_ones(&self) -> usize {
        self.checks.iter().filter(|it| it.result == Outcome::Wrong).count()
    }

    /// As people read them, at this width.
    pub(super) fn lines(&self, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for Finding { check, result, text, advice } in &self.checks {
            let result = match result {
                Outcome::Ok => "ok",
                Outcome::Doubtful => "?",
                Outcome::Wrong => "WRONG",
            };
            let texts = std::iter::once(text.clone())
                .chain(advice.as_ref().map(|advice| format!("-> {advice}")));
            let mut label = format!("{result:<7}{check:<13}");
            for text in texts {
                // What GitHub and others said is among it.
                for line in wrapped(&printable(&text), width.saturating_sub(label.len()).max(20)) {
                    lines.push(format!("{label}{line}"));
                    label = " ".repeat(label.len());
                }
            }
        }
        lines
    }
}
