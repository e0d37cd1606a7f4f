//! What comes after `at`: notionals, amounts and leverages, as people write them.

use std::fmt;

use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::plan::isolated::{Isolated, IsolatedMargin};
use crate::query::syntax::ast::Word;
use crate::query::syntax::measure::Measure;
use crate::query::syntax::typos::time_after_at;
use crate::statement::Program;
use crate::text::Span;
use crate::time::worded::looks_like_time;

/// What a measure is asked at.
///
/// ```
/// use tierbook::{Row, rows::Argument};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("max position of ACTUSDT at 10x as of 2026-02-07")?;
/// let Some(Row::Measure(row)) = rows.first() else { panic!() };
/// assert_eq!(row.at, Some(Argument::Leverage(10)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Argument {
    /// A notional or amount in quote units, 0 or more.
    Amount(Decimal),
    /// A leverage, 1 or more.
    Leverage(u32),
    /// A notional in quote units, with a leverage.
    AmountWith(Decimal, u32),
    /// An isolated position.
    Isolated(Isolated),
}

impl Argument {
    /// The amount, of a position its notional at the entry price; `None` for a leverage.
    ///
    /// ```
    /// use tierbook::rows::Argument;
    /// assert_eq!(Argument::Amount(60_000.into()).amount(), Some(60_000.into()));
    /// assert_eq!(Argument::Leverage(10).amount(), None);
    /// ```
    pub fn amount(self) -> Option<Decimal> {
        match self {
            Argument::Amount(amount) | Argument::AmountWith(amount, _) => Some(amount),
            Argument::Isolated(position) => position.notional(),
            Argument::Leverage(_) => None,
        }
    }

    /// The leverage; `None` where none is given.
    ///
    /// ```
    /// use tierbook::rows::Argument;
    /// assert_eq!(Argument::Leverage(10).leverage(), Some(10));
    /// assert_eq!(Argument::Amount(60_000.into()).leverage(), None);
    /// ```
    pub fn leverage(self) -> Option<u32> {
        match self {
            Argument::Leverage(leverage) | Argument::AmountWith(_, leverage) => Some(leverage),
            Argument::Isolated(position) => match position.margin() {
                IsolatedMargin::Leverage(leverage) => Some(leverage),
                IsolatedMargin::Amount(_) => None,
            },
            Argument::Amount(_) => None,
        }
    }

    /// What a contract or an asset of a program is asked at.
    pub(crate) fn on(self, program: Program) -> Argument {
        match self {
            Argument::Isolated(position) => Argument::Isolated(position.on(program)),
            other => other,
        }
    }

    /// As the clauses of a statement: `at 60000`, `at 60000 with 4x`, `long 60000 entry 0.02 with 5x`.
    pub(crate) fn clauses(self) -> String {
        match self {
            Argument::Isolated(position) => position.to_string(),
            Argument::AmountWith(_, leverage) => format!("at {self} with {leverage}x"),
            other => format!("at {other}"),
        }
    }
}

impl fmt::Display for Argument {
    /// What follows `at`: without the leverage of `with`; of a position its notional.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Argument::Amount(amount) | Argument::AmountWith(amount, _) => {
                f.write_str(&decimal::canonical(*amount))
            }
            Argument::Isolated(position) => {
                f.write_str(&position.notional().map_or(String::new(), decimal::canonical))
            }
            Argument::Leverage(leverage) => write!(f, "{leverage}x"),
        }
    }
}

/// What a measure takes after `at`, for messages.
pub fn needed(measure: Measure) -> &'static str {
    match measure {
        Measure::MaxPosition => "a leverage",
        Measure::LiquidationPrice => "a position",
        Measure::Ratio | Measure::Collateral => "an amount",
        _ => "a notional",
    }
}

/// Reads a notional or an amount as people and programs write it: `60000`, `60_000`, `60,000.50`, `60k`, `1.5m`, `2b`,
/// `6E4`. It is exact, in whatever case the letters are.
///
/// ```
/// use tierbook::language::amount;
/// assert_eq!(amount("60k")?, 60_000.into());
/// assert_eq!(amount("60,000.50")?.to_string(), "60000.5");
/// assert_eq!(amount("-60k").unwrap_err().code(), tierbook::ErrorCode::NotANumber);
/// # Ok::<(), tierbook::Error>(())
/// ```
///
/// # Errors
/// It is no number, below zero, a leverage (`10x`), has a currency, commas elsewhere than before groups of three digits,
/// or more digits than are exact (`not_a_number`, with a hint).
pub fn amount(text: &str) -> Result<Decimal, Error> {
    read_amount(&Word::new(text, Span::new(0, text.len())))
}

/// As [`amount`], of a word of a query.
///
/// # Errors
/// As those of [`amount`], with the place of the word.
pub fn read_amount(word: &Word) -> Result<Decimal, Error> {
    // Digits alone, as programs write them, can mean nothing else.
    if let Some(amount) = decimal::parse(&word.text).and_then(|it| decimal::multiply(it, Decimal::ONE)) {
        return Ok(amount);
    }
    let text = word.text.to_lowercase();
    let refuse = |message: String, hint: String| {
        Err(Error::new(ErrorCode::NotANumber, message).at(word.span, "expected a number").hint(hint))
    };
    if text
        .strip_suffix('x')
        .is_some_and(|count| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
    {
        return refuse(
            format!("`{}` is a leverage; this measure is asked at a notional", word.text),
            format!(
                "a notional: at 60000; at a leverage: max position of … at {0}, or initial margin of … at 60000 with {0}",
                word.text
            ),
        );
    }
    if looks_like_time(&text) {
        return Err(time_after_at(&word.text, word.span));
    }
    if let Some(plain) = without_currency(&text) {
        return refuse(
            format!("`{}` has a currency, which the table gives", word.text),
            format!("write the number alone: {plain}"),
        );
    }
    let (digits, zeros) = match text.char_indices().last() {
        Some((at, 'k')) => (&text[..at], 3),
        Some((at, 'm')) => (&text[..at], 6),
        Some((at, 'b')) => (&text[..at], 9),
        _ => (text.as_str(), 0),
    };
    if digits.contains(',') && !grouped_by_three(digits) {
        return refuse(
            format!("the commas of `{}` are not before groups of three digits", word.text),
            "write 60,000 or 60000; in a list a space follows each comma: at 1k, 60k".to_string(),
        );
    }
    let plain: String = digits.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    let scaled = decimal::parse_scientific(&plain)
        .and_then(|value| decimal::multiply(value, Decimal::from(10_u64.pow(zeros))));
    match scaled {
        Some(amount) => Ok(amount),
        None => refuse(
            match plain.strip_prefix('-') {
                Some(rest) if decimal::parse(rest).is_some() => {
                    format!(
                        "`{}` is below zero; write the size of the position, for long and short alike",
                        word.text
                    )
                }
                _ if plain.bytes().filter(u8::is_ascii_digit).count() > limits::NUMBER_DIGITS
                    && plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') =>
                {
                    format!("`{}` has more than {} digits", word.text, limits::NUMBER_DIGITS)
                }
                _ if decimal::parse(&plain).is_some() => {
                    format!("`{}` has more digits than are computed with exactly", word.text)
                }
                _ => format!("`{}` is not a number", word.text),
            },
            "write 60000, 60_000, 60,000, 60k, 1.5m or 0.25".to_string(),
        ),
    }
}

/// The number of a text that has a currency before or after it: `€60000`, `60000usdt`.
fn without_currency(text: &str) -> Option<&str> {
    const SIGNS: [char; 5] = ['$', '€', '£', '¥', '₮'];
    let bare = text.trim_start_matches(SIGNS).trim_end_matches(SIGNS);
    let bare =
        ["usdt", "usdc", "usd"].iter().find_map(|currency| bare.strip_suffix(currency)).unwrap_or(bare);
    let is_number = |bare: &str| {
        bare.starts_with(|c: char| c.is_ascii_digit())
            && bare
                .trim_end_matches(['k', 'm', 'b'])
                .bytes()
                .all(|b| b.is_ascii_digit() || b"_.,".contains(&b))
    };
    (bare.len() < text.len() && is_number(bare)).then_some(bare)
}

/// Whether every comma of the whole part comes before a group of exactly three digits.
fn grouped_by_three(digits: &str) -> bool {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3) && !fraction.contains(',')
}

/// Reads `10x`, or `10`.
///
/// # Errors
/// It is not a whole number of at least 1.
pub fn read_leverage(word: &Word) -> Result<Argument, Error> {
    let text = word.text.to_lowercase();
    let digits = text.strip_suffix('x').unwrap_or(&text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let error = |message: String| {
        Error::new(ErrorCode::NotALeverage, message)
            .at(word.span, "expected a whole number of at least 1, with an x")
            .hint("write 10x")
    };
    match digits.parse::<u32>() {
        Ok(leverage) if plain && leverage > limits::BARE_LEVERAGE && digits == text => {
            Err(error(format!("`{}` looks like a notional; a leverage comes here", word.text)))
        }
        Ok(leverage) if plain && leverage >= 1 => Ok(Argument::Leverage(leverage)),
        _ => Err(error(format!("`{}` is not a leverage", word.text))),
    }
}
