//! The built program from outside, as a user, a script and an operator meet it.
mod address;
mod advice;
mod aliases;
mod audit;
mod auditor;
mod beside;
mod certificate;
mod chart;
mod classes;
mod console;
mod contradictions;
mod contract;
mod corpus;
mod corrections;
mod disk_full;
mod docs;
mod drawn;
#[cfg(feature = "columnar")]
mod eval;
#[cfg(feature = "columnar")]
mod eval_hostile;
#[cfg(feature = "columnar")]
mod eval_positions;
mod exchange_forms;
mod export;
mod feeds;
mod first_try;
mod folders;
mod forms;
mod git_history;
mod hostile_folders;
#[cfg(feature = "columnar")]
mod hostile_names;
mod house;
mod impact;
mod initial_margin;
mod kill;
mod liquidation;
mod lives;
mod loading;
mod losses;
mod migration;
mod recovery;
mod mistakes;
mod mounted;
mod no_announcement;
mod network;
mod next_change;
mod no_rule;
#[cfg(feature = "columnar")]
mod notices;
mod own_notional;
mod parameters;
mod permissions;
mod postings;
mod prompt;
mod quiet_reader;
mod reference;
mod room;
mod salvage;
mod repository;
mod screens;
mod scripts;
mod several;
mod status;
mod streaming;
mod supply;
#[cfg(feature = "columnar")]
mod tables;
mod terminal;
mod timeline;
mod times;
pub mod tool;
mod unpacking;
mod upgrades;
mod watched_folder;
mod width;
mod year;
