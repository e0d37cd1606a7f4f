//! All integration tests, as one crate: the program and the library from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod cli;
mod common;
mod ingest;
mod rules;
mod store;
