//! A snapshot, and the contracts and assets of it.

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyDict};
use tierbook::Decimal;
use tierbook::exchange_forms::{self, Form, Selection};

use crate::answer::{Answer, Typed};
use crate::errors::{Result, raise, raised};
use crate::rows::Rows;
use crate::table::Table;
use crate::values::{basis, decimal, text};
use crate::{evaluate, impact, values};

/// The database as it was at one transaction.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Snapshot(pub tierbook::Snapshot);

type Time<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

#[pymethods]
impl Snapshot {
    /// The number of its newest transaction.
    #[getter]
    fn tx(&self) -> u64 {
        self.0.tx().0
    }

    /// The hash of that transaction.
    #[getter]
    fn head(&self) -> String {
        self.0.head().hash.to_string()
    }

    /// When that transaction was recorded, in microseconds since 1970.
    #[getter]
    fn recorded_at(&self) -> Option<i64> {
        self.0.head().recorded_at.map(|at| at.0.micros())
    }

    /// Every contract and asset, by its full name.
    fn subjects(&self) -> Vec<String> {
        self.0.subjects().iter().map(ToString::to_string).collect()
    }

    /// The contract of that name.
    fn contract(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> Result<Contract> {
        let name = text(name, "name")?;
        let found = py.detach(|| self.0.contract(&name));
        found.map(Contract).map_err(|error| raise(py, &error))
    }

    /// The asset of that name.
    fn collateral(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> Result<Collateral> {
        let name = text(name, "name")?;
        let found = py.detach(|| self.0.collateral(&name));
        found.map(Collateral).map_err(|error| raise(py, &error))
    }

    /// The answers to the statements of a text.
    fn query(&self, py: Python<'_>, query: &Bound<'_, PyAny>) -> Result<Rows> {
        let query = text(query, "text")?;
        let rows = py.detach(|| self.0.query(&query).map(Rows::of));
        rows.map_err(|error| raised(py, &error, &query))
    }

    /// A question about every row of a table.
    fn evaluate(
        &self,
        py: Python<'_>,
        frame: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> Result<Table> {
        evaluate::run(py, &self.0, frame, options)
    }

    /// What announced changes do to positions.
    #[pyo3(signature = (positions, scale, prices, as_of, known_at, recorded_by))]
    #[allow(clippy::too_many_arguments)]
    fn impact(
        &self,
        py: Python<'_>,
        positions: &Bound<'_, PyAny>,
        scale: Option<&Bound<'_, PyAny>>,
        prices: Vec<String>,
        as_of: Time<'_, '_>,
        known_at: Time<'_, '_>,
        recorded_by: Time<'_, '_>,
    ) -> Result<impact::Found> {
        impact::impact(py, &self.0, positions, (scale, &prices), [as_of, known_at, recorded_by])
    }

    /// The tables of contracts in a form of exchanges and tools, as text, and what was left out.
    #[pyo3(signature = (form, subjects, as_of=None, known_at=None, recorded_by=None))]
    fn export(
        &self,
        py: Python<'_>,
        form: &str,
        subjects: Vec<Bound<'_, PyAny>>,
        as_of: Time<'_, '_>,
        known_at: Time<'_, '_>,
        recorded_by: Time<'_, '_>,
    ) -> Result<(String, Vec<(String, &'static str)>)> {
        let mut selection = Selection::at(basis(as_of, known_at, recorded_by)?);
        selection.subjects = subjects.iter().map(|name| text(name, "symbols")).collect::<Result<_>>()?;
        let form = Form::named(form).unwrap_or(Form::Ccxt);
        let exported = py.detach(|| exchange_forms::export(&self.0, form, &selection));
        let exported = exported.map_err(|error| raise(py, &error))?;
        let without =
            exported.without_rule.iter().map(|(subject, status)| (subject.to_string(), status.name()));
        Ok((exported.text(), without.collect()))
    }
}

/// The rules of a contract.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Contract(tierbook::Contract);

#[pymethods]
impl Contract {
    /// Its full name.
    #[getter]
    fn subject(&self) -> String {
        self.0.subject().to_string()
    }

    /// The answer of a measure that takes a notional.
    #[pyo3(signature = (measure, notional, leverage, as_of, known_at, recorded_by))]
    fn of_notional(
        &self,
        measure: &str,
        notional: &Bound<'_, PyAny>,
        leverage: Option<&Bound<'_, PyAny>>,
        as_of: Time<'_, '_>,
        known_at: Time<'_, '_>,
        recorded_by: Time<'_, '_>,
    ) -> Result<Answer> {
        let (at, notional) = (basis(as_of, known_at, recorded_by)?, decimal(notional, "notional")?);
        let leverage = values::leverage(leverage)?;
        Ok(Answer(match measure {
            "mmr" => Typed::Number(self.0.mmr(notional, at)),
            "margin" => Typed::Number(self.0.margin(notional, at)),
            "initial_margin" => Typed::Number(self.0.initial_margin(notional, leverage, at)),
            "max_leverage" => Typed::Whole(self.0.max_leverage(notional, at)),
            _ => Typed::Tier(self.0.tier(notional, at)),
        }))
    }

    /// The largest notional that a leverage allows; the limit without one.
    fn limit(
        &self,
        leverage: Option<&Bound<'_, PyAny>>,
        as_of: Time<'_, '_>,
        known_at: Time<'_, '_>,
        recorded_by: Time<'_, '_>,
    ) -> Result<Answer> {
        let at = basis(as_of, known_at, recorded_by)?;
        Ok(Answer(Typed::Number(match values::leverage(leverage)? {
            Some(leverage) => self.0.max_position(leverage, at),
            None => self.0.limit(at),
        })))
    }

    /// The whole table.
    fn tiers(
        &self,
        as_of: Time<'_, '_>,
        known_at: Time<'_, '_>,
        recorded_by: Time<'_, '_>,
    ) -> Result<Answer> {
        Ok(Answer(Typed::Tiers(self.0.tiers(basis(as_of, known_at, recorded_by)?))))
    }
}

/// The rules of an asset as collateral.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Collateral(tierbook::Collateral);

#[pymethods]
impl Collateral {
    /// Its full name.
    #[getter]
    fn subject(&self) -> String {
        self.0.subject().to_string()
    }

    /// The answer of a measure that takes an amount.
    fn of_amount(
        &self,
        measure: &str,
        amount: &Bound<'_, PyAny>,
        as_of: Time<'_, '_>,
        known_at: Time<'_, '_>,
        recorded_by: Time<'_, '_>,
    ) -> Result<Answer> {
        let (at, amount) = (basis(as_of, known_at, recorded_by)?, decimal(amount, "amount")?);
        Ok(Answer(Typed::Number(match measure {
            "ratio" => self.0.ratio(amount, at),
            _ => self.0.value(amount, at),
        })))
    }

    /// The whole table; the one ratio where that is for any amount.
    fn tiers(
        &self,
        py: Python<'_>,
        as_of: Time<'_, '_>,
        known_at: Time<'_, '_>,
        recorded_by: Time<'_, '_>,
    ) -> Result<Answer> {
        let at = basis(as_of, known_at, recorded_by)?;
        let tiers = self.0.tiers(at);
        let has_tiers = !tiers.rows().map_err(|error| raise(py, &error))?.is_empty();
        Ok(Answer(if has_tiers {
            Typed::Tiers(tiers)
        } else {
            Typed::Number(self.0.ratio(Decimal::ZERO, at))
        }))
    }
}
