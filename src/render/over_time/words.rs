//! The figures of answers over time in words.

use crate::decimal::{self, Decimal};
use crate::query::rows::over_time::RuleSummary;
use crate::render::figures;
use crate::rule::effect::{Effect, Verdict};
use crate::statement::Subject;

/// The largest rise and the largest fall, each with its place.
///
/// ```
/// use tierbook::{Row, render::over_time::largest};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("changes of ACTUSDT")?;
/// let Some(Row::Change(row)) = rows.first() else { panic!() };
/// assert_eq!(largest(row.effect.as_ref().unwrap()), "+76,351 at 800,000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn largest(effect: &Effect) -> String {
    let words = |change: crate::rule::effect::Change| {
        format!("{} at {}", signed(change.by), figures::grouped(change.at))
    };
    let both: Vec<String> =
        [effect.largest_rise, effect.largest_fall].into_iter().flatten().map(words).collect();
    both.join(", ")
}

/// `+1,351`, `−100`, `±0`.
///
/// ```
/// use tierbook::render::over_time::signed;
/// assert_eq!([1_351, -100].map(|by| signed(by.into())), ["+1,351", "−100"]);
/// ```
pub fn signed(by: Decimal) -> String {
    figures::signed(by, figures::grouped)
}

/// The highest leverage, or the first ratio.
///
/// ```
/// use tierbook::{Row, render::over_time::leverage};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("changes of ACTUSDT, pm:LTC")?;
/// let leverages = rows.iter().filter_map(|row| match row {
///     Row::Change(row) => row.before.as_ref().map(leverage),
///     _ => None,
/// });
/// assert_eq!(leverages.collect::<Vec<_>>(), ["85 %", "20x"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn leverage(rule: &RuleSummary) -> String {
    match (rule.max_leverage, rule.first_ratio, rule.class) {
        (Some(leverage), ..) => format!("{leverage}x"),
        (None, Some(ratio), _) => figures::percent(ratio),
        (None, None, Some(class)) => format!("class {class}"),
        (None, None, None) => String::new(),
    }
}

/// The last cap.
///
/// ```
/// use tierbook::{Row, render::over_time::limit};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("changes of ACTUSDT")?;
/// let Some(Row::Change(row)) = rows.first() else { panic!() };
/// assert_eq!(limit(row.before.as_ref().unwrap()), "5,000,000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn limit(rule: &RuleSummary) -> String {
    match (rule.limit, rule.class) {
        (Some(limit), _) => figures::grouped(limit),
        (None, Some(class)) => format!("of class-{class}"),
        (None, None) => "no limit".to_string(),
    }
}

/// `tightened`, `loosened`, `mixed` or `no effect`.
///
/// ```
/// use tierbook::{render::over_time::verdict, rule::effect::Verdict};
/// assert_eq!(verdict(Verdict::NoEffect), "no effect");
/// ```
pub fn verdict(verdict: Verdict) -> String {
    verdict.name().replace('_', " ")
}

/// A difference of two values, where both are there.
///
/// ```
/// use tierbook::render::over_time::difference;
/// assert_eq!(difference(Some(5_400.into()), Some(5_500.into())), Some(100.into()));
/// assert_eq!(difference(None, Some(5_500.into())), None);
/// ```
pub fn difference(before: Option<Decimal>, after: Option<Decimal>) -> Option<Decimal> {
    decimal::subtract(after?, before?)
}

/// What a version without a rule is: one that a launch set has no table yet.
pub(super) fn without_rule(kind: &str, ended: &'static str) -> &'static str {
    if ["launch", "postponed"].contains(&kind) { "launched, no table" } else { ended }
}

/// The title of the column of the highest leverage, which for collateral has the ratio of the first tier.
pub(super) fn leverage_or_ratio<'a>(subjects: impl Iterator<Item = &'a Subject>) -> &'static str {
    let mut kinds = [false; 2];
    subjects.for_each(|subject| kinds[usize::from(subject.program().has_contracts())] = true);
    match kinds {
        [true, false] => "first ratio",
        [true, true] => "leverage or ratio",
        _ => "leverage",
    }
}
