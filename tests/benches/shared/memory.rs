use std::error::Error;
use std::fs;

/// A figure of this process's memory in KiB: `VmRSS` is what is resident now, `VmHWM` the most that was.
pub(crate) fn memory(figure: &str) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.split(':').next() == Some(figure));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(number.ok_or_else(|| format!("no {figure} in /proc/self/status"))?.parse()?)
}
