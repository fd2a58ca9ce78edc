// The handler borrows.
//~ lifetime bound not satisfied
//~ must outlive the static lifetime

use hookstead::events::PushEvent;
use hookstead::{Attempt, Handler, HandlerError, Router, async_trait};

struct Log<'a>(&'a str);

#[async_trait]
impl Handler<PushEvent> for Log<'_> {
    async fn handle(&self, _: &PushEvent, _: &Attempt) -> Result<(), HandlerError> {
        Ok(())
    }
}

fn main() {
    let name = String::from("log");
    let _ = Router::new().on::<PushEvent>(Log(&name));
}
