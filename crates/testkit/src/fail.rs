/// Ends the test with a message that says what it did wrong.
#[track_caller]
#[expect(clippy::panic, reason = "a test tool fails as an assertion does")]
pub(crate) fn fail(message: &str) -> ! {
    panic!("{message}")
}
