//! Calls of libraries that panic on some kinds of damage: a panic becomes a value, and prints nothing.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What a call gives, or what it panicked with. After a panic nothing that the call changed may be used.
pub fn caught<T>(call: impl FnOnce() -> T) -> thread::Result<T> {
    static QUIET_HOOK: Once = Once::new();
    QUIET_HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                usual(info);
            }
        }));
    });
    let was_quiet = IS_QUIET.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    IS_QUIET.set(was_quiet);
    result
}
