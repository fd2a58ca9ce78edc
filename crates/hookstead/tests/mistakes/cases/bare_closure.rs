// A closure without `handler_fn`.
//~ does not handle `PushEvent`
//~ a closure becomes a handler by `hookstead::handler_fn`

use hookstead::events::PushEvent;
use hookstead::{Attempt, Router};

fn main() {
    let _ = Router::new().on::<PushEvent>(async |_: PushEvent, _: Attempt| Ok(()));
}
