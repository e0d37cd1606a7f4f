//! A cell of a row, whatever the form of its file: as text, as a number, as a leverage.

use std::borrow::Cow;

use crate::cells;
use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;
use crate::limits;

/// A cell.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'a> {
    /// It has no value.
    Empty,
    /// As it is written, without blanks around it.
    Text(Cow<'a, str>),
    /// A number of a column of numbers.
    #[cfg_attr(
        not(feature = "columnar"),
        allow(dead_code, reason = "only Parquet and Arrow have such columns")
    )]
    Number(Decimal),
    /// Something that no column of positions has, in words.
    Unfit(String),
}

/// How numbers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Commas {
    /// A comma is between groups of three digits.
    Group,
    /// A comma may be a decimal point: cells are separated by semicolons.
    Unclear,
}

impl<'a> Cell<'a> {
    /// A text; an empty one is no value.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
        let text = match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_string()),
        };
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// As messages quote it.
    pub fn words(&self) -> String {
        match self {
            Cell::Empty => "an empty cell".to_string(),
            Cell::Text(text) => format!("`{}`", quoted(text)),
            Cell::Number(number) => format!("`{}`", decimal::canonical(*number)),
            Cell::Unfit(what) => what.clone(),
        }
    }

    /// The name of a contract or asset.
    ///
    /// # Errors
    /// It is no text, longer than names are, or has characters that names have not.
    pub fn name(&self) -> Result<Option<&str>> {
        let Cell::Text(text) = self else {
            return match self {
                Cell::Empty => Ok(None),
                _ => Err(refuse(ErrorCode::NotAName, format!("{} is no name", self.words()), NAME)),
            };
        };
        if text.len() > limits::SUBJECT_BYTES {
            let message = format!("`{}` is longer than {} bytes", quoted(text), limits::SUBJECT_BYTES);
            return Err(refuse(ErrorCode::NotAName, message, NAME));
        }
        if text.chars().any(char::is_control) {
            let message = format!("{text:?} has characters that no name has");
            return Err(refuse(ErrorCode::NotAName, message, NAME));
        }
        Ok(Some(text))
    }

    /// A word of a few, in lower case.
    ///
    /// # Errors
    /// It is no text.
    pub fn word(&self) -> Result<Option<String>> {
        match self {
            Cell::Empty => Ok(None),
            Cell::Text(text) => Ok(Some(text.to_lowercase())),
            _ => {
                Err(refuse(ErrorCode::NotAValue, format!("{} is no word", self.words()), "write it as text"))
            }
        }
    }

    /// A number, with its sign.
    ///
    /// # Errors
    /// It is none that can be read exactly.
    pub fn number(&self, commas: Commas) -> Result<Option<Decimal>> {
        match self {
            Cell::Empty => Ok(None),
            Cell::Number(number) => Ok(Some(*number)),
            Cell::Text(text) => number(text, commas).map(Some),
            Cell::Unfit(what) => {
                Err(refuse(ErrorCode::NotANumber, format!("{what} is not a number"), NUMBER))
            }
        }
    }

    /// A leverage: `5`, `5x`, `5.0`; 0 is one of its own.
    ///
    /// # Errors
    /// It is no whole number.
    pub fn leverage(&self) -> Result<Option<u32>> {
        let plain = match self {
            Cell::Empty => return Ok(None),
            Cell::Text(text) => {
                decimal::parse_scientific(text.strip_suffix(['x', 'X']).unwrap_or(text).trim_end())
            }
            Cell::Number(number) => Some(*number),
            Cell::Unfit(_) => None,
        };
        let whole = plain.map(|it| it.normalize()).filter(|it| it.scale() == 0);
        match whole.and_then(|it| u32::try_from(it.mantissa()).ok()) {
            Some(leverage) => Ok(Some(leverage)),
            None => Err(refuse(
                ErrorCode::NotALeverage,
                format!("{} is not a leverage", self.words()),
                "write a whole number from 1 on: 5 or 5x",
            )),
        }
    }
}

const NAME: &str = "write the name of a contract like ACTUSDT or ACT/USDT:USDT, of an asset like BTC";
const NUMBER: &str = "write a number like 60000, 0.25, 60k or 1e-7; leave the cell empty where there is none";

fn refuse(code: ErrorCode, message: String, hint: &str) -> Error {
    Error::new(code, message).hint(hint)
}

fn number(text: &str, commas: Commas) -> Result<Decimal> {
    let (is_negative, size) = match text.strip_prefix(['-', '−']) {
        Some(size) => (true, size),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let wrong = |message: String, hint: &str| Err(refuse(ErrorCode::NotANumber, message, hint));
    if commas == Commas::Unclear && size.contains(',') {
        let message = format!("the comma of `{}` may be a decimal point or not", quoted(text));
        return wrong(
            message,
            "the cells are separated by semicolons: write 1234.5, with a point and no comma",
        );
    }
    let is_signed = size.starts_with(['-', '−', '+']);
    match cells::amount(size) {
        Ok(number) if !is_signed => Ok(if is_negative { -number } else { number }),
        _ if is_no_value(size) => wrong(format!("`{}` is not a number", quoted(text)), NUMBER),
        _ if significant(size) > limits::NUMBER_DIGITS => wrong(
            format!("`{}` has more than {} digits", quoted(text), limits::NUMBER_DIGITS),
            "round it where it is written; it is read exactly or not at all",
        ),
        // A unit says what a number is of, which the name of the column says already, or contradicts.
        _ if cells::amount(without_unit(size)).is_ok() => wrong(
            format!("`{}` is not a number", quoted(text)),
            "write the number without currency or unit: 12000",
        ),
        _ if size.contains(',') => wrong(
            format!("the commas of `{}` are not before groups of three digits", quoted(text)),
            "write 60000 or 60,000; a decimal point is a point: 0.25",
        ),
        _ => wrong(format!("`{}` is not a number", quoted(text)), NUMBER),
    }
}

/// A number without the currency before it, and the unit after it: `$12,000`, `60,000 USDT`.
fn without_unit(text: &str) -> &str {
    text.trim_start_matches(['$', '€', '£', '¥', '₮']).trim_end_matches(char::is_alphabetic).trim()
}

/// What programs write where there is no number.
fn is_no_value(text: &str) -> bool {
    ["nan", "inf", "infinity", "none", "null", "na", "n/a", "-", ""].contains(&text.to_lowercase().as_str())
}

/// How many digits a plain number or one with an exponent has, written out; 0 for another text.
fn significant(text: &str) -> usize {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_plain =
        digits > 0 && number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let is_exponent = exponent.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit());
    let exponent: usize = exponent.trim_start_matches(['+', '-']).parse().unwrap_or(usize::MAX);
    if is_plain && is_exponent { digits.saturating_add(exponent) } else { 0 }
}
