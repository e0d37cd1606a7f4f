//! The store from outside: what is recorded comes back, and what is true after each kind of failure.

mod build;
mod crash;
mod damage;
mod format;
mod roundtrip;
