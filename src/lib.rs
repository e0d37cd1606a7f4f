//! tierbook: a rulebook with a memory.
//!
//! It reads what exchanges announce about margin, keeps every statement with its three times, and answers
//! questions exactly, with the source. Each module below knows only those above it in this list, except that the
//! three branches `rulebook`/`query`, `ingest` and `store` know nothing of one another and meet in `database`.

pub mod decimal;
pub mod finding;
pub mod ingest;
pub mod limits;
pub mod mistake;
pub mod rule;
pub mod statement;
pub mod text;
pub mod time;
