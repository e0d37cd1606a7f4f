//! Tables of rules as a test means them, in whatever form they are printed.
#![allow(dead_code)]

use super::dice::Dice;

/// A cell that spans columns and rows.
#[derive(Clone, Debug)]
pub struct Head(pub String, pub usize, pub usize);

/// The three kinds of tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Tiers,
    Flat,
    Pro,
}

/// A table: the rows of its header, and its rows.
#[derive(Clone, Debug)]
pub struct Table {
    pub kind: Kind,
    pub header: Vec<Vec<Head>>,
    pub rows: Vec<Row>,
    /// For each side the columns of one of its cells.
    pub columns: usize,
}

/// A row: names where they are printed, and the cells of each side, or none.
#[derive(Clone, Debug)]
pub struct Row {
    pub names: Option<String>,
    pub sides: [Option<Vec<String>>; 2],
}

/// A tier in print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tier {
    pub low: u32,
    pub high: u32,
    pub leverage: String,
    pub floor: String,
    pub cap: String,
    pub rate: String,
}

/// A row of a schedule of collateral in print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    pub floor: String,
    pub cap: String,
    pub ratio: String,
}

/// A rank, where rows print one, and its schedule.
pub type Schedule = (Option<u32>, Vec<Step>);

/// The digits of a number in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

impl Tier {
    /// Leverage, range and rate, with blanks and dashes as the dice fall.
    fn cells(&self, dice: &mut Dice) -> Vec<String> {
        let blank = if self.low == self.high && dice.below(2) == 1 { " " } else { "" };
        let below = dice.pick(&[
            " < Position ≤ ",
            " <Position ≤ ",
            "< Position ≤ ",
            "  < Position  ≤ ",
            " < Position ≤",
            "<Position≤",
        ]);
        let range = format!("{}{below}{}", self.floor, self.cap);
        vec![format!("{blank}{}", self.leverage), range, format!("{}%", self.rate)]
    }
}

/// The rows of two sides: tiers with a leverage in common share a row.
pub fn tier_rows(sides: [&[Tier]; 2], dice: &mut Dice) -> Vec<Row> {
    let mut at = [0, 0];
    let mut rows = Vec::new();
    while (0..2).any(|side| at[side] < sides[side].len()) {
        let due = [0, 1].map(|side| sides[side].get(at[side]));
        // A tier wholly above the one beside it is alone in its row; a tier that takes in several waits
        // beside the first.
        let show = match due {
            [Some(left), Some(right)] => [left.high >= right.low, right.high >= left.low],
            _ => [due[0].is_some(), due[1].is_some()],
        };
        let mut sides: [Option<Vec<String>>; 2] = [None, None];
        for side in 0..2 {
            if let Some(tier) = due[side].filter(|_| show[side]) {
                sides[side] = Some(tier.cells(dice));
                at[side] += 1;
            }
        }
        rows.push(Row { names: None, sides });
    }
    rows
}

/// The rows of a block of schedules under its names; the shorter side ends first.
pub fn pro_rows(names: &str, sides: [Option<&Schedule>; 2]) -> Vec<Row> {
    let cells = |side: usize, at: usize| {
        let (rank, steps) = sides[side]?;
        let step = steps.get(at)?;
        let rank = rank.filter(|_| at == 0).map(|rank| rank.to_string());
        Some(
            rank.into_iter()
                .chain([step.floor.clone(), step.cap.clone(), format!("{}%", step.ratio)])
                .collect(),
        )
    };
    let length = sides.iter().map(|side| side.map_or(0, |(_, steps)| steps.len())).max().unwrap_or(0);
    let row =
        |at| Row { names: Some(names.to_string()).filter(|_| at == 0), sides: [cells(0, at), cells(1, at)] };
    (0..length).map(row).collect()
}

/// The header of a tier table.
pub fn tier_header(unit: &str, dice: &mut Dice) -> Vec<Vec<Head>> {
    let one = |text: String| Head(text, 1, 1);
    let columns = |side: &str| {
        let unit = if unit.len() == 3 { unit.to_string() } else { format!("Notional Value in {unit}") };
        [
            format!("Leverage {side} Change"),
            format!("Position {side} Change ({unit})"),
            format!("Maintenance Margin Rate {side} Change"),
        ]
    };
    let names: Vec<Head> = columns("Before").into_iter().chain(columns("After")).map(one).collect();
    let over = vec![
        Head("Previous Leverage and Margin Tiers".into(), 3, 1),
        Head("New Leverage and Margin Tiers".into(), 3, 1),
    ];
    if dice.once_in(4) { vec![names] } else { vec![over, names] }
}

/// The header of a flat table.
pub fn flat_header(dice: &mut Dice) -> Vec<Vec<Head>> {
    let asset = dice.pick(&["Assets", "Assets (Portfolio Margin)", "Asset"]);
    let names = [asset, "Collateral Ratio (Before)", "Collateral Ratio (After)"];
    vec![names.iter().map(|name| Head(name.to_string(), 1, 1)).collect()]
}

/// The header of a table of schedules; `ranks` where the header and not the rows has them.
pub fn pro_header(ranks: Option<[u32; 2]>, dice: &mut Dice) -> Vec<Vec<Head>> {
    let [before, after] = match ranks {
        Some([before, after]) => [format!("Before (Rank {before})"), format!("After (Rank {after})")],
        None => ["Before".to_string(), "After".to_string()],
    };
    let ratio = dice.pick(&["Collateral Ratio", "CollateralRatio"]);
    let columns = ["Rank", "Floor(USD)", "Cap(USD)", ratio];
    let columns = &columns[usize::from(ranks.is_some())..];
    let width = columns.len();
    let below = columns.iter().chain(columns).map(|name| Head(name.to_string(), 1, 1)).collect();
    vec![vec![Head("Asset (PM Pro)".into(), 1, 2), Head(before, width, 1), Head(after, width, 1)], below]
}
