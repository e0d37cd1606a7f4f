//! The tests of what is not public: compiled into the library's own test build, as its module `tests`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::option_option,
    clippy::unused_self,
    clippy::unreadable_literal,
    clippy::zero_sized_map_values,
    clippy::range_plus_one,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod common;
mod corrections;
mod ingest;
mod liquidation;
mod loading;
mod query;
mod rules;
mod store;
