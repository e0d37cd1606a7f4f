//! A query as written: text → statements, and what can be written next. No clock is read, no name looked up.

pub mod measure;
pub mod clause;
pub mod language;
pub mod ast;
pub mod reference;
pub mod alias;
pub mod parameters;
pub mod typos;
pub mod stray;
pub mod plain;
pub mod parse;
pub mod next;
