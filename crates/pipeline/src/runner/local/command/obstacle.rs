use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::bubblewrap;
use crate::runner::local::folder::RunFolder;
use crate::runner::local::spec::Spec;
use crate::runner::order::Sandbox;

/// How long an empty sandbox may take.
const PROBE: Duration = Duration::from_secs(10);

/// Why commands cannot run in their sandbox on this machine, if so. Bubblewrap exits with 1 as commands do, so it is tried
/// with a command that does not fail: what is wrong with the machine is no fault of the code's.
pub(in crate::runner::local) fn obstacle(
    spec: &Spec,
    folder: &RunFolder,
    variables: &BTreeMap<String, String>,
) -> Option<String> {
    if !matches!(spec.order.sandbox, Sandbox::Bubblewrap) {
        return None;
    }
    let words = bubblewrap::wrap(spec, folder, vec!["true".to_owned()]);
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(variables);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    match ended(command) {
        Ok(said) => said.map(|said| format!("no sandbox can be made: {said}")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Some(format!("program not found: {program}"))
        }
        Err(error) => Some(format!("{program}: {error}")),
    }
}

/// What it said if it failed.
fn ended(mut command: Command) -> io::Result<Option<String>> {
    let mut child = command.spawn()?;
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > PROBE {
            child.kill()?;
            break child.wait()?;
        }
        thread::sleep(Duration::from_millis(1));
    };
    if status.success() {
        return Ok(None);
    }
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        // What fits into a pipe is there, and more is not needed.
        stderr.take(4_096).read_to_end(&mut said)?;
    }
    let said = String::from_utf8_lossy(&said);
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    Ok(Some(last.map_or_else(|| status.to_string(), str::to_owned)))
}
