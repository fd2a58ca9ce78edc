// A path in the place of a store.
//~ `&str` does not keep deliveries
//~ `hookstead::inbox::MemoryStore`

use hookstead::{Router, Server, WebhookSecret};

fn server(secret: WebhookSecret) -> Server {
    Server::new("/event_handler", secret, Router::new()).inbox("ci.db")
}

fn main() {}
