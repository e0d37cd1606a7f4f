//! The query language: text → syntax → plan → answer.
//!
//! `parse` reads text as written; `plan` fixes names, numbers and instants; `answer` looks into the rulebook and
//! computes. None of them prints, reads files or looks at the clock. Each file knows only those above it.

pub mod measure;
pub mod ast;
pub mod alias;
pub mod parameters;
pub mod typos;
pub mod at;
pub mod address;
pub mod grammar;
pub mod parse;
pub mod next;
pub mod names;
pub mod plan;
pub mod pins;
pub mod parts;
pub mod reconciled;
pub mod time_rows;
pub mod segment_rows;
pub mod rows;
pub mod stored;
pub mod evaluate;
pub mod measures;
pub mod versions;
pub mod segments;
pub mod steps;
pub mod diff;
pub mod changes;
pub mod report;
pub mod affected;
pub mod audit;
pub mod judged;
pub mod explain;
pub mod listing;
pub mod answer;

pub use answer::answer;
pub use listing::find_source;
pub use parse::{parse, parse_with};
pub use pins::Pins;
pub use plan::{Plan, plan};
pub use stored::StoredRules;
