//! Plans: what the words of a statement mean.

mod parameters;
mod plain;
mod times;
