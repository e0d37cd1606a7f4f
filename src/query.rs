//! The query language: text → `syntax` → `plan` → `eval` → `rows`.
//!
//! `syntax` reads text as written; `plan` fixes names, numbers and times; `eval` looks into the rulebook and
//! computes `rows`. None of them prints, reads files or looks at the clock. Each folder knows only those
//! above it in this list.

pub mod syntax;
pub mod plan;
pub mod rows;
pub mod eval;

pub use eval::answer::{Remaining, answer};
pub use eval::listing::find_source;
pub use eval::stored::StoredRules;
pub use plan::pins::Pins;
pub use plan::{Plan, plan};
pub use syntax::parse::{parse, parse_with};
