//! Git, which some tests need.

use hookstead_testkit::FakeGitHub;

/// Whether the tests can have git. Where they cannot, this says so, and they do without.
#[expect(clippy::print_stderr, reason = "a test that does without something says so")]
pub(crate) fn is_there() -> bool {
    let is_there = FakeGitHub::has_git();
    if !is_there {
        eprintln!("without git 2.40 or later");
    }
    is_there
}
