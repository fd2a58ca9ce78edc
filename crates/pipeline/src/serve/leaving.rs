use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::pages::Pages;

/// Tells those who watch pages that the server leaves, as soon as the process is asked to stop. The server itself
/// hears it, too, and ends their connections otherwise when it has waited for balancers.
pub(super) async fn leave(pages: Pages) {
    let heard = |kind| {
        signal(kind)
            .inspect_err(|error| tracing::warn!(%error, "pages will not be told of the end"))
    };
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (heard(SignalKind::interrupt()), heard(SignalKind::terminate()))
    else {
        return;
    };
    let asked = async |signals: &mut Signal| signals.recv().await;
    tokio::select! {
        _ = asked(&mut interrupt) => {}
        _ = asked(&mut terminate) => {}
    }
    pages.leave();
}
