//! The query language: text → syntax → plan → answer.
//!
//! `parse` reads text as written; `plan` fixes names, numbers and instants; `answer` looks into the rulebook and
//! computes. None of them prints, reads files or looks at the clock.

pub mod answer;
pub mod ast;
pub mod evaluate;
pub mod explain;
pub mod listing;
pub mod measure;
pub mod names;
pub mod parse;
pub mod plan;
pub mod rows;

pub use answer::{Held, answer};
pub use parse::parse;
pub use plan::{Plan, plan};
