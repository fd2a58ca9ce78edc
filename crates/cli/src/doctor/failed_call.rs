use hookstead::client::Error;

use super::finding::Findings;

/// A call that failed for a reason that is not what was looked at.
pub(super) fn failed(findings: &mut Findings, check: &'static str, error: &Error) {
    let text = sentence(error);
    if error.is_rate_limited() {
        findings.doubtful(check, text, "Ask again when GitHub's limit allows it.");
    } else if error.is_not_github() {
        let advice = "GITHUB_API_URL must lead to GitHub's API itself: https://HOST/api/v3 for GitHub \
                      Enterprise Server, and no sign-on or proxy in between.";
        findings.wrong(check, text, advice);
    } else if error.is_connect() || error.is_timeout() {
        let advice = "Look at GITHUB_API_URL, at this machine's way out, and at its proxy.";
        findings.wrong(check, text, advice);
    } else if error.is_outage() {
        findings.doubtful(check, text, "Look at githubstatus.com, and ask again later.");
    } else {
        findings.wrong(
            check,
            text,
            "Look at the token, at its permissions and at what GitHub says.",
        );
    }
}

/// An error as a sentence of its own.
pub(super) fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}
