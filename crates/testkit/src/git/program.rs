use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;

use super::error::GitError;

/// What the program needs of the machine's environment: where programs, libraries and temporary files are.
/// `SYSTEMROOT` is for Windows.
const KEPT: &[&str] = &["PATH", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT"];

/// Older ones cannot merge without a working tree.
const OLDEST: (u32, u32) = (2, 40);

/// Whether the program is there, and new enough.
pub(crate) fn is_there() -> bool {
    static IS_THERE: OnceLock<bool> = OnceLock::new();
    *IS_THERE.get_or_init(|| {
        let said = Command::new("git").arg("--version").stdin(Stdio::null()).output();
        let said = said.map(|output| output.stdout).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let mut numbers = said.trim_start_matches("git version ").split('.').map(str::trim);
        let mut next = || numbers.next().and_then(|number| number.parse().ok()).unwrap_or(0);
        (next(), next()) >= OLDEST
    })
}

/// Where git keeps things for one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    pub(super) dir: &'a Path,
    pub(super) objects: &'a Path,
    /// A folder without settings.
    pub(super) home: &'a Path,
}

/// The program, with neither the user's nor the machine's settings: a test goes the same way everywhere.
pub(super) fn command(places: Places<'_>) -> Command {
    let mut command = Command::new("git");
    command.env_clear();
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("GIT_DIR", places.dir)
        .env("GIT_OBJECT_DIRECTORY", places.objects)
        .env("HOME", places.home)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .current_dir(places.home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end, whatever that is.
pub(super) fn output(mut command: Command, input: &[u8]) -> Result<Output, GitError> {
    command.stdin(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| GitError::new(format!("the program git cannot be started: {error}")))?;
    let stdin = child.stdin.take();
    // It may answer before it has read all.
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            // If it does not want to read all, its end says why.
            let _unread = stdin.map(|mut stdin| stdin.write_all(input));
        });
        child.wait_with_output()
    })?;
    Ok(output)
}

/// What it wrote, if it succeeded.
pub(super) fn run<A: AsRef<OsStr>>(
    places: Places<'_>,
    arguments: &[A],
    input: &[u8],
) -> Result<Vec<u8>, GitError> {
    let mut command = command(places);
    command.args(arguments);
    let output = output(command, input)?;
    if output.status.success() { Ok(output.stdout) } else { Err(failure(arguments, &output)) }
}

/// What git said when it failed.
pub(super) fn failure<A: AsRef<OsStr>>(arguments: &[A], output: &Output) -> GitError {
    let what = arguments.first().map(|it| it.as_ref().to_string_lossy()).unwrap_or_default();
    let said = String::from_utf8_lossy(&output.stderr);
    GitError::new(format!("git {what} failed ({}): {}", output.status, said.trim()))
}
