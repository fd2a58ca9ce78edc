use std::error::Error;
use std::iter::successors;

/// The last error in a chain of sources.
pub(crate) fn root_cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
}

/// An error and all that it came from. An I/O error that was made from another one steps over that
/// when it is asked for its source; this does not.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error: &&'a (dyn Error + 'static)| {
        let made_from = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        made_from.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

/// Whether a connection that failed so will fail again in a moment: the other side is not who it
/// should be, or the proxy wants another password.
pub(crate) fn is_lasting(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        #[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
        if let Some(error) = cause.downcast_ref() {
            return crate::transport::tls::is_lasting(error);
        }
        // hyper-util keeps the type of this error to itself.
        cause.to_string() == "tunnel error: proxy authorization required"
    })
}
