use std::fmt;

use crate::record::{Build, BuildState};

/// The longest title that a line holds, in characters: a line is to be read at a glance.
const LONGEST_TITLE: usize = 80;

/// One thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// The project's name in the config; empty if it is about the server.
    pub project: String,
    /// What there is to say, in one line without a link.
    pub text: String,
    /// Where more about it stands.
    pub link: Option<String>,
    /// Whether somebody should look.
    pub is_bad: bool,
}

impl Notice {
    /// Something about the server: its disk is full, say.
    #[must_use]
    pub fn new(text: impl AsRef<str>, is_bad: bool) -> Self {
        let text = in_one_line(text.as_ref());
        Self { project: String::new(), text, link: None, is_bad }
    }

    /// What became of a build. Nothing for one that goes on, and for one that a newer commit replaced.
    #[must_use]
    pub fn of_build(build: &Build, link: impl Into<String>) -> Option<Self> {
        let (what, is_bad) = match build.state {
            BuildState::Waiting => ("waits for approval", false),
            BuildState::Passed => ("passed", false),
            BuildState::Failed => ("failed", true),
            BuildState::Error => ("ended in an error", true),
            BuildState::Canceled => ("was canceled", false),
            BuildState::Queued | BuildState::Running | BuildState::Superseded => return None,
        };
        let decided = &build.what;
        let mut text = format!(
            "{} #{} {} ({}, {})",
            decided.project,
            build.number,
            decided.job,
            decided.target,
            decided.sha.short()
        );
        if !decided.title.is_empty() {
            let mut title: String = decided.title.chars().take(LONGEST_TITLE).collect();
            if title.len() < decided.title.len() {
                title.push_str("...");
            }
            text = format!("{text} \"{title}\"");
        }
        if !decided.author.is_empty() {
            text = format!("{text} by {}", decided.author);
        }
        text = format!("{text} {what}");
        if let Some(seconds) = seconds(build) {
            text = format!("{text} in {seconds} s");
        }
        if is_bad && !build.summary.is_empty() {
            text = format!("{text}: {}", build.summary);
        }
        let (project, text) = (decided.project.clone(), in_one_line(&text));
        Some(Self { project, text, link: Some(link.into()), is_bad })
    }
}

/// Shows the whole line: the text, and the link.
impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)?;
        match &self.link {
            Some(link) => write!(formatter, " {link}"),
            None => Ok(()),
        }
    }
}

/// How long it ran.
fn seconds(build: &Build) -> Option<i64> {
    let (started, ended) =
        (build.started_at.as_ref()?.instant()?, build.ended_at.as_ref()?.instant()?);
    Some((ended.as_second() - started.as_second()).max(0))
}

/// What a stranger wrote must not look like two lines, nor paint the terminal.
fn in_one_line(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(is_odd, " ")
}

#[cfg(test)]
pub(crate) mod tests {
    use hookstead::types::Timestamp;

    use super::*;
    use crate::record::{BuildCause, BuildTarget, NewBuild};

    pub(crate) fn build(state: BuildState) -> Build {
        let at =
            |text: &str| Some(serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).unwrap());
        Build {
            number: 17,
            what: NewBuild {
                project: "shop".to_owned(),
                job: "test".to_owned(),
                context: "ci/test".to_owned(),
                repo: "acme/shop".parse().unwrap(),
                sha: "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse().unwrap(),
                before: None,
                r#ref: "refs/pull/5/head".to_owned(),
                target: BuildTarget::PullRequest(5),
                cause: BuildCause::Schedule,
                moment: at("2026-11-28T10:00:00Z").unwrap(),
                title: "Add a flag".to_owned(),
                author: "anna".to_owned(),
                is_fork: false,
                needs_approval: false,
            },
            state,
            summary: "step test ended with exit code 1".to_owned(),
            tree: None,
            machine: None,
            approved_by: None,
            steps: Vec::new(),
            log_bytes: 0,
            queued_at: at("2026-11-28T10:00:00Z").unwrap(),
            started_at: at("2026-11-28T10:00:01Z"),
            ended_at: at("2026-11-28T10:00:43Z"),
        }
    }

    #[test]
    fn a_line_says_what_became_of_which_build() {
        let line = |state| {
            Notice::of_build(&build(state), "https://ci/shop/builds/17").map(|it| it.to_string())
        };
        let start = "shop #17 test (pull request 5, ec26c3e) \"Add a flag\" by anna";
        let link = "https://ci/shop/builds/17";
        assert_eq!(line(BuildState::Passed), Some(format!("{start} passed in 42 s {link}")));
        assert_eq!(
            line(BuildState::Failed),
            Some(format!("{start} failed in 42 s: step test ended with exit code 1 {link}"))
        );
        assert_eq!(line(BuildState::Superseded), None);
        assert_eq!(line(BuildState::Running), None);
    }

    #[test]
    fn what_a_stranger_wrote_stays_in_its_line() {
        let mut odd = build(BuildState::Passed);
        odd.what.title = format!("a\nb\u{1b}[31m\u{202e}{}", "x".repeat(200));
        let text = Notice::of_build(&odd, "").unwrap().text;
        assert!(!text.contains(['\n', '\u{1b}', '\u{202e}']), "{text:?}");
        assert!(text.contains("xxx...\" by anna"), "{text}");
    }
}
