// The type handles nothing at all.
//~ `Log` does not handle `PushEvent`
//~ `#[hookstead::async_trait] impl hookstead::Handler<PushEvent> for ...`

use hookstead::Router;
use hookstead::events::PushEvent;

struct Log;

fn main() {
    let _ = Router::new().on::<PushEvent>(Log);
}
