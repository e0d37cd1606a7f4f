//! Figures of a row: bounds, rates and leverages, as printed. Beside a figure whose print does not spell it plainly
//! (`1,00,000`) stands the number that it means (`cap_value = "100000"`).

use super::errors::{ErrorList, quoted};
use super::fields::{Fields, Value, Words};
use crate::decimal::{self, Decimal};
use crate::ingest::scan;
use crate::rule::{Leverage, Number, Rate};
use crate::text::Span;

/// The most that a leverage can be; the largest real one is 150.
const MOST_LEVERAGE: u32 = 9_999;

/// A figure that was read.
#[derive(Clone, Debug)]
pub struct Cell<T> {
    /// What it says.
    pub value: T,
    /// Its bytes, without quotes.
    pub span: Span,
    /// Whether its print does not spell its number plainly.
    pub odd: bool,
}

/// The bound in a field; `None`, and noted, where it is absent or cannot be read. `value_key` names the field of the
/// number that a misprint means.
pub fn bound(
    row: &Fields,
    key: &'static str,
    value_key: &'static str,
    errors: &mut ErrorList,
) -> Option<Cell<Number>> {
    let field = row.need(key, &format!("write {key} = \"10,000\""), errors)?;
    let words = field.figure(errors)?.words;
    let plain = Number::plain(words.text.trim()).map(|number| number.value());
    let value = match row.get(value_key) {
        Some(value) => exact(&value, errors)?,
        None => match plain {
            Some(value) => value,
            None => {
                let what = format!("{} is not a figure", quoted(&words.text));
                let hint = format!(
                    "write 10,000 or 10000; where it is printed so, add the number: {value_key} = \"100000\""
                );
                field.wrong(&what, hint, errors);
                return None;
            }
        },
    };
    let text = if row.get(value_key).is_some() { words.text.as_ref() } else { words.text.trim() };
    Some(Cell { value: Number::with_text(text, value), span: words.span, odd: plain != Some(value) })
}

/// The rate or ratio in a field; `None`, and noted, where it is absent or cannot be read. `value_key` names the field
/// of the fraction that a misprint means.
pub fn rate(
    row: &Fields,
    key: &'static str,
    value_key: &'static str,
    errors: &mut ErrorList,
) -> Option<Cell<Rate>> {
    let field = row.need(key, &format!("write {key} = \"5%\""), errors)?;
    let figure = field.figure(errors)?;
    let Words { text, span } = figure.words;
    if let Some(value) = row.get(value_key) {
        let fraction = exact(&value, errors)?;
        let printed = text.strip_suffix('%').unwrap_or(&text);
        let odd = Rate::from_percent(printed).is_none_or(|rate| rate.fraction() != fraction);
        return Some(Cell { value: Rate::from_parts(printed.to_string(), fraction), span, odd });
    }
    let trimmed = text.trim();
    let (percent, sign) = match trimmed.strip_suffix(['%', '％']) {
        Some(digits) => (digits.trim_end(), true),
        None => (trimmed, false),
    };
    let Some(rate) = Rate::from_percent(percent) else {
        let what = format!("{} is not a rate from 0 % to 100 %", quoted(&text));
        field.wrong(&what, format!("write {key} = \"5%\" or \"16.67%\""), errors);
        return None;
    };
    // A number without a sign may be a fraction: 0.05 as well as 1, which may be all or a hundredth.
    if !sign && (figure.in_quotes || percent == "1") {
        let what = format!("{} has no percent sign", quoted(&text));
        let fraction = decimal::multiply(rate.fraction(), Decimal::from(10_000)).filter(|hundredfold| {
            *hundredfold <= Decimal::ONE_HUNDRED && rate.fraction() <= Decimal::new(1, 2)
        });
        let other = fraction.map_or(String::new(), |it| format!(" or \"{}%\"", decimal::canonical(it)));
        field.wrong(&what, format!("write {key} = \"{percent}%\"{other}"), errors);
        return None;
    }
    Some(Cell { value: rate, span, odd: false })
}

/// The leverages of a row: as printed, or only the highest. `None`, and noted, where they cannot be read.
pub fn leverage(row: &Fields, errors: &mut ErrorList) -> Option<Cell<Leverage>> {
    let printed = match row.get("leverage") {
        Some(field) => Some((field, field.figure(errors)?)),
        None => None,
    };
    let least = bounded(row, "min_leverage", errors)?;
    match (bounded(row, "max_leverage", errors)?, printed) {
        (Some((max, span)), printed) => {
            let min = least.map(|(min, _)| min);
            let (text, span) = match printed {
                Some((_, figure)) => (figure.words.text.to_string(), figure.words.span),
                None => (format!("{max}x"), span),
            };
            if min.is_some_and(|min| min > max) {
                errors.value(row.header, format!("{}: min_leverage is above max_leverage", row.name), "");
                return None;
            }
            Some(Cell { value: Leverage { min, max, text }, span, odd: false })
        }
        (None, Some((field, figure))) => {
            if let Some((_, span)) = least {
                errors.value(span, format!("{}: min_leverage goes with max_leverage", row.name), "");
                return None;
            }
            printed_leverage(&field, &figure.words, figure.in_quotes, errors)
        }
        (None, None) => {
            let hint = "write leverage = \"6 - 10x\"; where only the highest is stated, max_leverage = 10";
            row.need("leverage", hint, errors).and(None)
        }
    }
}

fn printed_leverage(
    field: &Value,
    words: &Words,
    in_quotes: bool,
    errors: &mut ErrorList,
) -> Option<Cell<Leverage>> {
    let text = if in_quotes { words.text.trim().to_string() } else { format!("{}x", words.text) };
    match scan::leverage(&text, 0) {
        Some((leverage, span)) if span.end == text.len() => {
            Some(Cell { value: leverage, span: words.span, odd: false })
        }
        _ => {
            let what = format!("{} is not a leverage", quoted(&words.text));
            field.wrong(&what, "write 6 - 10x, or 5x", errors);
            None
        }
    }
}

/// A leverage in a field of its own; the outer `None` where it cannot be one.
fn bounded(row: &Fields, key: &'static str, errors: &mut ErrorList) -> Option<Option<(u32, Span)>> {
    let Some(field) = row.get(key) else { return Some(None) };
    let count = field.whole(1, errors)?;
    if count > MOST_LEVERAGE {
        field.wrong(&format!("more than {MOST_LEVERAGE}"), "", errors);
        return None;
    }
    Some(Some((count, field.span)))
}

/// The number that a misprint means: digits with at most one dot, up to the 28 digits of a decimal.
fn exact(field: &Value, errors: &mut ErrorList) -> Option<Decimal> {
    let words = field.figure(errors)?.words;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = words.text.split_once('.').unwrap_or((&words.text, "0"));
    let value = if digits(whole) && digits(decimals) && words.text.len() < 40 {
        Decimal::from_str_exact(&words.text).ok()
    } else {
        None
    };
    if value.is_none() {
        let what = format!("{} is not a plain number", quoted(&words.text));
        field.wrong(&what, "write digits with at most one dot: \"100000\", \"0.05\"", errors);
    }
    value
}
