//! The command line: arguments in, text and an exit code out.

pub mod terminal;
pub mod progress;
pub mod arguments;
pub mod config;
pub mod session;
pub mod audit;
pub mod certificate;
pub mod load;
pub mod retract;
pub mod reconcile;
pub mod verify;
pub mod repl;
pub mod export;
pub mod reference;
pub mod run;
