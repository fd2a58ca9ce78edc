// Methods of traits that were not imported.
//~ use hookstead::events::Event;

use hookstead::events::{EventName, PushEvent};

fn main() {
    let _ = PushEvent::decode(&EventName::Push, b"{}");
}
