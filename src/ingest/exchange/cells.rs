//! The cells of one row: which key says what in every spelling, and the figures behind the keys.

use super::json::{Field, Figure};
use super::reader::{Reader, Unread, twice};
use crate::decimal::Decimal;
use crate::finding::FindingCode;
use crate::limits;
use crate::rule::{Leverage, Number, Rate};
use crate::text::Span;

/// What a key of a row says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// The number of the tier.
    Number,
    /// The lowest leverage.
    MinLeverage,
    /// The highest leverage.
    MaxLeverage,
    /// The lower bound.
    Floor,
    /// The upper bound.
    Cap,
    /// The maintenance margin rate or collateral ratio, as a fraction.
    Rate,
    /// The maintenance amount.
    Amount,
}

/// Every cell, in the order of the enumeration.
pub const CELLS: [Cell; 7] =
    [Cell::Number, Cell::MinLeverage, Cell::MaxLeverage, Cell::Floor, Cell::Cap, Cell::Rate, Cell::Amount];

/// How a form spells the cells of a row.
pub struct Spelling {
    keys: &'static [(&'static str, Cell)],
    /// Keys that other steps read, or that say nothing of the rule.
    idle: &'static [&'static str],
}

/// Replies of the exchange's API, and `info` in tables of ccxt. Bounds behind `qty…` count the coin; `qtylFloor` is the
/// exchange's own slip. For some weeks of 2022 ccxt renamed the bounds in `info`.
pub const NATIVE: Spelling = Spelling {
    keys: &[
        ("bracket", Cell::Number),
        ("initialLeverage", Cell::MaxLeverage),
        ("notionalFloor", Cell::Floor),
        ("minNotional", Cell::Floor),
        ("qtyFloor", Cell::Floor),
        ("qtylFloor", Cell::Floor),
        ("notionalCap", Cell::Cap),
        ("maxNotional", Cell::Cap),
        ("qtyCap", Cell::Cap),
        ("maintMarginRatio", Cell::Rate),
        ("cum", Cell::Amount),
    ],
    idle: &[],
};

/// The public page of the exchange's site.
pub const SITE: Spelling = Spelling {
    keys: &[
        ("bracketSeq", Cell::Number),
        ("minOpenPosLeverage", Cell::MinLeverage),
        ("maxOpenPosLeverage", Cell::MaxLeverage),
        ("bracketNotionalFloor", Cell::Floor),
        ("bracketNotionalCap", Cell::Cap),
        ("bracketMaintenanceMarginRate", Cell::Rate),
        ("cumFastMaintenanceAmount", Cell::Amount),
    ],
    idle: &[],
};

/// Tables of ccxt, of every version since 2022.
pub const UNIFIED: Spelling = Spelling {
    keys: &[
        ("tier", Cell::Number),
        ("maxLeverage", Cell::MaxLeverage),
        ("minNotional", Cell::Floor),
        ("notionalFloor", Cell::Floor),
        ("maxNotional", Cell::Cap),
        ("notionalCap", Cell::Cap),
        ("maintenanceMarginRate", Cell::Rate),
        ("maintenanceMarginRatio", Cell::Rate),
    ],
    idle: &["symbol", "currency", "info"],
};

/// Tiers of portfolio margin pro, and the one rate of portfolio margin beside the name of its asset.
pub const COLLATERAL: Spelling = Spelling {
    keys: &[
        ("tierFloor", Cell::Floor),
        ("tierCap", Cell::Cap),
        ("collateralRate", Cell::Rate),
        ("cum", Cell::Amount),
    ],
    idle: &["asset"],
};

impl Spelling {
    /// Whether a key says something of a row in this form.
    pub fn knows(&self, key: &str) -> bool {
        self.keys.iter().any(|(known, _)| *known == key)
    }

    /// The keys of a cell, in words.
    fn of(&self, cell: Cell) -> String {
        let keys = self.keys.iter().filter(|(_, says)| *says == cell).map(|(key, _)| format!("`{key}`"));
        keys.collect::<Vec<_>>().join(" or ")
    }
}

/// The figures of one row, each with the key it stands behind.
#[derive(Clone, Default, Debug)]
pub struct Cells<'a> {
    found: [Option<(&'static str, Figure<'a>)>; CELLS.len()],
}

impl<'a> Cells<'a> {
    /// The figures of a row. What is null counts as absent; a key that is not known is reported.
    ///
    /// # Errors
    /// Two keys say the same, or a value is no number of 0 or more.
    pub fn read(fields: &[Field<'a>], spelling: &Spelling, reader: &mut Reader) -> Result<Cells<'a>, Unread> {
        let mut cells = Cells::default();
        for field in fields {
            let Some((key, cell)) = spelling.keys.iter().find(|(key, _)| *key == field.key) else {
                if !spelling.idle.contains(&field.key.as_ref()) {
                    reader.unread_key(field);
                }
                continue;
            };
            let place = &mut cells.found[*cell as usize];
            if let Some((before, _)) = place {
                return Err(twice(field, before));
            }
            if !field.value.is_null() {
                let (named, most) = (field.value.named(), limits::NUMBER_DIGITS);
                let why =
                    || format!("`{key}` is {named}, not a number of 0 or more with up to {most} digits");
                let figure = field.value.figure().ok_or_else(|| Unread::new(field.value.span(), why()))?;
                *place = Some((key, figure));
            }
        }
        Ok(cells)
    }

    /// The key and figure of a cell, where the row has it.
    pub fn get(&self, cell: Cell) -> Option<&(&'static str, Figure<'a>)> {
        self.found[cell as usize].as_ref()
    }

    /// These figures, and those of `other` where these have none.
    pub fn or(mut self, other: Cells<'a>) -> Cells<'a> {
        for (mine, others) in self.found.iter_mut().zip(other.found) {
            *mine = mine.take().or(others);
        }
        self
    }

    /// Whether the bounds count the coin; `None` where they have no key of the exchange's.
    pub fn counts_coin(&self) -> Option<bool> {
        self.get(Cell::Cap).or(self.get(Cell::Floor)).map(|(key, _)| key.starts_with("qty"))
    }

    /// The key and figure of a cell that every row has.
    ///
    /// # Errors
    /// It is absent; `row` is where it should stand.
    fn need(
        &self,
        cell: Cell,
        row: Span,
        spelling: &Spelling,
    ) -> Result<&(&'static str, Figure<'a>), Unread> {
        self.get(cell).ok_or_else(|| Unread::new(row, format!("{} is missing", spelling.of(cell))))
    }

    /// A bound as printed, and its bytes.
    ///
    /// # Errors
    /// It is absent.
    pub fn bound(&self, cell: Cell, row: Span, spelling: &Spelling) -> Result<(Number, Span), Unread> {
        let (_, figure) = self.need(cell, row, spelling)?;
        Ok((Number::with_text(&figure.text, figure.value), figure.span))
    }

    /// The rate, and its bytes. A ratio may be `zero`, a maintenance margin rate may not.
    ///
    /// # Errors
    /// It is absent, or not between 0 and 1.
    pub fn rate(&self, row: Span, spelling: &Spelling, zero: bool) -> Result<(Rate, Span), Unread> {
        let (key, figure) = self.need(Cell::Rate, row, spelling)?;
        let rate = Rate::from_fraction(figure.value).filter(|rate| zero || rate.fraction() > Decimal::ZERO);
        let why = || format!("`{key}` is {}, not a fraction between 0 and 1", figure.text);
        let not_a_rate = || Unread::new(figure.span, why()).coded(FindingCode::NotARate);
        Ok((rate.ok_or_else(not_a_rate)?, figure.span))
    }

    /// The leverages, and the bytes of the highest.
    ///
    /// # Errors
    /// The highest is absent, or one is no whole number from 1, or the lowest is above the highest.
    pub fn leverage(&self, row: Span, spelling: &Spelling) -> Result<(Leverage, Span), Unread> {
        let (key, highest) = self.need(Cell::MaxLeverage, row, spelling)?;
        let max = leverage(key, highest)?;
        let min = self.get(Cell::MinLeverage).map(|(key, figure)| leverage(key, figure)).transpose()?;
        let text = match min {
            Some(min) if min > max => {
                return Err(Unread::new(highest.span, format!("leverages from {min} to {max} hold none")));
            }
            Some(min) if min < max => format!("{min} - {max}x"),
            _ => format!("{max}x"),
        };
        Ok((Leverage { min, max, text }, highest.span))
    }

    /// The maintenance amount, where the row has it.
    pub fn amount(&self) -> Option<Figure<'a>> {
        self.get(Cell::Amount).map(|(_, figure)| figure.clone())
    }

    /// The number of the tier, where the row has one.
    ///
    /// # Errors
    /// It is no whole number.
    pub fn number(&self) -> Result<Option<u32>, Unread> {
        let whole_of = |(key, figure): &(&str, Figure)| {
            let why = || format!("`{key}` is {}, not a whole number", figure.text);
            whole(figure.value).ok_or_else(|| Unread::new(figure.span, why()))
        };
        self.get(Cell::Number).map(whole_of).transpose()
    }
}

fn leverage(key: &str, figure: &Figure) -> Result<u32, Unread> {
    let why = || format!("`{key}` is {}, not a whole number from 1", figure.text);
    whole(figure.value).filter(|times| *times >= 1).ok_or_else(|| Unread::new(figure.span, why()))
}

fn whole(value: Decimal) -> Option<u32> {
    value.normalize().to_string().parse().ok()
}
