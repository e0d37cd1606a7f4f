//! Numbers, times and texts between Python and the library: exact, or refused.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use tierbook::{At, Decimal, Error, ErrorCode, Timestamp, language};

use crate::errors::{Result, raise, wrong_argument};

/// What is taken from Python's library once.
struct Classes {
    decimal: Py<PyAny>,
    datetime: Py<PyAny>,
    date: Py<PyAny>,
    timedelta: Py<PyAny>,
    /// 1970 as a `datetime` in UTC.
    epoch: Py<PyAny>,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

fn classes(py: Python<'_>) -> Result<&'static Classes> {
    CLASSES.get_or_try_init(py, || {
        let module = py.import("datetime")?;
        let (datetime, date) = (module.getattr("datetime")?, module.getattr("date")?);
        let in_utc = PyDict::new(py);
        in_utc.set_item("tzinfo", module.getattr("timezone")?.getattr("utc")?)?;
        let epoch = datetime.call((1970, 1, 1), Some(&in_utc))?.unbind();
        let decimal = py.import("decimal")?.getattr("Decimal")?.unbind();
        let timedelta = module.getattr("timedelta")?.unbind();
        Ok(Classes { decimal, datetime: datetime.unbind(), date: date.unbind(), timedelta, epoch })
    })
}

/// Whether a value is a `Decimal` of Python.
pub fn is_decimal(value: &Bound<'_, PyAny>) -> Result<bool> {
    value.is_instance(classes(value.py())?.decimal.bind(value.py()))
}

/// Whether a value is a `date` or a `datetime`.
pub fn is_time(value: &Bound<'_, PyAny>) -> Result<bool> {
    value.is_instance(classes(value.py())?.date.bind(value.py()))
}

/// A number as Python's `Decimal`.
pub fn to_decimal(py: Python<'_>, value: Decimal) -> Result<Bound<'_, PyAny>> {
    classes(py)?.decimal.bind(py).call1((value.normalize().to_string(),))
}

/// So many units of the last of `scale` digits after the point, as Python's `Decimal`.
pub fn units_to_decimal(py: Python<'_>, units: i128, scale: i8) -> Result<Bound<'_, PyAny>> {
    let few =
        u32::try_from(scale).ok().and_then(|scale| Decimal::try_from_i128_with_scale(units, scale).ok());
    match few {
        Some(value) => to_decimal(py, value),
        None => many_to_decimal(py, &units.to_string(), scale),
    }
}

/// As [`units_to_decimal`], of any number of digits, all of which Python has.
pub fn many_to_decimal<'py>(py: Python<'py>, units: &str, scale: i8) -> Result<Bound<'py, PyAny>> {
    classes(py)?.decimal.bind(py).call1((format!("{units}e{}", -i32::from(scale)),))
}

/// Microseconds since 1970 as an aware `datetime`.
///
/// # Errors
/// It is outside the years 1 to 9999 (`OverflowError`).
pub fn to_datetime(py: Python<'_>, micros: i64) -> Result<Bound<'_, PyAny>> {
    let classes = classes(py)?;
    let since = classes.timedelta.bind(py).call1((0, 0, micros))?;
    classes.epoch.bind(py).add(since)
}

/// A notional or an amount: `Decimal`, whole numbers and text exactly, a float as the shortest decimal that means it.
///
/// # Errors
/// It is no number, below zero, or has more digits than can be exact.
pub fn decimal(value: &Bound<'_, PyAny>, name: &str) -> Result<Decimal> {
    let read = match value.cast::<PyString>() {
        Ok(text) => amount(utf8(text, name)?.trim()),
        Err(_) => {
            let text = number(value, name)?;
            let text = text.to_str()?;
            // A `Decimal` has the zeros that its computation gave it; they are no digits of the number.
            let is_plain = text.contains('.') && !text.contains(['e', 'E']);
            amount(if is_plain { text.trim_end_matches('0').trim_end_matches('.') } else { text })
        }
    };
    read.map_err(|error| raise(value.py(), &error))
}

/// A notional or an amount as the text of the language.
#[pyfunction]
pub fn written_amount(value: &Bound<'_, PyAny>, name: &str) -> Result<String> {
    decimal(value, name).map(|amount| amount.normalize().to_string())
}

/// A time as the text of the language.
#[pyfunction]
pub fn written_time(value: &Bound<'_, PyAny>, name: &str) -> Result<String> {
    time(value, name).map(|at| at.to_string())
}

/// The text of a number, finite: `-1.5`, `6E+4`.
///
/// # Errors
/// It is no number, or none that is finite.
pub fn number<'py>(value: &Bound<'py, PyAny>, name: &str) -> Result<Bound<'py, PyString>> {
    let py = value.py();
    let refuse = |hint: &str| {
        let message = format!("`{name}` is {}, not a number", described(value));
        Err(wrong_argument(py, &message, hint))
    };
    let text = if value.is_instance_of::<PyBool>() {
        None
    } else if value.is_instance_of::<PyInt>() {
        // Whole numbers of thousands of digits have no text.
        value.str().ok()
    } else if value.is_instance_of::<PyFloat>() {
        Some(PyFloat::new(py, value.extract()?).repr()?)
    } else if is_decimal(value)? || is_number_of_another_library(value)? {
        Some(value.str()?)
    } else {
        None
    };
    let Some(text) = text else {
        return refuse("give a Decimal, an int, a str or a finite float");
    };
    let lower = text.to_str()?.to_ascii_lowercase();
    if ["nan", "inf"].iter().any(|word| lower.contains(word)) {
        return refuse("give a finite number; None is what is missing in a column");
    }
    // Zero has no sign here, and however many digits it was computed with.
    let is_zero = lower.split('e').next().is_some_and(|digits| digits.bytes().all(|b| b"-+0.".contains(&b)));
    Ok(if is_zero { PyString::new(py, "0") } else { text })
}

/// Whether a value is one number of numpy or the like, and no truth.
fn is_number_of_another_library(value: &Bound<'_, PyAny>) -> Result<bool> {
    let is_truth = value.get_type().name()?.to_str()?.starts_with("bool");
    let is_number = value.hasattr("__index__")? || value.hasattr("__float__")?;
    Ok(is_number && !is_truth && !value.hasattr("__len__")?)
}

/// A text as an amount, as the language reads it.
fn amount(text: &str) -> std::result::Result<Decimal, Error> {
    // The place in a query of one word says nothing.
    language::amount(text).map_err(|error| without_place(&error))
}

fn without_place(error: &Error) -> Error {
    error
        .hints()
        .iter()
        .fold(Error::new(error.code(), error.message()), |found, hint| found.hint(hint.clone()))
}

/// A leverage, if one is given: a whole number above zero.
///
/// # Errors
/// It is another number, or none.
pub fn leverage(value: Option<&Bound<'_, PyAny>>) -> Result<Option<u32>> {
    let Some(value) = value else { return Ok(None) };
    let whole = match value.is_instance_of::<PyBool>() || value.is_instance_of::<PyFloat>() {
        true => None,
        false => value.extract::<u32>().ok().filter(|leverage| *leverage > 0),
    };
    if whole.is_none() {
        let error = Error::new(ErrorCode::NotALeverage, format!("{} is not a leverage", described(value)));
        return Err(raise(value.py(), &error.hint("give a whole number above zero: 10")));
    }
    Ok(whole)
}

/// A text.
///
/// # Errors
/// It is none.
pub fn text(value: &Bound<'_, PyAny>, name: &str) -> Result<String> {
    match value.cast::<PyString>() {
        Ok(text) => Ok(utf8(text, name)?.to_string()),
        Err(_) => {
            let message = format!("`{name}` is {}, not a text", described(value));
            Err(wrong_argument(value.py(), &message, "give a str"))
        }
    }
}

/// The text of a `str`.
///
/// # Errors
/// It has half of a surrogate pair, which no text has.
pub fn utf8<'a>(text: &'a Bound<'_, PyString>, name: &str) -> Result<&'a str> {
    text.to_str().map_err(|_| {
        let message = format!("`{name}` is {}, which is no Unicode text", described(text));
        wrong_argument(text.py(), &message, "give text that can be written as UTF-8")
    })
}

/// What a wrong argument is, in a few words.
pub fn described(value: &Bound<'_, PyAny>) -> String {
    let kind = value.get_type().name().map_or_else(|_| "an object".to_string(), |name| name.to_string());
    let shown = value.repr().map_or_else(|_| String::new(), |repr| repr.to_string());
    let mut short: String = shown.lines().next().unwrap_or_default().chars().take(60).collect();
    if short.len() < shown.len() {
        short.push('…');
    }
    format!("`{short}` ({kind})")
}

/// A time of Python: an aware `datetime` (also of pandas), a `date` (its first moment in UTC), or text.
///
/// # Errors
/// It is none, or has no zone.
pub fn time(value: &Bound<'_, PyAny>, name: &str) -> Result<Timestamp> {
    let py = value.py();
    if let Ok(text) = value.cast::<PyString>() {
        let read = Timestamp::read(utf8(text, name)?, Timestamp::now());
        return read.map_err(|error| raise(py, &without_place(&error)));
    }
    let classes = classes(py)?;
    let of_library = |class: &Py<PyAny>| value.is_instance(class.bind(py));
    // `NaT` of pandas is a `datetime` that equals nothing.
    let since = if of_library(&classes.datetime)? && value.eq(value)? {
        Some(since_epoch(value, name, classes)?)
    } else if of_library(&classes.date)? && value.eq(value)? {
        let epoch = classes.epoch.bind(py).call_method0("date")?;
        Some(classes.date.bind(py).call_method1("__sub__", (value, epoch))?)
    } else {
        None
    };
    let Some(since) = since else {
        let message = format!("`{name}` is {}, not a time", described(value));
        let hint = match value.get_type().name()?.to_str()? {
            "datetime64" => "numpy has no zones; give the text: '2026-02-06T07:00Z'",
            _ => "give an aware datetime, a date, or a text such as '2026-02-06T07:00Z'",
        };
        return Err(wrong_argument(py, &message, hint));
    };
    Timestamp::from_micros(micros_of(&since)?).ok_or_else(|| {
        let message = format!("`{name}` is {}, outside the years that are known", described(value));
        wrong_argument(py, &message, "give another time")
    })
}

/// The time between 1970 and an aware `datetime`.
fn since_epoch<'py>(value: &Bound<'py, PyAny>, name: &str, classes: &Classes) -> Result<Bound<'py, PyAny>> {
    let py = value.py();
    // pandas and others have subclasses whose differences are not those of Python.
    let plain = match value.getattr_opt("to_pydatetime")? {
        Some(convert) => {
            let quietly = PyDict::new(py);
            quietly.set_item("warn", false)?;
            convert.call((), Some(&quietly))?
        }
        None => value.clone(),
    };
    if plain.call_method0("utcoffset")?.is_none() {
        let message = format!("`{name}` is {}, which has no zone", described(value));
        let hint = "say which zone it is in: datetime(2026, 2, 6, 7, tzinfo=timezone.utc)";
        return Err(wrong_argument(py, &message, hint));
    }
    classes.datetime.bind(py).call_method1("__sub__", (plain, classes.epoch.bind(py)))
}

fn micros_of(delta: &Bound<'_, PyAny>) -> Result<i64> {
    let part = |name: &str| delta.getattr(name)?.extract::<i64>();
    Ok((part("days")? * 86_400 + part("seconds")?) * 1_000_000 + part("microseconds")?)
}

/// A basis. What is left out is now, everything published, everything recorded.
///
/// # Errors
/// A time cannot be read, or `recorded_by` is in the future.
pub fn basis(
    as_of: Option<&Bound<'_, PyAny>>,
    known_at: Option<&Bound<'_, PyAny>>,
    recorded_by: Option<&Bound<'_, PyAny>>,
) -> Result<At> {
    let now = Timestamp::now();
    let mut at = At::valid(as_of.map_or(Ok(now), |value| time(value, "as_of"))?);
    if let Some(value) = known_at {
        at = at.known_at(time(value, "known_at")?);
    }
    if let Some(value) = recorded_by {
        let recorded_by = time(value, "recorded_by")?;
        language::check_recorded_by(recorded_by, now.max(Timestamp::now()))
            .map_err(|error| raise(value.py(), &error))?;
        at = at.recorded_by(recorded_by);
    }
    Ok(at)
}
