//! The margin rules of crypto exchanges over time: what is in force at any time, how certain that is, and who
//! states it.
//!
//! Exchanges announce changes of leverage tiers, maintenance margin rates and collateral ratios in texts for
//! people. This crate reads the announcements and the tables of the exchange, stores every statement with
//! three times (when it is in force, when it was published, when it was recorded), and answers exactly, with
//! the place in the source. It is for risk systems, backtests that must not know the future, and audits of
//! decisions.
//!
//! ```
//! use tierbook::{At, Database, Decimal, LoadOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("rules.db");
//! let database = Database::create(&path)?;
//! database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;
//!
//! let rules = database.snapshot()?; // one transaction; it never changes
//! let at = At::valid("2026-02-06T07:00Z".parse()?);
//! let contract = rules.contract("ACTUSDT")?;
//! let mmr = contract.mmr(Decimal::from(60_000), at);
//! assert_eq!(mmr.value(), Some(&"0.1".parse()?));
//! assert_eq!(mmr.source().unwrap().recorded.source.file, "binance-2026-02-03.txt");
//!
//! for row in rules.query("history of mmr of ACTUSDT at 60000")? {
//!     println!("{}", serde_json::to_string(&row)?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//!
//! | to … | use |
//! |---|---|
//! | open or create a database | [`Database`] |
//! | ask, from any number of threads | [`Snapshot`], [`Contract`], [`Collateral`], [`Answer`] |
//! | ask many questions at once, in columns | [`Columns`], [`Snapshot::evaluate`], which fills [`Evaluated`] |
//! | ask in the query language | [`Snapshot::query`], which gives a [`Row`] for each line of the answer; [`Snapshot::rows`], row by row |
//! | take rows of answers as columns of Arrow | `render::record_batch` |
//! | load announcements and tables, retract and reschedule | [`Writer`], [`LoadOptions`] |
//! | read an announcement without a database | [`read`], [`Document`] |
//! | handle what goes wrong | [`Error`], [`ErrorKind`], [`ErrorCode`] |
//!
//! # What is guaranteed
//!
//! * **Exact.** Numbers are decimals, never floats; a result that would have to be rounded is refused.
//! * **Repeatable.** An answer from a [`Snapshot`] never changes; neither does one with
//!   [`known_at`](At::known_at) and [`recorded_by`](At::recorded_by), whatever is recorded later.
//! * **Honest.** What is not known has a [`Status`] and a reason; what cannot be read in a document is a
//!   [`Finding`] with its place, and nothing is read silently.
//! * **Durable.** Once a method of [`Writer`] returns, what it recorded survives a power cut.
//! * **Shared.** Every handle is [`Send`] and [`Sync`]. Readers never wait for each other. One process writes
//!   at a time.
//! * No `unsafe` code, and no panic for any input.
//!
//! # Features, versions
//!
//! The feature `columnar`, on by default, has `evaluation`: files of questions in CSV, JSON lines, Parquet and Arrow.
//! Without it the crate has a third fewer dependencies. The feature `server`, on by default too, has `server`: the
//! database over HTTP. It needs Rust 1.95. What the root exports and the documented modules
//! are its public API and follow semantic versioning; `docs/formats.md` in the repository has the policy,
//! also for the disk format.

// Each module knows only modules above it in this list; a test keeps the order. `ingest`, `store` and
// `rulebook` with `query` know nothing of one another: they meet in `snapshot` and `database`.
#[cfg(test)]
extern crate self as tierbook;

pub mod limits;
pub mod text;
mod error;
mod caught;
pub mod draft_file;
mod time;
mod decimal;
mod compression;
mod finding;
mod sorted;
pub mod rule;
mod json;
mod liquidation;
mod statement;
mod ingest;
mod publication;
mod store;
mod origin;
mod rulebook;
mod query;
mod cells;
mod row_files;
mod compiled;
#[cfg(feature = "columnar")]
mod column_types;
#[cfg(feature = "columnar")]
mod column_files;
pub mod rows;
pub mod language;
pub mod render;
mod subject_rules;
mod answer;
mod contract;
mod collateral;
mod columns;
mod document;
mod snapshot;
pub mod positions;
mod database;
pub mod audit;
pub mod exchange_forms;
#[cfg(feature = "columnar")]
pub mod evaluation;
#[cfg(feature = "columnar")]
pub mod tables;
#[cfg(feature = "server")]
pub mod server;

#[cfg(test)]
#[path = "../tests/internal/main.rs"]
mod tests;

pub use crate::answer::Answer;
pub use crate::collateral::Collateral;
pub use crate::columns::{Columns, Evaluated, Notionals, SubjectHandle};
pub use crate::compiled::StatementPlace;
pub use crate::contract::Contract;
pub use crate::database::Database;
pub use crate::database::against::Against;
pub use crate::database::archive::Archive;
pub use crate::database::corrections::{Corrected, Correction, Reason, StillStated};
pub use crate::database::dry_run::DryRun;
pub use crate::database::editions::Edition;
pub use crate::database::export::{ExportOutcome, Exported};
pub use crate::database::files::LoadInput;
pub use crate::database::folder::{FolderFiles, files_of, may_be_document};
pub use crate::database::git::GitHistory;
pub use crate::database::load::{DocumentSummary, FileOutcome, FileReport, LoadOptions};
pub use crate::database::reading::{check, check_each};
pub use crate::database::reconcile::Reconciliation;
pub use crate::database::replication::{PullProgress, Pulled};
pub use crate::database::witness::{Witnessed, witness};
pub use crate::database::writer::{LoadReport, Writer};
pub use crate::decimal::Decimal;
pub use crate::document::{Document, ReadOptions, read};
pub use crate::error::{Error, ErrorCode, ErrorKind, Result};
pub use crate::finding::{Finding, FindingCode, Severity};
pub use crate::ingest::OtherTopic;
pub use crate::ingest::{DraftClaim, DraftStatement};
pub use crate::origin::JournalOrigin;
pub use crate::query::rows::{
    Certainty, CertaintyKind, ClassRef, Context, OtherValue, Row, SourceRef, Status, TierView, Warning,
};
pub use crate::snapshot::Snapshot;
pub use crate::snapshot::asked::Rows;
pub use crate::statement::editions::{Edited, Stated};
pub use crate::statement::{
    At, Claim, Loss, LostRow, Market, Origin, Precision, Program, Recorded, RecordedSource, Sha256, Source,
    SourceId, Statement, StatementId, Subject, TxId,
};
pub use crate::store::{
    BackedUp, Head, LostTransaction, Migrated, Published, Rebuilt, Restored, SalvageOptions, Salvaged, Stamp,
    Verified,
};
pub use crate::text::Span;
pub use crate::time::written::Zone;
pub use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};
