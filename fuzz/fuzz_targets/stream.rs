//! The target `stream`; `src/stream.rs` says what is checked.
#![no_main]

#[path = "../src/producer.rs"]
mod producer;
#[path = "../src/stream.rs"]
mod stream;
#[path = "../src/structs.rs"]
mod structs;
#[allow(dead_code, reason = "other targets use the rest")]
#[path = "../src/support.rs"]
mod support;

// The hook of libFuzzer would end the process for a panic that is caught too, as one of arrow is.
libfuzzer_sys::fuzz_target!(
    init: drop(std::panic::take_hook()),
    |bytes: &[u8]| tierbook_fuzz::timed("stream", |bytes| _ = stream::is_read(bytes), bytes)
);
