//! What the system has counted for this process.

use std::error::Error;
use std::fs;
use std::time::Duration;

/// Linux counts processor time in hundredths of a second for whoever reads it here.
const TICK: Duration = Duration::from_millis(10);

/// The processor time that this process has taken, all its threads together.
pub(crate) fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program stands in brackets and may hold spaces.
    let (_, after) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let mut fields = after.split_whitespace().skip(11);
    let mut next = || -> Result<u32, Box<dyn Error>> {
        Ok(fields.next().ok_or("too few fields in /proc/self/stat")?.parse()?)
    };
    let (user, system) = (next()?, next()?);
    Ok(TICK * (user + system))
}
