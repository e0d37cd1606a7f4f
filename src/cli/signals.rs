//! Signals that tell the process to end: the one home of signal-hook.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What the process exits with when it is interrupted, as shells have it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// Sets `interrupted` at Ctrl-C; while `ends` is true the process ends instead. Where signals cannot be caught,
/// Ctrl-C ends the process, and nothing is lost by that either.
pub fn note_interrupts(interrupted: &Arc<AtomicBool>, ends: &Arc<AtomicBool>) {
    let _ = flag::register_conditional_shutdown(SIGINT, INTERRUPTED, ends.clone());
    let _ = flag::register(SIGINT, interrupted.clone());
}

/// Becomes true when the process is ended by a signal; a second Ctrl-C ends it at once. Where signals cannot be caught,
/// the first one does.
pub fn told_to_end() -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    note_interrupts(&ended, &ended);
    let _ = flag::register(SIGTERM, ended.clone());
    ended
}
