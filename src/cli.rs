//! The command line: arguments in, text and an exit code out.

pub mod terminal;
pub mod progress;
pub mod arguments;
pub mod session;
pub mod load;
pub mod withdraw;
pub mod reconcile;
pub mod repl;
pub mod export;
pub mod run;
