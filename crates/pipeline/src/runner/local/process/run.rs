use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use rustix::fs::Mode;
use rustix::process::{
    DumpableBehavior, getpid, set_child_subreaper, set_dumpable_behavior, setsid, umask,
};

use super::supervisor::Supervisor;
use crate::runner::ending::{Ending, Outcome};
use crate::runner::error::RunnerError;
use crate::runner::local::folder::{Claim, RunFolder};
use crate::runner::local::process_id::ProcessId;
use crate::runner::local::spec::Spec;
use crate::runner::order::SecretValues;

/// Is the process of a run if the arguments are `run DIR`, as [`LocalRunner`](crate::runner::LocalRunner)
/// starts it. A `main` calls it first, before it makes threads, and returns what it gives.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use hookstead_pipeline::runner;
///
/// fn main() -> ExitCode {
///     if let Some(code) = runner::answer() {
///         return code;
///     }
///     // the program itself
///     ExitCode::SUCCESS
/// }
/// ```
#[must_use]
pub fn answer() -> Option<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [word, folder] = arguments.as_slice() else { return None };
    if word != "run" {
        return None;
    }
    Some(match run(Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// Runs what the spec in `folder` says, and returns when its outcome is written. A program calls it that
/// answers `PROGRAM run DIR` itself; others call [`answer`].
///
/// It belongs into a process of its own, and before threads are made: it leaves the session, ends every
/// process below it, and takes its environment for that of the commands.
///
/// # Errors
///
/// When the folder holds no spec, or its files cannot be written. A run that another process has, or had,
/// is left alone.
pub fn run(folder: &Path) -> Result<(), RunnerError> {
    let failed = |what: &'static str| move |error| RunnerError::new(what).because(error);
    let folder = fs::canonicalize(folder).map_err(failed("cannot find the folder of the run"))?;
    let folder = RunFolder::new(folder);

    // What the process is, before anything else can happen to it. Another user's or a build's look into its
    // memory would show secrets.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| failed("cannot hide the memory of the process")(error.into()))?;
    set_child_subreaper(Some(getpid()))
        .map_err(|error| failed("cannot become the parent of orphans")(error.into()))?;
    // It fails where a shell has made it the head of a group already, which serves as well.
    let _ = setsid();
    umask(Mode::from_raw_mode(0o077));
    std::env::set_current_dir("/").map_err(failed("cannot leave the working folder"))?;

    let process = ProcessId::current().map_err(failed("cannot read /proc"))?;
    let spec = folder.spec().map_err(failed("cannot read the spec of the run"))?;
    let claim = Claim { process, run: spec.id.clone() };
    if !folder.claim(&claim).map_err(failed("cannot write into the folder of the run"))? {
        return Ok(());
    }
    let reserved =
        folder.reserve_outcome().map_err(failed("cannot reserve room for the outcome"))?;
    let outcome = begin(spec, &folder).unwrap_or_else(|error| {
        Outcome::new(Ending::Lost { reason: format!("the runner failed: {error}") })
    });
    reserved.write(&outcome).map_err(failed("cannot write the outcome"))
}

fn begin(spec: Spec, folder: &RunFolder) -> io::Result<Outcome> {
    let secrets = match spec.has_secrets {
        true => read_secrets(io::stdin().lock()),
        false => Ok(SecretValues::new()),
    };
    let Ok(secrets) = secrets else {
        // The server was killed between making this process and giving it the secrets.
        let reason = "the secrets did not reach the runner".to_owned();
        return Ok(Outcome::new(Ending::Lost { reason }));
    };
    fs::create_dir_all(folder.tmp())?;
    // One thread: there is nothing to do at the same time, and children are those of one thread.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome =
        runtime.block_on(async { Ok(Supervisor::new(spec, secrets, folder.clone())?.run().await) });
    let _ = fs::remove_dir_all(folder.tmp());
    outcome
}

fn read_secrets(mut from: impl io::Read) -> io::Result<SecretValues> {
    let mut json = String::new();
    from.read_to_string(&mut json)?;
    let values: BTreeMap<String, String> = serde_json::from_str(&json)?;
    Ok(values.into_iter().collect())
}
