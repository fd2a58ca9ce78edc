// `#[async_trait]` is forgotten before the `impl`.
//~ lifetime parameters or bounds on method `handle` do not match the trait declaration
//~ the `impl` needs #[async_trait]

use hookstead::events::PushEvent;
use hookstead::{Attempt, Handler, HandlerError};

struct Log;

impl Handler<PushEvent> for Log {
    async fn handle(&self, _: &PushEvent, _: &Attempt) -> Result<(), HandlerError> {
        Ok(())
    }
}

fn main() {}
