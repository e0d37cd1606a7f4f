//! One answer: its value at once, its row when it is asked for.

use pyo3::prelude::*;
use tierbook::{Decimal, TierView};

use crate::errors::{Result, raise};
use crate::values;

/// An answer with the type of its value.
pub enum Typed {
    Number(tierbook::Answer<Decimal>),
    Whole(tierbook::Answer<u32>),
    Tier(tierbook::Answer<TierView>),
    Tiers(tierbook::Answer<Vec<TierView>>),
}

/// An answer.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Answer(pub Typed);

macro_rules! each {
    ($answer:expr, $name:ident => $what:expr) => {
        match $answer {
            Typed::Number($name) => $what,
            Typed::Whole($name) => $what,
            Typed::Tier($name) => $what,
            Typed::Tiers($name) => $what,
        }
    };
}

#[pymethods]
impl Answer {
    /// The value where it is one number; `None` otherwise, also of tiers, which are in the rows.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyAny>> {
        match &self.0 {
            Typed::Number(answer) => match answer.value() {
                Some(value) => values::to_decimal(py, *value),
                None => Ok(py.None().into_bound(py)),
            },
            Typed::Whole(answer) => Ok(answer.value().copied().into_pyobject(py)?.into_any()),
            Typed::Tier(_) | Typed::Tiers(_) => Ok(py.None().into_bound(py)),
        }
    }

    /// Whether there is a value, or why there is none.
    #[getter]
    fn status(&self) -> &'static str {
        each!(&self.0, answer => answer.status()).name()
    }

    /// Its rows in the JSON contract, as a JSON array.
    fn rows(&self, py: Python<'_>) -> Result<String> {
        let rows = each!(&self.0, answer => answer.rows());
        let rows = rows.map_err(|error| raise(py, &error))?;
        Ok(serde_json::to_string(&rows).unwrap_or_default())
    }
}
