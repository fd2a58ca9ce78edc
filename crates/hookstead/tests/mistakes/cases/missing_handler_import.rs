// `handle` is called and `Handler` was not imported.
//~ use hookstead::Handler;

use hookstead::events::PushEvent;
use hookstead::{Attempt, HandlerError};

struct Log;

#[hookstead::async_trait]
impl hookstead::Handler<PushEvent> for Log {
    async fn handle(&self, _: &PushEvent, _: &Attempt) -> Result<(), HandlerError> {
        Ok(())
    }
}

async fn test(push: &PushEvent, attempt: &Attempt) {
    let _ = Log.handle(push, attempt).await;
}

fn main() {}
