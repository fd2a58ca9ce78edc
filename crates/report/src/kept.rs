use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// The longest verdict that is kept, in bytes of JSON: what an inbox keeps of a step is
/// [limited](hookstead_handler::KeptStep::MAX_JSON_LENGTH), and there is more than the verdict.
const MOST_JSON: usize = 60 * 1024;

/// The longest text that is kept where the whole is too long, in characters.
const MOST_CHARACTERS: usize = 1000;

/// What an attempt keeps of the work that it has done.
// As with `Verdict`, its path is its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) verdict: Verdict,
    /// The error that ended the work for good, in its own words. It is for the inbox, not for GitHub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// GitHub's number of the last report before this; what began later has a higher one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<u64>,
}

impl Kept {
    /// The longest error that is kept, in bytes.
    pub(crate) const LONGEST_ERROR: usize = 1000;

    pub(crate) fn new(verdict: &Verdict, id: Option<u64>) -> Self {
        Self { verdict: fitting(verdict), error: None, id }
    }
}

/// A verdict that can be kept. The details of a check run may be too long for that; they decorate, and what
/// decorates never costs the state.
fn fitting(verdict: &Verdict) -> Verdict {
    let mut kept = verdict.clone();
    let is_too_long =
        |it: &Verdict| serde_json::to_vec(it).is_ok_and(|json| json.len() > MOST_JSON);
    if !is_too_long(&kept) {
        return kept;
    }
    tracing::info!("the verdict is too long to be kept, a later attempt reports less of it");
    kept.text = None;
    while is_too_long(&kept) && !kept.annotations.is_empty() {
        kept.annotations.truncate(kept.annotations.len() / 2);
    }
    if is_too_long(&kept) {
        let texts = [Some(&mut kept.description), kept.summary.as_mut()];
        for text in texts.into_iter().flatten() {
            *text = text.chars().take(MOST_CHARACTERS).collect();
        }
    }
    if is_too_long(&kept) {
        let Verdict { state, description, conclusion, .. } = kept;
        kept = Verdict { state, conclusion, ..Verdict::error(description) };
    }
    kept
}

#[cfg(test)]
mod tests {
    use hookstead_client::CheckAnnotation;

    use super::*;

    #[test]
    fn it_is_the_same_after_it_was_kept() {
        for verdict in [
            Verdict::success("108 tests passed"),
            Verdict::failure("2 failed \u{0} \u{1f41b}").link("https://ci.example.com/17"),
            Verdict::error("").annotation(CheckAnnotation::warning("a", (1, 2), "b").title("c")),
        ] {
            let kept = serde_json::to_vec(&Kept::new(&verdict, Some(7))).unwrap();
            let kept: Kept = serde_json::from_slice(&kept).unwrap();
            assert_eq!((kept.verdict, kept.id), (verdict, Some(7)));
        }
    }

    #[test]
    fn whatever_is_too_long_is_kept_in_part() {
        let remark = || CheckAnnotation::failure("src/lib.rs", (1, 1), "\u{1}".repeat(1000));
        let many = (0..1000).fold(Verdict::failure("bad"), |it, _| it.annotation(remark()));
        for verdict in [
            many,
            Verdict::failure("bad").text("a".repeat(70_000)),
            Verdict::failure("bad").summary("\u{1}".repeat(70_000)),
            Verdict::failure("\u{1}".repeat(70_000)),
            Verdict::failure("bad").link("a".repeat(70_000)),
        ] {
            let kept = Kept::new(&verdict, None);
            assert!(serde_json::to_vec(&kept).unwrap().len() <= 64 * 1024);
            assert_eq!(kept.verdict.state(), verdict.state());
            assert!(verdict.description().starts_with(kept.verdict.description()));
        }
    }
}
