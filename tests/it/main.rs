//! All integration tests, as one crate: the program and the library from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreadable_literal,
    clippy::large_stack_arrays,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod api;
#[cfg(feature = "server")]
mod browser;
mod cli;
#[cfg(feature = "server")]
mod fuzz_corpus;
mod limits;
mod replication;
#[cfg(feature = "server")]
mod server;
/// The command line of the binary, compiled into the tests: its unit tests run here, and `cli::tool` drives
/// it without starting a process.
#[path = "../../src/cli/mod.rs"]
#[allow(dead_code, reason = "`fn main` of the binary is not part of it")]
mod program;
/// The figures of tests that do damage.
#[path = "../internal/common/fault.rs"]
mod fault;
/// The folder of shared texts.
#[path = "../internal/common/shared_folder.rs"]
mod shared_folder;
mod errors;
