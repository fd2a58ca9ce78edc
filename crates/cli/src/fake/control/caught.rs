//! The testkit panics where a test would fail. Here its message is an answer, and the program goes on.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// Whether a panic of this thread is caught, and so nobody's business.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// From here on, panics that are caught are not written to stderr.
pub(crate) fn keep_quiet() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !IS_CAUGHT.get() {
            before(panic);
        }
    }));
}

/// Does it; `Err` is what the testkit says where it cannot be done.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    IS_CAUGHT.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(false);
    done.map_err(|panic| words(&*panic))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the fake failed without a word").to_owned()
}
