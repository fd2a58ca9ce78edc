// The type's fields were written, and not that it is an event.
//~ `Title` is not a webhook's event
//~ an event of your own implements `hookstead::events::Event`

use hookstead::{Handler, Router};

struct Title;

fn router(log: impl Handler<Title>) -> Router {
    Router::new().on::<Title>(log)
}

fn main() {}
