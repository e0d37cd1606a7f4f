//! A position at other sizes: its margins, and how far the price may move, across the tiers.

use super::account::{Account, Position};
use super::table::{Table, Tables};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::liquidation::fraction::{Fraction, Rounded, Rounding};
use crate::liquidation::{
    End, Group, Leg, SafePrices, Side, TOO_LONG, maintenance_margin, safe_prices, tier_of,
};
use crate::query::plan::at::amount;
use crate::query::rows::positions::SizeRow;
use crate::query::rows::{Absent, Row, Status};
use crate::rule::Tier;
use crate::snapshot::Snapshot;
use crate::statement::At;

/// Into how many steps a range of sizes is cut, besides the bounds of tiers.
const STEPS: u32 = 10;

/// A range of notionals.
///
/// ```
/// use tierbook::positions::SizeRange;
/// let range: SizeRange = "10k..1m".parse()?;
/// assert_eq!((range.from, range.to), (10_000.into(), 1_000_000.into()));
/// assert!("1m..10k".parse::<SizeRange>().is_err());
/// # Ok::<(), tierbook::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SizeRange {
    /// The smallest.
    pub from: Decimal,
    /// The largest.
    pub to: Decimal,
}

impl std::str::FromStr for SizeRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<SizeRange> {
        let hint = "write two notionals, the smaller first: 10k..1m";
        let refused =
            || Error::new(ErrorCode::NotANumber, format!("`{text}` is not a range of sizes")).hint(hint);
        let (from, to) = text.split_once("..").ok_or_else(refused)?;
        let (from, to) = (amount(from.trim())?, amount(to.trim())?);
        if from < to { Ok(SizeRange { from, to }) } else { Err(refused()) }
    }
}

impl Snapshot {
    /// Each contract of an account at sizes from a range: at steps of a tenth, and at each bound of a tier. A position of
    /// such a size is opened at the mark price with the initial margin of its leverage, or of the highest that the size
    /// allows where that is lower or none is set.
    ///
    /// ```
    /// use tierbook::positions::{Account, Position, Side};
    /// use tierbook::At;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let account = Account { positions: vec![Position::of("ACTUSDT", Side::Long)], ..Account::default() };
    /// let rows = rules.sizes(&account, At::valid("2026-02-07T00:00Z".parse()?), "10k..100k".parse()?)?;
    /// assert!(rows.iter().any(|row| row.is_cap && row.maintenance_margin == Some(5_500.into()))); // at 60,000
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is damaged or gone, or a symbol is unknown or means more than one contract.
    pub fn sizes(&self, account: &Account, at: At, range: SizeRange) -> Result<Vec<SizeRow>> {
        let mut tables = Tables::new(self, at);
        let mut rows = Vec::new();
        for (place, position) in account.positions.iter().enumerate() {
            let found = tables.place(position)?.map_err(|why| Error::new(ErrorCode::UnknownSubject, why))?;
            self.check_time()?;
            let Some(table) = tables.get(found) else { continue };
            let number = place + 1;
            rows.extend(
                sizes(range, &table.tiers).into_iter().map(|size| row(position, number, table, size, self)),
            );
        }
        Ok(rows)
    }
}

/// The sizes of a range, in order, each once.
fn sizes(range: SizeRange, tiers: &[Tier]) -> Vec<Decimal> {
    let step = (range.to - range.from) / Decimal::from(STEPS);
    let steps = (0..STEPS).map(|count| range.from + (step * Decimal::from(count)).round_dp(8));
    let caps = tiers.iter().filter_map(|tier| tier.cap).filter(|cap| (range.from..=range.to).contains(cap));
    let mut all: Vec<Decimal> = steps.chain(caps).chain([range.to]).collect();
    all.sort();
    all.dedup();
    all
}

fn row(position: &Position, number: usize, table: &mut Table, size: Decimal, snapshot: &Snapshot) -> SizeRow {
    let notional = Fraction::from(size);
    let standing = table.standing(Some(&notional));
    let mut row = SizeRow {
        position: number,
        subject: table.subject.clone(),
        side: position.side,
        basis: table.basis(),
        tx: snapshot.tx(),
        unit: table.unit.clone(),
        size,
        status: standing.status,
        message: standing.message,
        tier: None,
        is_cap: table.tiers.iter().any(|tier| tier.cap == Some(size)),
        mmr: None,
        max_leverage: None,
        leverage: None,
        maintenance_margin: None,
        initial_margin: None,
        liquidation_distance: None,
        rounded: Vec::new(),
        absent: Vec::new(),
        certainty: standing.certainty,
        source: standing.source,
    };
    let Some(tier) = tier_of(&table.tiers, &notional).filter(|_| row.status == Status::Value) else {
        return row;
    };
    row.tier = Some(tier.number);
    row.mmr = Some(tier.rate);
    row.max_leverage = tier.max_leverage();
    row.leverage = match (position.leverage, tier.max_leverage()) {
        (Some(set), Some(highest)) => Some(set.min(highest)),
        (set, highest) => set.or(highest),
    };
    let margin = maintenance_margin(tier, &notional).round(Rounding::Up);
    row.maintenance_margin = noted(margin, "maintenance_margin", &mut row.rounded);
    let Some(margin) = row.leverage.and_then(|leverage| notional.over(&Decimal::from(leverage).into()))
    else {
        return row;
    };
    row.initial_margin = noted(margin.round(Rounding::Up), "initial_margin", &mut row.rounded);
    match distance(position.side, &notional, margin, table) {
        Ok(distance) => {
            row.liquidation_distance =
                noted(distance.round(Rounding::Down), "liquidation_distance", &mut row.rounded);
        }
        Err((status, message)) => {
            row.absent.push(Absent { measure: "liquidation_distance", status, message: message.to_string() });
        }
    }
    row
}

fn noted(number: Option<Rounded>, measure: &'static str, rounded: &mut Vec<&'static str>) -> Option<Decimal> {
    rounded.extend(number.filter(|it| it.is_rounded).map(|_| measure));
    number.map(|it| it.value)
}

/// By what part of the price at which it is opened a position is liquidated.
fn distance(
    side: Side,
    notional: &Fraction,
    margin: Fraction,
    table: &Table,
) -> std::result::Result<Fraction, (&'static str, &'static str)> {
    // The price at which it is opened is the unit of prices.
    let one = Fraction::from(Decimal::ONE);
    let legs = [Leg { side, quantity: notional.clone(), entry_price: one.clone() }];
    let group = Group { legs: &legs, is_inverse: table.is_inverse(), margin, tiers: &table.tiers };
    let (lower, upper) = match safe_prices(&group, Some(&one)) {
        SafePrices::Between { lower, upper } => (lower, upper),
        SafePrices::Nowhere => {
            return Err(("unknown", "the margin is below the maintenance margin at every price"));
        }
        SafePrices::TooLong => return Err(("unknown", TOO_LONG)),
    };
    match if side == Side::Long { lower } else { upper } {
        End::At(at) if side == Side::Long => Ok(one.minus(&at)),
        End::At(at) => Ok(at.minus(&one)),
        End::Open => Err(("no_limit", "no price liquidates it")),
        End::AboveLimit => Err(("above_limit", "its notional would be above the last cap")),
    }
}

/// Rows of sizes as rows of answers.
pub fn into_rows(rows: Vec<SizeRow>) -> Vec<Row> {
    rows.into_iter().map(|row| Row::Size(Box::new(row))).collect()
}
