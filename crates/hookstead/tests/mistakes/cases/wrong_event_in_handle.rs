// The event in `handle` is not the one in the `impl`.
//~ method `handle` has an incompatible type for trait
//~ expected `PushEvent`, found `PullRequestEvent`

use hookstead::events::{PullRequestEvent, PushEvent};
use hookstead::{Attempt, Handler, HandlerError, async_trait};

struct Log;

#[async_trait]
impl Handler<PushEvent> for Log {
    async fn handle(&self, _: &PullRequestEvent, _: &Attempt) -> Result<(), HandlerError> {
        Ok(())
    }
}

fn main() {}
