//! Rules and statements: arithmetic, resolution and the invariants, against naive models.

mod after_end;
mod checker;
#[cfg(feature = "columnar")]
mod boxes;
mod compiled;
mod documents;
mod effect;
mod holds;
mod invariants;
mod launches;
mod model;
mod order;
mod over_time;
mod printed;
mod ranks;
mod tables;
