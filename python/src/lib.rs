//! The native half of the Python package `tierbook`: the library for Python, and nothing of its own.
//!
//! The public classes are in `python/tierbook/*.py`; they call what is here, which is private. Rows of answers cross as
//! the JSON of the contract, tables as Arrow.

mod answer;
mod arrow_stream;
mod database;
mod decimal_column;
mod documents;
mod errors;
mod evaluate;
mod frames;
mod impact;
mod from_python;
mod numpy;
mod rows;
mod rules;
mod table;
mod to_python;
mod values;

/// The native half of `tierbook`.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::{
        answer::Answer, database::Database, documents::read, rows::Rows, rules::Collateral, rules::Contract,
        rules::Snapshot, table::Table, values::written_amount, values::written_time,
    };
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
