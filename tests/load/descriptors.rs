use std::process::Command;

use hookstead_tests::say;

/// Raises this process's limit of open files as far as the system lets it, and returns how many
/// connections that is enough for.
pub(crate) fn raise() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let mut columns = line.split_ascii_whitespace().map(|it| it.parse().unwrap_or(usize::MAX));
    let (soft, hard) = (columns.next().unwrap(), columns.next().unwrap());
    // Without `unsafe` a process cannot change its own limit, but a program can do it.
    let process = std::process::id().to_string();
    let limit = format!("--nofile={hard}:{hard}");
    let raised = Command::new("prlimit").args(["--pid", &process, &limit]).output();
    let limit = if raised.is_ok_and(|it| it.status.success()) { hard } else { soft };
    limit.saturating_sub(RESERVE)
}

/// For all else that a test has open.
const RESERVE: usize = 300;

/// So many, or as many as the limit allows, which is said then.
pub(crate) fn at_most(wanted: usize, possible: usize) -> usize {
    if wanted > possible {
        say(&format!("only {possible} in place of {wanted} connections: the limit of open files"));
    }
    wanted.min(possible)
}
