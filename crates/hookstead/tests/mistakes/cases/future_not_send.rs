// Something that may not cross threads lives across an `.await`.
//~ future cannot be sent between threads safely
//~ has type `Rc<()>` which is not `Send`

use std::rc::Rc;

use hookstead::events::PushEvent;
use hookstead::{Attempt, Handler, HandlerError, async_trait};

struct Log;

#[async_trait]
impl Handler<PushEvent> for Log {
    async fn handle(&self, _: &PushEvent, _: &Attempt) -> Result<(), HandlerError> {
        let seen = Rc::new(());
        std::future::ready(()).await;
        drop(seen);
        Ok(())
    }
}

fn main() {}
