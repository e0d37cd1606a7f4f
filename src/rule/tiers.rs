//! Tiers as they are read from printed rows, and what follows from them.
//!
//! An invariant of the exchange's own tables (41,538 tiers over four years, no exception): floor 1 is 0;
//! floor n is cap n-1; amount n is amount n-1 + floor n · (rate n − rate n-1). Where a printed floor breaks
//! it, the caps are taken as right and the floor as the cap before: the *repaired* reading.
//!
//! The amount makes the value `notional · rate − amount` continuous over the tiers. For contracts that value
//! is the maintenance margin. For collateral it is the value as collateral, so that each part of an amount
//! counts at the ratio of its tier; the exchange does not spell this out, it is inferred from its "quick
//! addition number", which is the amount with the other sign.

use std::fmt;

use crate::decimal::{self, Decimal};
use crate::limits;
use crate::rule::printed::{PrintedTier, Reading};

/// One tier as read: `(floor, cap]`, and a notional of 0 in tier 1.
///
/// ```
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// let tier = &after.tiers()[2];
/// assert_eq!((tier.floor, tier.cap), (60_000.into(), Some(70_000.into())));
/// assert_eq!((tier.rate, tier.amount), ("0.125".parse()?, 2_000.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Tier {
    /// Counted from 1.
    pub number: u32,
    /// The lower bound in units of the table, not inside the tier.
    pub floor: Decimal,
    /// The upper bound, inside the tier; `None` for no limit.
    pub cap: Option<Decimal>,
    /// The maintenance margin rate or collateral ratio as a fraction.
    pub rate: Decimal,
    /// What makes the value continuous over the tiers: the maintenance amount of a contract (Binance: `cum`);
    /// 0 or negative for collateral whose ratios fall.
    pub amount: Decimal,
    /// The leverages that a tier of a contract allows.
    pub leverage: Option<LeverageRange>,
    /// Whether the floor is the printed one.
    pub reading: Reading,
}

/// The leverages that a tier allows.
///
/// ```
/// use tierbook::rule::LeverageRange;
/// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
/// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
/// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
/// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
/// assert_eq!(after.tiers()[0].leverage, Some(LeverageRange { min: 6, max: 10 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeverageRange {
    /// The lowest leverage: as printed, else one more than the highest of the next tier, else 1.
    pub min: u32,
    /// The highest leverage.
    pub max: u32,
}

impl Tier {
    /// The only tier of a table with one rate for every amount.
    pub(super) fn open(rate: Decimal) -> Tier {
        Tier {
            number: 1,
            floor: Decimal::ZERO,
            cap: None,
            rate,
            amount: Decimal::ZERO,
            leverage: None,
            reading: Reading::AsPublished,
        }
    }

    /// The highest leverage of a tier of a contract.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// assert_eq!(after.tiers()[0].max_leverage(), Some(10));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_leverage(&self) -> Option<u32> {
        self.leverage.map(|leverage| leverage.max)
    }

    /// Maintenance margin or collateral value of a notional in this tier: notional · rate − amount.
    /// `None` where it would have to be rounded.
    ///
    /// ```
    /// # let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// # let document = tierbook::read(&bytes, &tierbook::ReadOptions::default())?;
    /// # let of_act = |it: &&tierbook::DraftStatement| it.subject.name() == "ACTUSDT";
    /// # let mut rules = document.statements().iter().filter(of_act).filter_map(|it| it.claim.rule());
    /// # let (after, before) = (rules.next().unwrap(), rules.next().unwrap());
    /// let tier = &after.tiers()[2];
    /// assert_eq!(tier.value(65_000.into()), Some(6_125.into())); // 65,000 × 12.5 % − 2,000
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(&self, notional: Decimal) -> Option<Decimal> {
        decimal::subtract(decimal::multiply(notional, self.rate)?, self.amount)
    }
}

/// Why a printed table has no safe reading.
///
/// ```
/// use tierbook::rule::{Rule, Unreadable};
/// let unreadable = Rule::contract("USDT", Vec::new()).unwrap_err();
/// assert_eq!(unreadable, Unreadable::Empty);
/// assert_eq!(unreadable.to_string(), "the table has no tier");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// It has no row.
    Empty,
    /// It has more than [`limits::TABLE_TIERS`] rows.
    TooLong,
    /// The cap of this row (counted from 0) is below the one before it, or that one has no limit.
    CapFalls(usize),
    /// The amounts of this row (counted from 0) need more digits than are computed exactly.
    TooLarge(usize),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Unreadable::Empty => write!(f, "the table has no tier"),
            Unreadable::TooLong => write!(f, "the table has more than {} tiers", limits::TABLE_TIERS),
            Unreadable::CapFalls(row) => {
                write!(f, "the cap of tier {} is below the cap of the tier before it", row + 1)
            }
            Unreadable::TooLarge(row) => {
                write!(f, "the figures of tier {} need more than 28 digits", row + 1)
            }
        }
    }
}

/// Reads printed rows: caps as printed, floors as the caps before.
pub(super) fn read(printed: &[PrintedTier]) -> Result<Vec<Tier>, Unreadable> {
    check_caps(printed)?;
    let mut tiers: Vec<Tier> = Vec::with_capacity(printed.len());
    for (index, row) in printed.iter().enumerate() {
        let before = tiers.last();
        let floor = before.and_then(|tier| tier.cap).unwrap_or(Decimal::ZERO);
        let next_max =
            printed.get(index + 1).and_then(|next| next.leverage.as_ref()).map_or(0, |next| next.max);
        tiers.push(Tier {
            number: index as u32 + 1,
            floor,
            cap: row.cap.cap(),
            rate: row.rate.fraction(),
            amount: amount(before, floor, row.rate.fraction()).ok_or(Unreadable::TooLarge(index))?,
            leverage: row.leverage.as_ref().map(|leverage| LeverageRange {
                min: leverage.min.unwrap_or((next_max + 1).min(leverage.max)),
                max: leverage.max,
            }),
            reading: if row.floor.value() == floor { Reading::AsPublished } else { Reading::Repaired },
        });
    }
    Ok(tiers)
}

/// Checks what every table needs: some rows, not too many, and caps that never fall.
fn check_caps(printed: &[PrintedTier]) -> Result<(), Unreadable> {
    if printed.is_empty() {
        return Err(Unreadable::Empty);
    }
    if printed.len() > limits::TABLE_TIERS {
        return Err(Unreadable::TooLong);
    }
    // No tier can follow one without a limit.
    let falls =
        |pair: &[PrintedTier]| pair[1].cap.value() < pair[0].cap.value() || pair[0].cap.cap().is_none();
    match printed.windows(2).position(falls) {
        Some(index) => Err(Unreadable::CapFalls(index + 1)),
        None => Ok(()),
    }
}

/// amount n = amount n-1 + floor n · (rate n − rate n-1); the first is 0.
fn amount(before: Option<&Tier>, floor: Decimal, rate: Decimal) -> Option<Decimal> {
    let Some(tier) = before else { return Some(Decimal::ZERO) };
    let step = decimal::multiply(floor, decimal::subtract(rate, tier.rate)?)?;
    decimal::add(tier.amount, step)
}
