//! The command line: arguments in, text and an exit code out.

pub mod console;
pub mod signals;
mod status;
pub mod environment;
pub mod progress;
pub mod options;
pub mod arguments;
pub mod config;
pub mod answers;
mod saved_sets;
pub mod session;
pub mod audit;
pub mod certificate;
#[cfg(feature = "columnar")]
pub mod eval;
pub mod report;
pub mod load;
pub mod retract;
pub mod reconcile;
mod watch;
pub mod impact_options;
mod saved_positions;
mod impact_watch;
mod impact_parts;
mod impact_scenario;
mod impact;
mod migrate;
mod recovery;
pub mod replication_options;
mod replication;
pub mod recovery_options;
mod salvage;
pub mod verify;
mod feeds;
mod history;
mod inputs;
#[cfg(feature = "columnar")]
pub mod tables;
pub mod sources;
pub mod exchange_forms;
pub mod export;
pub mod database_status;
pub mod head;
pub mod log;
pub mod dispatch;
pub mod repl;
pub mod reference;
pub mod query;
#[cfg(feature = "server")]
pub mod serve;
pub mod run;
