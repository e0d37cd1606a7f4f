//! tierbook: a rulebook with a memory.
//!
//! It reads what exchanges announce about margin, keeps every statement with its three times, and answers
//! questions exactly, with the source. Each module below knows only modules above it in this list. `ingest`, `store`
//! and `rulebook` with `query` know nothing of one another: they meet in `database`. A test keeps the order.

pub mod limits;
pub mod text;
pub mod error;
pub mod time;
pub mod decimal;
pub mod finding;
pub mod rule;
pub mod statement;
pub mod ingest;
pub mod store;
pub mod rulebook;
pub mod query;
pub mod render;
pub mod answer;
pub mod subject_rules;
pub mod contract;
pub mod collateral;
pub mod document;
pub mod snapshot;
pub mod database;

pub use crate::answer::Answer;
pub use crate::collateral::Collateral;
pub use crate::contract::Contract;
pub use crate::database::Database;
pub use crate::database::corrections::Reason;
pub use crate::database::files::LoadInput;
pub use crate::database::load::{FileOutcome, FileReport, LoadOptions};
pub use crate::database::writer::{LoadReport, Writer};
pub use crate::decimal::Decimal;
pub use crate::document::{Document, ReadOptions, read};
pub use crate::error::{Error, ErrorCode, ErrorKind, Result};
pub use crate::finding::{Finding, FindingCode, Severity};
pub use crate::query::rows::{CertaintyRow as Certainty, Row, Status, Warning};
pub use crate::snapshot::Snapshot;
pub use crate::statement::{Basis as At, Program, Subject};
pub use crate::text::Span;
pub use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};
