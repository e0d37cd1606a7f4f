//! The command line: arguments in, text and an exit code out.

pub mod console;
pub mod status;
pub mod environment;
pub mod progress;
pub mod arguments;
pub mod config;
pub mod session;
pub mod audit;
pub mod certificate;
pub mod report;
pub mod load;
pub mod retract;
pub mod reconcile;
pub mod verify;
pub mod repl;
pub mod export;
pub mod reference;
pub mod head;
pub mod query;
pub mod run;
