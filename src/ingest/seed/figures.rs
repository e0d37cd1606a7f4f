//! Numbers of a row: bounds, rates and leverages, as printed. A number whose print cannot be read as it is
//! (`1,00,000`) has the number that it means in a second field (`cap_value = "100000"`).

use std::num::NonZeroU32;

use toml::{Spanned, Value};

use super::document::{TierRow, span_of};
use super::problems::{Checked, both, problem, quoted, wrong};
use super::values::{Printed, printed};
use crate::decimal::{self, Decimal};
use crate::error::ErrorCode;
use crate::ingest::scan;
use crate::rule::{Leverage, Number, Rate};
use crate::text::Span;

/// The largest leverage that is accepted; the largest real one is 150.
const MAX_LEVERAGE: u32 = 9_999;

/// A number that was read.
#[derive(Clone, Debug)]
pub struct Cell<T> {
    pub value: T,
    /// Its bytes, without quotes.
    pub span: Span,
    /// Whether its print means another number than it shows, or none.
    pub is_misprint: bool,
}

/// A bound; `meant` is the number that a misprint means.
pub fn bound(
    text: &str,
    key: &str,
    field: &Spanned<Value>,
    meant: Option<&Spanned<Value>>,
) -> Checked<Cell<Number>> {
    let Printed { text: print, span, .. } = printed(text, key, field)?;
    let plain = Number::plain(print.trim()).map(|number| number.value());
    if let Some(meant) = meant {
        let value = exact(text, &format!("{key}_value"), meant)?;
        let is_misprint = plain != Some(value);
        return Ok(Cell { value: Number::with_text(&print, value), span, is_misprint });
    }
    match plain {
        Some(value) => Ok(Cell { value: Number::with_text(print.trim(), value), span, is_misprint: false }),
        None => {
            let hint = format!(
                "write 10,000 or 10000; where it is printed so, add the number: {key}_value = \"100000\""
            );
            wrong(key, span, format!("{} is not a number", quoted(&print)), &hint)
        }
    }
}

/// A rate or ratio; `meant` is the fraction that a misprint means.
pub fn rate(
    text: &str,
    key: &str,
    field: &Spanned<Value>,
    meant: Option<&Spanned<Value>>,
) -> Checked<Cell<Rate>> {
    let Printed { text: print, span, in_quotes } = printed(text, key, field)?;
    if let Some(meant) = meant {
        let fraction = exact(text, &format!("{key}_value"), meant)?;
        let print = print.strip_suffix('%').unwrap_or(&print);
        let is_misprint = Rate::from_percent(print).is_none_or(|rate| rate.fraction() != fraction);
        return Ok(Cell { value: Rate::from_parts(print.to_string(), fraction), span, is_misprint });
    }
    let trimmed = print.trim();
    let (percent, has_sign) = match trimmed.strip_suffix(['%', '％']) {
        Some(digits) => (digits.trim_end(), true),
        None => (trimmed, false),
    };
    let Some(rate) = Rate::from_percent(percent) else {
        let what = format!("{} is not a rate from 0 % to 100 %", quoted(&print));
        return wrong(key, span, what, &format!("write {key} = \"5%\" or \"16.67%\""));
    };
    // A number without a sign may be a fraction: 0.05 as well as 1, which may be all or a hundredth.
    if !has_sign && (in_quotes || percent == "1") {
        let fraction = decimal::multiply(rate.fraction(), Decimal::from(10_000)).filter(|hundredfold| {
            *hundredfold <= Decimal::ONE_HUNDRED && rate.fraction() <= Decimal::new(1, 2)
        });
        let other = fraction.map_or(String::new(), |it| format!(" or \"{}%\"", decimal::canonical(it)));
        let what = format!("{} has no percent sign", quoted(&print));
        return wrong(key, span, what, &format!("write {key} = \"{percent}%\"{other}"));
    }
    Ok(Cell { value: rate, span, is_misprint: false })
}

/// The leverages of a row: as printed, or only the highest.
pub fn leverage(text: &str, row: &TierRow, at: Span) -> Checked<Cell<Leverage>> {
    let print = row.leverage.as_ref().map(|field| printed(text, "leverage", field)).transpose();
    let bounds = both(
        bounded("min_leverage", row.min_leverage.as_ref()),
        bounded("max_leverage", row.max_leverage.as_ref()),
    );
    let cell = |value, span| Ok(Cell { value, span, is_misprint: false });
    match both(print, bounds)? {
        (_, (Some((min, span)), Some((max, _)))) if min > max => {
            wrong("min_leverage", span, "it is above max_leverage", "")
        }
        (print, (min, Some((max, span)))) => {
            let (text, span) = match print {
                Some(print) => (print.text, print.span),
                None => (format!("{max}x"), span),
            };
            cell(Leverage { min: min.map(|(min, _)| min), max, text }, span)
        }
        (_, (Some((_, span)), None)) => wrong("min_leverage", span, "it needs max_leverage", ""),
        (Some(print), (None, None)) => {
            let words =
                if print.in_quotes { print.text.trim().to_string() } else { format!("{}x", print.text) };
            match scan::leverage(&words, 0) {
                Some((leverage, span)) if span.end == words.len() => cell(leverage, print.span),
                _ => {
                    let what = format!("{} is not a leverage", quoted(&print.text));
                    wrong("leverage", print.span, what, "write 6 - 10x, or 5x")
                }
            }
        }
        (None, (None, None)) => problem(
            ErrorCode::SeedMissing,
            at,
            "the tier needs `leverage`",
            "write leverage = \"6 - 10x\"; where only the highest is stated, max_leverage = 10",
        ),
    }
}

/// A leverage in a field of its own.
fn bounded(key: &str, field: Option<&Spanned<NonZeroU32>>) -> Checked<Option<(u32, Span)>> {
    match field.map(|field| (field.get_ref().get(), span_of(field))) {
        Some((count, span)) if count > MAX_LEVERAGE => {
            wrong(key, span, format!("more than {MAX_LEVERAGE}"), "")
        }
        given => Ok(given),
    }
}

/// The number that a misprint means: digits with at most one dot, up to the 28 digits of a decimal.
fn exact(text: &str, key: &str, field: &Spanned<Value>) -> Checked<Decimal> {
    let Printed { text: print, span, .. } = printed(text, key, field)?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = print.split_once('.').unwrap_or((&print, "0"));
    let is_plain = digits(whole) && digits(decimals) && print.len() < 40;
    match Decimal::from_str_exact(&print).ok().filter(|_| is_plain) {
        Some(value) => Ok(value),
        None => {
            let what = format!("{} is not a plain number", quoted(&print));
            wrong(key, span, what, "write digits with at most one dot: \"100000\", \"0.05\"")
        }
    }
}
