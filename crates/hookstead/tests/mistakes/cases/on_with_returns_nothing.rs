// The closure changes the registration and does not return it.
//~ expected `Registration<PushEvent>`, found `()`
//~ remove this semicolon to return this value

use hookstead::events::PushEvent;
use hookstead::{Handler, Router};

fn router(log: impl Handler<PushEvent>) -> Router {
    Router::new().on_with::<PushEvent>(log, |registration| {
        registration.name("log");
    })
}

fn main() {}
