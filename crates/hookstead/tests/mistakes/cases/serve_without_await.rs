// `.await` is forgotten after `serve`.
//~ the `?` operator can only be applied
//~ consider `await`ing on the `Future`

use hookstead::{Router, Server, WebhookSecret};

async fn run(secret: WebhookSecret) -> Result<(), Box<dyn std::error::Error>> {
    Server::new("/event_handler", secret, Router::new()).serve("127.0.0.1:4567")?;
    Ok(())
}

fn main() {
    let _ = run;
}
