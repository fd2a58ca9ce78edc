// The closure borrows what it uses.
//~ `name` does not live long enough
//~ borrowed for `'static`

use hookstead::events::PushEvent;
use hookstead::{Attempt, Router, handler_fn};

fn main() {
    let name = String::from("log");
    let _ = Router::new().on::<PushEvent>(handler_fn(async |_: PushEvent, _: Attempt| {
        drop(name.len());
        Ok(())
    }));
}
