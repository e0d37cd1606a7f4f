//! The store from outside: what is recorded comes back, and what is true after each kind of failure.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod anchor;
mod build;
mod crash;
mod format;
mod index_damage;
mod journal_damage;
mod look;
mod roundtrip;
