//! Rules on disk: the printed rows, their unit and rank. The reading is made anew when a rule is loaded.
//!
//! The places of the rows in their document are kept with the statement, not with the rule, so that documents which
//! print the same table share one record: thousands of versions rest on about a thousand tables.

use serde::{Deserialize, Serialize};

use super::codec;
use super::scalar::{DecimalV1, SpanV1};
use crate::rule::{
    CollateralTable, FlatRatio, Leverage, Number, PrintedCollateralTier, PrintedTier, Rate, Rule, TierTable,
};
use crate::statement::Sha256;
use crate::text::Span;

/// A rule without the places of its rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RuleV1 {
    Tiers { unit: String, rows: Vec<TierRowV1> },
    Flat { ratio: RateV1 },
    Collateral { unit: String, rank: Option<u32>, rows: Vec<CollateralRowV1> },
}

/// A printed row of a tier table; bounds in `unit`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct TierRowV1 {
    leverage: LeverageV1,
    floor: NumberV1,
    cap: NumberV1,
    mmr: RateV1,
}

/// A printed row of a collateral table; bounds in `unit`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct CollateralRowV1 {
    floor: NumberV1,
    cap: NumberV1,
    ratio: RateV1,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct LeverageV1 {
    min: Option<u32>,
    max: u32,
    text: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct NumberV1 {
    text: String,
    value: DecimalV1,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RateV1 {
    text: String,
    fraction: DecimalV1,
}

impl RuleV1 {
    /// The disk form of a rule, and apart from it the places of its cells, row by row (of the ratio, for a flat one).
    pub fn of(rule: &Rule) -> (RuleV1, Vec<Vec<SpanV1>>) {
        match rule {
            Rule::Tiers(table) => {
                let cells = table.printed().iter().map(|row| spans(&row.cells)).collect();
                let rows = table.printed().iter().map(tier_row).collect();
                (RuleV1::Tiers { unit: table.unit().to_string(), rows }, cells)
            }
            Rule::Flat(flat) => {
                (RuleV1::Flat { ratio: rate(&flat.ratio) }, vec![vec![SpanV1::of(flat.span)]])
            }
            Rule::Collateral(table) => {
                let cells = table.printed().iter().map(|row| spans(&row.cells)).collect();
                let rows = table.printed().iter().map(collateral_row).collect();
                (RuleV1::Collateral { unit: table.unit().to_string(), rank: table.rank(), rows }, cells)
            }
        }
    }

    /// The name of the record: the SHA-256 of its bytes.
    ///
    /// # Errors
    /// The record is too long.
    pub fn id(&self) -> Result<Sha256, String> {
        Ok(Sha256::of(&[&codec::encode(self)?]))
    }

    /// The rule, read anew from its rows, with each cell at its place.
    ///
    /// # Errors
    /// There are not as many rows of places as rows, or places in a row as cells; a place is no span; or the table has no
    /// reading.
    pub fn read(&self, cells: &[Vec<SpanV1>]) -> Result<Rule, String> {
        if cells.len() != self.rows() {
            return Err(format!("a rule of {} rows has {} rows of places", self.rows(), cells.len()));
        }
        let unreadable = |why| format!("a table has no reading: {why:?}");
        match self {
            RuleV1::Tiers { unit, rows } => {
                let printed = rows.iter().zip(cells).map(|(row, cells)| Ok(row.read(places(cells)?)));
                let printed: Vec<PrintedTier> = printed.collect::<Result<_, String>>()?;
                TierTable::read(unit, printed).map(Rule::Tiers).map_err(unreadable)
            }
            RuleV1::Flat { ratio } => {
                let [span] = places(&cells[0])?;
                Ok(Rule::Flat(FlatRatio { ratio: ratio.read(), span }))
            }
            RuleV1::Collateral { unit, rank, rows } => {
                let printed = rows.iter().zip(cells).map(|(row, cells)| Ok(row.read(places(cells)?)));
                let printed: Vec<PrintedCollateralTier> = printed.collect::<Result<_, String>>()?;
                CollateralTable::read(unit, *rank, printed).map(Rule::Collateral).map_err(unreadable)
            }
        }
    }

    fn rows(&self) -> usize {
        match self {
            RuleV1::Tiers { rows, .. } => rows.len(),
            RuleV1::Flat { .. } => 1,
            RuleV1::Collateral { rows, .. } => rows.len(),
        }
    }
}

impl TierRowV1 {
    fn read(&self, cells: [Span; 4]) -> PrintedTier {
        let LeverageV1 { min, max, text } = self.leverage.clone();
        PrintedTier {
            leverage: Leverage { min, max, text },
            floor: self.floor.read(),
            cap: self.cap.read(),
            mmr: self.mmr.read(),
            cells,
        }
    }
}

impl CollateralRowV1 {
    fn read(&self, cells: [Span; 3]) -> PrintedCollateralTier {
        PrintedCollateralTier {
            floor: self.floor.read(),
            cap: self.cap.read(),
            ratio: self.ratio.read(),
            cells,
        }
    }
}

impl NumberV1 {
    fn read(&self) -> Number {
        Number::with_text(&self.text, self.value.0)
    }
}

impl RateV1 {
    fn read(&self) -> Rate {
        Rate::from_parts(self.text.clone(), self.fraction.0)
    }
}

fn spans(cells: &[Span]) -> Vec<SpanV1> {
    cells.iter().map(|span| SpanV1::of(*span)).collect()
}

/// The places of the cells of a row of `N` cells.
fn places<const N: usize>(cells: &[SpanV1]) -> Result<[Span; N], String> {
    let spans: Vec<Span> = cells.iter().map(|cell| cell.read()).collect::<Result<_, _>>()?;
    let count = spans.len();
    spans.try_into().map_err(|_| format!("a row of {N} cells has {count} places"))
}

fn tier_row(row: &PrintedTier) -> TierRowV1 {
    let Leverage { min, max, text } = row.leverage.clone();
    TierRowV1 {
        leverage: LeverageV1 { min, max, text },
        floor: number(&row.floor),
        cap: number(&row.cap),
        mmr: rate(&row.mmr),
    }
}

fn collateral_row(row: &PrintedCollateralTier) -> CollateralRowV1 {
    CollateralRowV1 { floor: number(&row.floor), cap: number(&row.cap), ratio: rate(&row.ratio) }
}

fn number(number: &Number) -> NumberV1 {
    NumberV1 { text: number.text().to_string(), value: DecimalV1(number.value()) }
}

fn rate(rate: &Rate) -> RateV1 {
    RateV1 { text: rate.text().to_string(), fraction: DecimalV1(rate.fraction()) }
}
