//! tierbook: a rulebook with a memory.
//!
//! It reads what exchanges announce about margin, keeps every statement with its three times, and answers
//! questions exactly, with the source. Each module below knows only modules above it in this list. `ingest`, `store`
//! and `rulebook` with `query` know nothing of one another: they meet in `database`. A test keeps the order.

pub mod limits;
pub mod text;
pub mod time;
pub mod decimal;
pub mod error;
pub mod finding;
pub mod rule;
pub mod statement;
pub mod ingest;
pub mod store;
pub mod rulebook;
pub mod query;
pub mod render;
pub mod snapshot;
pub mod database;
