//! The built program from outside, as a user, a script and an operator meet it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod address;
mod aliases;
mod audit;
mod certificate;
mod chart;
mod console;
mod contradictions;
mod contract;
mod corpus;
mod corrections;
mod docs;
mod export;
mod house;
mod kill;
mod loading;
mod parameters;
mod prompt;
mod reference;
mod screens;
mod scripts;
mod terminal;
mod times;
mod tool;
mod width;
