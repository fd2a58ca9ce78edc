// The handler is registered for an event that it does not handle.
//~ `Log` does not handle `PullRequestEvent`
//~ the event in `on::<...>` is the one in the `impl`

use hookstead::events::{PullRequestEvent, PushEvent};
use hookstead::{Attempt, Handler, HandlerError, Router, async_trait};

struct Log;

#[async_trait]
impl Handler<PushEvent> for Log {
    async fn handle(&self, _: &PushEvent, _: &Attempt) -> Result<(), HandlerError> {
        Ok(())
    }
}

fn main() {
    let _ = Router::new().on::<PullRequestEvent>(Log);
}
