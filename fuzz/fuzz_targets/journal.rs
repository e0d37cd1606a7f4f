//! The target `journal`; `src/journal.rs` says what is checked.
#![no_main]

// The hook of libFuzzer would end the process for a panic that is caught too, as one of sled is.
libfuzzer_sys::fuzz_target!(
    init: drop(std::panic::take_hook()),
    |bytes: &[u8]| tierbook_fuzz::run("journal", bytes)
);
