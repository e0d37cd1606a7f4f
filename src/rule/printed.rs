//! Figures and rows as printed: the text of the source beside the number that it means.

use crate::decimal::{self, Decimal};
use crate::text::Span;

/// The smallest cap that means "no limit": exchanges print 99,999,999,999 or the largest 64-bit integer.
const OPEN_END: i64 = 99_999_999_999;

/// A bound of a tier as printed (`7,500`), with its value (7500).
///
/// ```
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let cap = &after.printed()[0].cap;
/// assert_eq!((cap.text(), cap.value()), ("10,000", 10_000.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    text: String,
    value: Decimal,
}

impl Number {
    /// The number of `text`, read without its separators; `None` where it has anything but digits, commas and
    /// one dot, or no digit. The places of the separators are not checked here.
    ///
    /// ```
    /// use tierbook::rule::Number;
    /// let cap = Number::read("2,500,000").unwrap();
    /// assert_eq!((cap.text(), cap.value()), ("2,500,000", 2_500_000.into()));
    /// ```
    pub fn read(text: &str) -> Option<Number> {
        let digits: String = text.chars().filter(|c| *c != ',').collect();
        decimal::parse(&digits).map(|value| Number { text: text.to_string(), value })
    }

    /// The number of a text that spells it plainly: digits with a comma between groups of three, or without
    /// any, and at most one dot (`10,000`, `10000`, `0.5`); `None` for any other (`1,00,000`, `0,5`).
    ///
    /// ```
    /// use tierbook::rule::Number;
    /// assert_eq!(Number::plain("10,000").map(|number| number.value()), Some(10_000.into()));
    /// assert_eq!(Number::plain("1,00,000"), None);
    /// ```
    pub fn plain(text: &str) -> Option<Number> {
        let (whole, decimals) = text.split_at(text.find('.').unwrap_or(text.len()));
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or("");
        let mut rest = groups.peekable();
        let bare = rest.peek().is_none();
        let grouped = bare || ((1..=3).contains(&first.len()) && rest.all(|group| group.len() == 3));
        if grouped && !decimals.contains(',') { Number::read(text) } else { None }
    }

    /// The number with a text that does not spell it plainly: misprinted separators, or an exponent.
    ///
    /// ```
    /// use tierbook::rule::Number;
    /// let cap = Number::with_text("1e6", 1_000_000.into());
    /// assert_eq!((cap.text(), cap.value()), ("1e6", 1_000_000.into()));
    /// ```
    pub fn with_text(text: &str, value: Decimal) -> Number {
        Number { text: text.to_string(), value }
    }

    /// The bound of a tier without a limit, with the text that states it.
    ///
    /// ```
    /// use tierbook::rule::Number;
    /// assert_eq!(Number::no_limit("inf").cap(), None);
    /// ```
    pub fn no_limit(text: &str) -> Number {
        Number::with_text(text, Decimal::from(OPEN_END))
    }

    /// As printed.
    ///
    /// ```
    /// let cap = tierbook::rule::Number::read("7,500").unwrap();
    /// assert_eq!(cap.text(), "7,500");
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value, in units of the table's currency.
    ///
    /// ```
    /// let cap = tierbook::rule::Number::read("7,500").unwrap();
    /// assert_eq!(cap.value(), 7_500.into());
    /// ```
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// The value as the cap of a tier: `None` where the number means "no limit".
    ///
    /// ```
    /// use tierbook::rule::Number;
    /// assert_eq!(Number::read("7,500").unwrap().cap(), Some(7_500.into()));
    /// assert_eq!(Number::read("99,999,999,999").unwrap().cap(), None);
    /// ```
    pub fn cap(&self) -> Option<Decimal> {
        (self.value < Decimal::from(OPEN_END)).then_some(self.value)
    }
}

/// A rate as printed in percent (`3.330%` is kept as `3.330`), with its value as a fraction (0.0333).
///
/// ```
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let rate = &after.printed()[3].rate;
/// assert_eq!((rate.text(), rate.fraction()), ("16.67", "0.1667".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    text: String,
    fraction: Decimal,
}

impl Rate {
    /// The rate of the digits of a percentage, without the percent sign; `None` unless it is a number
    /// from 0 to 100.
    ///
    /// ```
    /// use tierbook::rule::Rate;
    /// let rate = Rate::from_percent("3.330").unwrap();
    /// assert_eq!((rate.text(), rate.fraction()), ("3.330", "0.0333".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_percent(text: &str) -> Option<Rate> {
        let percent = decimal::parse(text).filter(|percent| *percent <= Decimal::ONE_HUNDRED)?;
        Some(Rate { text: text.to_string(), fraction: decimal::hundredth(percent)? })
    }

    /// The rate of a fraction, which is kept as the percentage of the same digits (0.0250 as `2.50`); `None`
    /// unless it is a number from 0 to 1.
    ///
    /// ```
    /// use tierbook::rule::Rate;
    /// assert_eq!(Rate::from_fraction("0.0250".parse()?).unwrap().text(), "2.50");
    /// assert_eq!(Rate::from_fraction(2.into()), None); // 200 %
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_fraction(fraction: Decimal) -> Option<Rate> {
        let fits = fraction >= Decimal::ZERO && fraction <= Decimal::ONE;
        let digits = match fraction.scale() {
            0 => fraction.mantissa().checked_mul(100)?,
            1 => fraction.mantissa().checked_mul(10)?,
            _ => fraction.mantissa(),
        };
        let percent = Decimal::try_from_i128_with_scale(digits, fraction.scale().saturating_sub(2)).ok()?;
        fits.then(|| Rate { text: percent.to_string(), fraction })
    }

    /// A rate put together from its stored parts.
    ///
    /// ```
    /// use tierbook::rule::Rate;
    /// let rate = Rate::from_percent("3.330").unwrap();
    /// assert_eq!(Rate::from_parts(rate.text().to_string(), rate.fraction()), rate);
    /// ```
    pub fn from_parts(text: String, fraction: Decimal) -> Rate {
        Rate { text, fraction }
    }

    /// As printed, without the percent sign.
    ///
    /// ```
    /// assert_eq!(tierbook::rule::Rate::from_percent("3.330").unwrap().text(), "3.330");
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value as a fraction, from 0 to 1.
    ///
    /// ```
    /// let rate = tierbook::rule::Rate::from_percent("3.330").unwrap();
    /// assert_eq!(rate.fraction(), "0.0333".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fraction(&self) -> Decimal {
        self.fraction
    }
}

/// The leverages that a tier allows, as printed (`6 - 10x`, `5x`).
///
/// ```
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let leverage = after.printed()[0].leverage.as_ref().unwrap();
/// assert_eq!((leverage.min, leverage.max, leverage.text.as_str()), (Some(6), 10, "6 - 10x"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leverage {
    /// The lowest leverage; `None` where the source states only the highest.
    pub min: Option<u32>,
    /// The highest leverage, at least 1.
    pub max: u32,
    /// As printed.
    pub text: String,
}

/// One row of a table as its source prints it.
///
/// ```
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let row = &after.printed()[1];
/// let texts = [row.floor.text(), row.cap.text(), row.rate.text()];
/// assert_eq!(texts, ["10,000", "60,000", "10.00"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct PrintedTier {
    /// The leverages allowed, in the table of a contract.
    pub leverage: Option<Leverage>,
    /// The lower bound, not inside the tier.
    pub floor: Number,
    /// The upper bound, inside the tier.
    pub cap: Number,
    /// The maintenance margin rate or collateral ratio.
    pub rate: Rate,
    /// The bytes of its printed cells in the source, in the order of the fields: four of a contract, three of
    /// collateral, and only that of the ratio where it is the same for any amount.
    pub cells: Vec<Span>,
}

impl PrintedTier {
    /// The row of a single ratio for any amount, which prints no bounds.
    pub(super) fn open(rate: Rate, place: Span) -> PrintedTier {
        let floor = Number::with_text("0", Decimal::ZERO);
        let cap = Number::no_limit("");
        PrintedTier { leverage: None, floor, cap, rate, cells: vec![place] }
    }

    /// The bytes of the whole row.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// let words = after.printed()[1].span().of(document.text());
    /// assert!(words.starts_with("5x10,000") && words.ends_with("10.00%"), "{words}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn span(&self) -> Span {
        self.cells.iter().copied().reduce(Span::join).unwrap_or(Span::new(0, 0))
    }
}

/// Whether a tier answers with the bounds that were printed, or with bounds repaired by the invariants of its
/// table.
///
/// ```
/// use tierbook::rule::Reading;
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let repaired = after.tiers().iter().filter(|tier| tier.reading == Reading::Repaired);
/// assert_eq!(repaired.map(|tier| tier.number).collect::<Vec<_>>(), [5, 6]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reading {
    /// The printed bounds keep the invariants and are used as they are.
    AsPublished,
    /// The printed floor breaks the chain; the cap of the tier before is used instead.
    Repaired,
}

impl Reading {
    /// `as_published` or `repaired`, as in machine answers.
    ///
    /// ```
    /// assert_eq!(tierbook::rule::Reading::AsPublished.name(), "as_published");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Reading::AsPublished => "as_published",
            Reading::Repaired => "repaired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_kept_as_the_percentage_of_the_same_digits() {
        for (fraction, percent) in [
            ("0.02", "2"),
            ("0.0250", "2.50"),
            ("0.5", "50"),
            ("1", "100"),
            ("1.0000", "100.00"),
            ("0", "0"),
            ("0.1667", "16.67"),
        ] {
            let rate = decimal::parse(fraction).and_then(Rate::from_fraction).expect(fraction);
            assert_eq!(rate.text(), percent, "{fraction}");
            assert_eq!(rate.fraction().to_string(), fraction);
        }
        for bad in [Decimal::new(10_001, 4), Decimal::new(-1, 4), Decimal::TWO] {
            assert_eq!(Rate::from_fraction(bad), None);
        }
    }

    #[test]
    fn a_number_is_plain_with_groups_of_three_or_with_none() {
        for (text, value) in [
            ("10,000", "10000"),
            ("1,234,567.50", "1234567.50"),
            ("400000", "400000"),
            ("0.5", "0.5"),
            ("7", "7"),
        ] {
            assert_eq!(Number::plain(text).map(|number| number.value()), decimal::parse(value), "{text}");
        }
        for text in [
            "1,00,000",
            "0,5",
            "1000,000",
            "1,000.5,0",
            "",
            ",",
            ",000",
            "1,",
            "10 000",
            "10_000",
            "-5",
            "1.2.3",
        ] {
            assert_eq!(Number::plain(text), None, "{text}");
        }
    }
}
