//! The query language, for programs that read, complete or describe statements themselves.
//!
//! To ask, [`Snapshot::query`](crate::Snapshot::query) is enough.
//!
//! ```
//! use tierbook::language::{Parameters, parse};
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path())?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! # let rules = database.snapshot()?;
//! // A statement that is read once and asked with other values.
//! let statement = parse("mmr of $contract at 60000 as of 2026-02-06T08:00Z")?.remove(0);
//! for contract in ["ACTUSDT", "IPUSDT"] {
//!     let mut bound = statement.clone();
//!     Parameters::read(&[format!("contract={contract}")])?.bind(&mut bound)?;
//!     assert_eq!(rules.answer(&bound, tierbook::Timestamp::now())?.len(), 1);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::query::Pins;
pub use crate::query::plan::at::amount;
pub use crate::query::plan::basis::check_recorded_by;
pub use crate::query::plan::pins::PINNABLE;
pub use crate::query::syntax::alias::{Alias, is_name as is_alias_name};
pub use crate::query::syntax::ast::{Condition, GivenClause, OwnAt, Statement, Word};
pub use crate::query::syntax::language::{
    Clause, ClauseRow, Over, StatementKind, StatementRow, Value, reserved_words, statement_names,
    statement_words,
};
pub use crate::query::syntax::measure::{Measure, Takes};
pub use crate::query::syntax::next::{Next, Slot, keywords, next};
pub use crate::query::syntax::parameters::{Parameters, named as with_parameters};
pub use crate::query::syntax::parse::end_of_words;
pub use crate::query::syntax::reference::reference;
pub use crate::query::{parse, parse_with};
