use std::error::Error;
use std::io;
use std::iter::successors;

/// No chain of sources that means anything is as long as this. An error that is its own source would
/// be followed for ever.
const LONGEST: usize = 64;

/// An error and all that it came from. An I/O error that was made from another one steps over that
/// when it is asked for its source; this does not.
pub(crate) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let next = |&error: &&'a (dyn Error + 'static)| {
        let made_from = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        made_from.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    };
    successors(Some(error), next).take(LONGEST)
}

/// The last one of the chain: it says most, and the wrappers around it little.
pub(crate) fn bottom<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let causes = successors(Some(error), |&error: &&'a (dyn Error + 'static)| error.source());
    causes.take(LONGEST).last().unwrap_or(error)
}
