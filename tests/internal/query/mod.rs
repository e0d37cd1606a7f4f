//! Plans: what the words of a statement mean.

mod answer_rows;
mod parameters;
mod plain;
mod times;
