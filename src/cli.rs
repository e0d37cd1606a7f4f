//! The command line: arguments in, text and an exit code out.

pub mod arguments;
pub mod load;
pub mod repl;
pub mod run;
pub mod session;
pub mod terminal;
