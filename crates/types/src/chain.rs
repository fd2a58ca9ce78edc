use std::error::Error;
use std::io;
use std::iter::successors;

/// An error and all that it came from. An I/O error that was made from another one steps over that
/// when it is asked for its source; this does not.
pub(crate) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error: &&'a (dyn Error + 'static)| {
        let made_from = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        made_from.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}
