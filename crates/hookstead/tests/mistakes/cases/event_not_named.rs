// `on` without an event, of a handler that takes two.
//~ type annotations needed
//~ cannot infer type for type parameter `E` declared on the method `on`

use hookstead::events::{PullRequestEvent, PushEvent};
use hookstead::{Handler, Router};

fn router<H: Handler<PushEvent> + Handler<PullRequestEvent>>(log: H) -> Router {
    Router::new().on(log)
}

fn main() {}
