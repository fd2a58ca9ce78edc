// A closure that keeps what may not cross threads.
//~ `Rc<()>` cannot be sent between threads safely
//~ required by a bound in `handler_fn`

use std::rc::Rc;

use hookstead::events::PushEvent;
use hookstead::{Attempt, Router, handler_fn};

fn main() {
    let seen = Rc::new(());
    let _ = Router::new().on::<PushEvent>(handler_fn(move |_: PushEvent, _: Attempt| {
        let _ = &seen;
        async { Ok(()) }
    }));
}
