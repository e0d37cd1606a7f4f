//! Rules and statements: arithmetic, resolution and the invariants, against naive models.

mod checker;
mod effect;
mod order;
mod over_time;
mod tables;
