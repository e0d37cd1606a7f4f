//! Rules on disk: the printed rows, their unit and rank. They are read again whenever a rule is loaded.
//!
//! The places of the rows in their document are stored with the statement, not with the rule, so that
//! documents which print the same table share one record: thousands of versions use about a thousand tables.

use serde::{Deserialize, Serialize};

use super::scalars::{DecimalV1, SpanV1};
use crate::rule::{Leverage, Number, PrintedTier, Rate, Rule, RuleKind};
use crate::statement::Sha256;
use crate::store::codec;
use crate::text::Span;

/// A rule without the places of its rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store) enum RuleV1 {
    Tiers { unit: String, rows: Vec<TierRowV1> },
    Flat { ratio: RateV1 },
    Collateral { unit: String, rank: Option<u32>, rows: Vec<CollateralRowV1> },
    Class { class: u32 },
}

/// A printed row of a tier table; bounds in `unit`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct TierRowV1 {
    leverage: LeverageV1,
    floor: NumberV1,
    cap: NumberV1,
    mmr: RateV1,
}

/// A printed row of a collateral table; bounds in `unit`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::store) struct CollateralRowV1 {
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
pub(in crate::store) struct RateV1 {
    text: String,
    fraction: DecimalV1,
}

impl RuleV1 {
    /// The disk form of a rule, without the places of its cells.
    ///
    /// # Errors
    /// A row of a contract has no leverage, or a flat ratio no row, which never happens to a rule that was
    /// read.
    pub fn of(rule: &Rule) -> Result<RuleV1, String> {
        let (unit, rows) = (rule.unit().to_string(), rule.printed());
        let record = match rule.kind() {
            RuleKind::Contract => {
                let rows = rows.iter().map(TierRowV1::of).collect::<Option<_>>();
                RuleV1::Tiers { unit, rows: rows.ok_or("a tier of a contract has no leverage")? }
            }
            RuleKind::Flat => {
                let ratio = rows.first().map(|row| RateV1::of(&row.rate));
                RuleV1::Flat { ratio: ratio.ok_or("a flat ratio has no row")? }
            }
            RuleKind::Collateral => {
                let rows = rows.iter().map(CollateralRowV1::of).collect();
                RuleV1::Collateral { unit, rank: rule.rank(), rows }
            }
            RuleKind::Class => RuleV1::Class { class: rule.rank().ok_or("a class of assets has no number")? },
        };
        Ok(record)
    }

    /// The id of the rule: the SHA-256 of its record.
    ///
    /// # Errors
    /// The record is too long.
    pub fn id(&self) -> Result<Sha256, String> {
        Ok(Sha256::of(&[&codec::encode(self)?]))
    }

    /// The rule, read from its rows, with each cell at its place.
    ///
    /// # Errors
    /// There are not as many rows of places as rows, or places in a row as cells; a place is not a span; or
    /// the table cannot be read.
    pub fn read(&self, places: &[Vec<SpanV1>]) -> Result<Rule, String> {
        let (rows, cells) = match self {
            RuleV1::Tiers { rows, .. } => (rows.len(), 4),
            RuleV1::Flat { .. } => (1, 1),
            RuleV1::Collateral { rows, .. } => (rows.len(), 3),
            RuleV1::Class { .. } => (0, 0),
        };
        if places.len() != rows {
            return Err(format!("a rule of {rows} rows has {} rows of places", places.len()));
        }
        if let Some(row) = places.iter().find(|row| row.len() != cells) {
            return Err(format!("a row of {cells} cells has {} places", row.len()));
        }
        let spans = |row: &Vec<SpanV1>| row.iter().map(|place| place.read()).collect::<Result<_, _>>();
        let places = places.iter().map(spans).collect::<Result<Vec<Vec<Span>>, String>>()?;
        let rule = match self {
            RuleV1::Tiers { unit, rows } => {
                let rows = rows.iter().zip(places).map(|(row, cells)| row.read(cells));
                Rule::contract(unit, rows.collect())
            }
            RuleV1::Flat { ratio } => Ok(Rule::flat(ratio.read(), places[0][0])),
            RuleV1::Collateral { unit, rank, rows } => {
                let rows = rows.iter().zip(places).map(|(row, cells)| row.read(cells));
                Rule::collateral(unit, *rank, rows.collect())
            }
            RuleV1::Class { class } => Ok(Rule::class(*class)),
        };
        rule.map_err(|why| format!("a table cannot be read: {why}"))
    }
}

impl RuleV1 {
    /// The first bytes of a hash of what answers depend on: equal for two rules that are the same, whatever
    /// digits they were printed with.
    pub fn fingerprint(&self) -> u64 {
        let number = |value: &DecimalV1| value.0.normalize().to_string();
        let rows: Vec<String> = match self {
            RuleV1::Tiers { rows, .. } => {
                let row = |row: &TierRowV1| {
                    format!("{}/{}/{}", number(&row.cap.value), number(&row.mmr.fraction), row.leverage.max)
                };
                rows.iter().map(row).collect()
            }
            RuleV1::Flat { ratio } => vec![number(&ratio.fraction)],
            RuleV1::Class { class } => vec![format!("class {class}")],
            RuleV1::Collateral { rows, .. } => {
                let row = |row: &CollateralRowV1| {
                    format!("{}/{}", number(&row.cap.value), number(&row.ratio.fraction))
                };
                rows.iter().map(row).collect()
            }
        };
        Sha256::of(&[rows.join(" ").as_bytes()]).short()
    }
}

impl TierRowV1 {
    fn of(row: &PrintedTier) -> Option<TierRowV1> {
        let Leverage { min, max, text } = row.leverage.clone()?;
        Some(TierRowV1 {
            leverage: LeverageV1 { min, max, text },
            floor: NumberV1::of(&row.floor),
            cap: NumberV1::of(&row.cap),
            mmr: RateV1::of(&row.rate),
        })
    }

    fn read(&self, cells: Vec<Span>) -> PrintedTier {
        let LeverageV1 { min, max, text } = self.leverage.clone();
        let leverage = Some(Leverage { min, max, text });
        PrintedTier { leverage, floor: self.floor.read(), cap: self.cap.read(), rate: self.mmr.read(), cells }
    }
}

impl CollateralRowV1 {
    fn of(row: &PrintedTier) -> CollateralRowV1 {
        CollateralRowV1 {
            floor: NumberV1::of(&row.floor),
            cap: NumberV1::of(&row.cap),
            ratio: RateV1::of(&row.rate),
        }
    }

    fn read(&self, cells: Vec<Span>) -> PrintedTier {
        let (floor, cap, rate) = (self.floor.read(), self.cap.read(), self.ratio.read());
        PrintedTier { leverage: None, floor, cap, rate, cells }
    }
}

impl NumberV1 {
    fn of(number: &Number) -> NumberV1 {
        NumberV1 { text: number.text().to_string(), value: DecimalV1(number.value()) }
    }

    fn read(&self) -> Number {
        Number::with_text(&self.text, self.value.0)
    }
}

impl RateV1 {
    fn of(rate: &Rate) -> RateV1 {
        RateV1 { text: rate.text().to_string(), fraction: DecimalV1(rate.fraction()) }
    }

    fn read(&self) -> Rate {
        Rate::from_parts(self.text.clone(), self.fraction.0)
    }
}
