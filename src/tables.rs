//! The history as tables, for engines that join them with rows of their own: tiers, statements and sources.
//!
//! A row of the tiers is a tier of a box of valid, publication and recording time, in which every answer is the same
//! but for its age. `docs/tables.md` has the columns and how they are joined.
//!
//! ```
//! use tierbook::evaluation::{Form, Target};
//! use tierbook::tables::{Selection, Table, write};
//! # let folder = tempfile::tempdir()?;
//! # let database = tierbook::Database::create(folder.path().join("db"))?;
//! # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
//! let rules = database.snapshot()?;
//! let file = folder.path().join("tiers.csv");
//! let mut selection = Selection::default();
//! selection.subjects = vec!["ACTUSDT".to_string()];
//! selection.as_of = Some("2026-02-07T00:00Z".parse()?);
//! selection.known_at = Some("2026-02-07T00:00Z".parse()?);
//! let rows = write(&rules, Table::Tiers, &selection, (Target::File(file.clone()), Form::Csv), &|_, _| {})?;
//! let text = std::fs::read_to_string(&file)?;
//! assert_eq!(rows, 7); // six tiers, and what is above the last cap
//! assert!(text.contains(",2,10000,60000,0.1,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod schema;
mod chosen;
mod columns;
mod tiers;
mod stated;
mod run;

pub use run::{batches, write};
pub use schema::schema;

use crate::time::Timestamp;

/// A table of what is stored.
///
/// ```
/// use tierbook::tables::{Table, schema};
/// assert!(schema(Table::Sources).field_with_name("sha256").is_ok());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    /// The tiers in force, at all times.
    Tiers,
    /// What the sources state, as they state it.
    Statements,
    /// The sources.
    Sources,
}

impl Table {
    /// All tables.
    ///
    /// ```
    /// use tierbook::tables::Table;
    /// assert_eq!(Table::ALL.map(Table::name), ["tiers", "statements", "sources"]);
    /// ```
    pub const ALL: [Table; 3] = [Table::Tiers, Table::Statements, Table::Sources];

    /// Its name.
    ///
    /// ```
    /// assert_eq!(tierbook::tables::Table::Tiers.name(), "tiers");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Table::Tiers => "tiers",
            Table::Statements => "statements",
            Table::Sources => "sources",
        }
    }

    /// The table of that name.
    ///
    /// ```
    /// use tierbook::tables::Table;
    /// assert_eq!(Table::named("sources"), Some(Table::Sources));
    /// ```
    pub fn named(name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// Which part of a table is wanted.
///
/// ```
/// use tierbook::tables::Selection;
/// assert!(Selection::default().subjects.is_empty()); // all
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Selection {
    /// Names or patterns of contracts and assets; empty for all.
    pub subjects: Vec<String>,
    /// Only tiers that are in force then.
    pub as_of: Option<Timestamp>,
    /// Only tiers that were known then; only statements and sources that were published by then.
    pub known_at: Option<Timestamp>,
    /// Only tiers by what was recorded by then; only statements and sources that were recorded by then. It is not in the
    /// future.
    pub recorded_by: Option<Timestamp>,
}
