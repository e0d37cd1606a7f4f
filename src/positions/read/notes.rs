//! What a user should know of how a file was read: counted while it is read, in words at its end.

use super::roles::Role;
use super::shape::{Shape, near};
use crate::json::quoted;
use crate::limits;
use crate::text::counted;

/// What follows from other figures of a position than the one that states it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Inferred {
    /// The side follows from the sign of a size that tools do not always give a sign.
    pub side: bool,
    /// The margin mode follows from the isolated wallet.
    pub margin_mode: bool,
    /// The leverage follows from the initial margin.
    pub leverage: bool,
    /// The exchange prints the leverage 0.
    pub no_leverage: bool,
    /// The mark price follows from the notional or the profit.
    pub mark_price: bool,
    /// There is no mark price, and none follows.
    pub no_mark_price: bool,
    /// The isolated margin is only there with the profit in it.
    pub margin_with_profit: bool,
}

/// What was noted.
#[derive(Clone, Default, Debug)]
pub struct Notes {
    unknown: Vec<(String, Option<String>)>,
    /// The name of a column of sizes that some tools mean as notionals.
    size: Option<String>,
    rows: u64,
    closed: u64,
    inferred: [u64; KINDS],
    others: Vec<String>,
}

/// How many kinds of inferences there are.
const KINDS: usize = 7;

impl Notes {
    /// Notes what is not read of rows of a shape.
    pub fn shape(&mut self, shape: &Shape) {
        for (place, hint) in &shape.unknown {
            let name = shape.name(*place);
            let is_noted = self.unknown.iter().any(|(known, _)| known == name);
            if !is_noted && self.unknown.len() == limits::UNREAD_KEYS {
                self.other(format!(
                    "more than {} columns are not read; the rest is not named",
                    limits::UNREAD_KEYS
                ));
            } else if !is_noted {
                let hint = hint.map(str::to_string).or_else(|| near(name));
                self.unknown.push((name.to_string(), hint));
            }
        }
        let is_size = ["size", "position_size"].iter().any(|name| shape.is_called(Role::Quantity, name));
        if is_size && self.size.is_none() {
            self.size = Some(shape.column(Role::Quantity).to_string());
        }
    }

    /// Notes a position.
    pub fn position(&mut self, inferred: Inferred) {
        self.rows += 1;
        let Inferred {
            side,
            margin_mode,
            leverage,
            no_leverage,
            mark_price,
            no_mark_price,
            margin_with_profit,
        } = inferred;
        let kinds = [side, margin_mode, leverage, no_leverage, mark_price, no_mark_price, margin_with_profit];
        self.inferred.iter_mut().zip(kinds).for_each(|(count, is_so)| *count += u64::from(is_so));
    }

    /// Notes a closed position.
    pub fn closed(&mut self) {
        self.closed += 1;
    }

    /// Notes something else, once.
    pub fn other(&mut self, note: String) {
        if !self.others.contains(&note) {
            self.others.push(note);
        }
    }

    /// Each as a sentence.
    pub fn sentences(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        match (self.rows, self.closed) {
            (0, 0) => all.push("the file has no position".to_string()),
            (0, count) => all.push(format!("the file has no open position; {}", closed(count))),
            (_, 0) => {}
            (_, count) => all.push(closed(count)),
        }
        all.extend(self.unknown_columns());
        if let Some(name) = &self.size {
            let name = quoted(name);
            all.push(format!(
                "`{name}` is read as the quantity; rename it to `notional` if it is in the quote currency"
            ));
        }
        let of = |count: u64| format!("of {}", counted(count, "position"));
        let inferred: [&dyn Fn(u64) -> String; KINDS] = [
            &|count| {
                let has = if count == 1 {
                    "has no side and a size above 0, and is"
                } else {
                    "have no side and a size above 0, and are"
                };
                format!("{} {has} read as long", counted(count, "position"))
            },
            &|count| {
                format!("the margin mode {} follows from the isolated wallet: cross where it is 0", of(count))
            },
            &|count| format!("the leverage {} is the notional divided by `positionInitialMargin`", of(count)),
            &|count| format!("the leverage {} is 0 in the reply, which is none", of(count)),
            &|count| {
                format!("the mark price {} follows from the notional or the profit of each unit", of(count))
            },
            &|count| format!("there is no mark price {}; `positionRisk` has it", of(count)),
            &|count| {
                format!(
                    "`isolatedMargin` {} has the profit in it and is not read; `isolatedWallet` is missing",
                    of(count)
                )
            },
        ];
        let counts = self.inferred.iter().zip(inferred).filter(|(count, _)| **count > 0);
        all.extend(counts.map(|(count, words)| words(*count)));
        all.extend(self.others.iter().cloned());
        all
    }

    fn unknown_columns(&self) -> Vec<String> {
        let plain: Vec<String> = self
            .unknown
            .iter()
            .filter(|(_, hint)| hint.is_none())
            .map(|(name, _)| format!("`{}`", quoted(name)))
            .collect();
        let hinted = self.unknown.iter().filter_map(|(name, hint)| Some((name, hint.as_ref()?)));
        let mut all: Vec<String> =
            hinted.map(|(name, hint)| format!("column `{}` is not read: {hint}", quoted(name))).collect();
        match &plain[..] {
            [] => {}
            [one] => all.push(format!("column {one} is not read")),
            several => all.push(format!("columns that are not read: {}", several.join(", "))),
        }
        all
    }
}

fn closed(count: u64) -> String {
    let are = if count == 1 { "is" } else { "are" };
    format!("{} of size 0 {are} left out", counted(count, "closed position"))
}
