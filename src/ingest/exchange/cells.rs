//! The cells of one row: which key has which meaning in every spelling, and the figures of the keys.

use super::reader::{ExchangeReader, Unread, duplicate_key};
use crate::decimal::Decimal;
use crate::finding::FindingCode;
use crate::json::{JsonField, JsonNumber, JsonValue};
use crate::limits;
use crate::rule::{Leverage, Number, Rate};
use crate::text::Span;

/// The meaning of a key of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CellName {
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
pub const CELLS: [CellName; 7] = [
    CellName::Number,
    CellName::MinLeverage,
    CellName::MaxLeverage,
    CellName::Floor,
    CellName::Cap,
    CellName::Rate,
    CellName::Amount,
];

/// How a form spells the cells of a row.
#[derive(Debug)]
pub struct Spelling {
    keys: &'static [(&'static str, CellName)],
    /// Keys that other steps read, or that are not about the rule.
    ignored: &'static [&'static str],
}

/// Replies of the exchange's API, and `info` in tables of ccxt. Bounds in `qty…` count the coin; `qtylFloor`
/// is the exchange's own typo. For some weeks of 2022 ccxt renamed the bounds in `info`.
pub const NATIVE: Spelling = Spelling {
    keys: &[
        ("bracket", CellName::Number),
        ("initialLeverage", CellName::MaxLeverage),
        ("notionalFloor", CellName::Floor),
        ("minNotional", CellName::Floor),
        ("qtyFloor", CellName::Floor),
        ("qtylFloor", CellName::Floor),
        ("notionalCap", CellName::Cap),
        ("maxNotional", CellName::Cap),
        ("qtyCap", CellName::Cap),
        ("maintMarginRatio", CellName::Rate),
        ("cum", CellName::Amount),
    ],
    ignored: &[],
};

/// The public page of the exchange's site.
pub const SITE: Spelling = Spelling {
    keys: &[
        ("bracketSeq", CellName::Number),
        ("minOpenPosLeverage", CellName::MinLeverage),
        ("maxOpenPosLeverage", CellName::MaxLeverage),
        ("bracketNotionalFloor", CellName::Floor),
        ("bracketNotionalCap", CellName::Cap),
        ("bracketMaintenanceMarginRate", CellName::Rate),
        ("cumFastMaintenanceAmount", CellName::Amount),
    ],
    ignored: &[],
};

/// Tables of ccxt, of every version since 2022.
pub const UNIFIED: Spelling = Spelling {
    keys: &[
        ("tier", CellName::Number),
        ("maxLeverage", CellName::MaxLeverage),
        ("minNotional", CellName::Floor),
        ("notionalFloor", CellName::Floor),
        ("maxNotional", CellName::Cap),
        ("notionalCap", CellName::Cap),
        ("maintenanceMarginRate", CellName::Rate),
        ("maintenanceMarginRatio", CellName::Rate),
    ],
    ignored: &["symbol", "currency", "info"],
};

/// Tiers of portfolio margin pro, and the one rate of portfolio margin beside the name of its asset.
pub const COLLATERAL: Spelling = Spelling {
    keys: &[
        ("tierFloor", CellName::Floor),
        ("tierCap", CellName::Cap),
        ("collateralRate", CellName::Rate),
        ("cum", CellName::Amount),
    ],
    ignored: &["asset"],
};

impl Spelling {
    /// Whether a key has a meaning in a row of this form.
    pub fn knows(&self, key: &str) -> bool {
        self.keys.iter().any(|(known, _)| *known == key)
    }

    /// The keys of a cell, in words.
    fn of(&self, cell: CellName) -> String {
        let keys =
            self.keys.iter().filter(|(_, meaning)| *meaning == cell).map(|(key, _)| format!("`{key}`"));
        keys.collect::<Vec<_>>().join(" or ")
    }
}

/// The figures of one row, each with its key.
#[derive(Clone, Debug)]
pub struct RowCells<'a> {
    row: Span,
    spelling: &'static Spelling,
    found: [Option<(&'static str, JsonNumber<'a>)>; CELLS.len()],
    /// Whether every key is known.
    is_known: bool,
}

impl<'a> RowCells<'a> {
    /// The figures of the row at `row`. What is null counts as absent; a key that is not known is reported.
    ///
    /// # Errors
    /// Two keys have the same meaning, or a value is no number of 0 or more.
    pub fn of_fields(
        fields: &[JsonField<'a>],
        row: Span,
        spelling: &'static Spelling,
        reader: &mut ExchangeReader,
    ) -> Result<RowCells<'a>, Unread> {
        let mut cells = RowCells { row, spelling, found: Default::default(), is_known: true };
        for field in fields {
            let Some((key, cell)) = spelling.keys.iter().find(|(key, _)| *key == field.key) else {
                if !spelling.ignored.contains(&field.key.as_ref()) {
                    cells.is_known = false;
                    reader.unread_key(field);
                }
                continue;
            };
            let place = &mut cells.found[*cell as usize];
            if let Some((before, _)) = place {
                return Err(duplicate_key(field, before));
            }
            if !field.value.is_null() {
                let (named, most) = (field.value.named(), limits::NUMBER_DIGITS);
                let why =
                    || format!("`{key}` is {named}, not a number of 0 or more with up to {most} digits");
                let figure = figure(*cell, field.value);
                let figure = figure.ok_or_else(|| Unread::new(field.value.span(), why()))?;
                *place = Some((key, figure));
            }
        }
        Ok(cells)
    }

    /// The key and figure of a cell, where the row has it.
    pub fn get(&self, cell: CellName) -> Option<&(&'static str, JsonNumber<'a>)> {
        self.found[cell as usize].as_ref()
    }

    /// These figures, but those of `other` where it has some.
    pub fn replaced_by(mut self, other: RowCells<'a>) -> RowCells<'a> {
        for (mine, others) in self.found.iter_mut().zip(other.found) {
            *mine = others.or(mine.take());
        }
        self
    }

    /// Whether the bounds count the coin; `None` where they have no key of the exchange's.
    pub fn counts_coin(&self) -> Option<bool> {
        self.get(CellName::Cap).or(self.get(CellName::Floor)).map(|(key, _)| key.starts_with("qty"))
    }

    /// The key and figure of a cell that every row has.
    ///
    /// # Errors
    /// It is absent.
    fn need(&self, cell: CellName) -> Result<&(&'static str, JsonNumber<'a>), Unread> {
        let missing = || Unread::new(self.row, format!("{} is missing", self.spelling.of(cell)));
        self.get(cell).ok_or_else(missing)
    }

    /// A bound as printed, and its bytes.
    ///
    /// # Errors
    /// It is absent.
    pub fn bound(&self, cell: CellName) -> Result<(Number, Span), Unread> {
        let (_, figure) = self.need(cell)?;
        Ok((Number::with_text(&figure.text, figure.value), figure.span))
    }

    /// The upper bound, and its bytes. `may_be_open` where the form leaves it out of a tier without a limit.
    ///
    /// # Errors
    /// It is absent, although it may not be, or a key that is not known could be it.
    pub fn cap(&self, may_be_open: bool) -> Result<(Number, Span), Unread> {
        if may_be_open && self.is_known && self.get(CellName::Cap).is_none() {
            let end = Span::new(self.row.end.saturating_sub(1), self.row.end);
            return Ok((Number::no_limit("no limit"), end));
        }
        self.bound(CellName::Cap)
    }

    /// Whether the rate is printed in percent.
    pub fn is_percent(&self) -> bool {
        self.get(CellName::Rate).is_some_and(|(_, figure)| figure.is_percent)
    }

    /// The rate, and its bytes. A ratio may be `zero`, a maintenance margin rate may not.
    ///
    /// # Errors
    /// It is absent, or not between 0 and 1.
    pub fn rate(&self, zero: bool) -> Result<(Rate, Span), Unread> {
        let (key, figure) = self.need(CellName::Rate)?;
        let rate = match figure.is_percent {
            true => Rate::from_percent(&figure.text),
            false => Rate::from_fraction(figure.value),
        };
        let rate = rate.filter(|rate| zero || rate.fraction() > Decimal::ZERO);
        let why = || format!("`{key}` is {}, not a fraction between 0 and 1", figure.text);
        let not_a_rate = || Unread::new(figure.span, why()).with_code(FindingCode::NotARate);
        Ok((rate.ok_or_else(not_a_rate)?, figure.span))
    }

    /// The leverages, and the bytes of the highest.
    ///
    /// # Errors
    /// The highest is absent, or one is no whole number from 1, or the lowest is above the highest.
    pub fn leverage(&self) -> Result<(Leverage, Span), Unread> {
        let (key, highest) = self.need(CellName::MaxLeverage)?;
        let max = leverage(key, highest)?;
        let min = self.get(CellName::MinLeverage).map(|(key, figure)| leverage(key, figure)).transpose()?;
        let text = match min {
            Some(min) if min > max => {
                let why = format!("the lowest leverage, {min}, is above the highest, {max}");
                return Err(Unread::new(highest.span, why));
            }
            Some(min) if min < max => format!("{min} - {max}x"),
            _ => format!("{max}x"),
        };
        Ok((Leverage { min, max, text }, highest.span))
    }

    /// The maintenance amount, where the row has it.
    pub fn amount(&self) -> Option<JsonNumber<'a>> {
        self.get(CellName::Amount).map(|(_, figure)| figure.clone())
    }

    /// The number of the tier, where the row has one.
    ///
    /// # Errors
    /// It is no whole number.
    pub fn number(&self) -> Result<Option<u32>, Unread> {
        let whole_of = |(key, figure): &(&str, JsonNumber)| {
            let why = || format!("`{key}` is {}, not a whole number", figure.text);
            whole(figure.value).ok_or_else(|| Unread::new(figure.span, why()))
        };
        self.get(CellName::Number).map(whole_of).transpose()
    }
}

/// The figure of a cell, in the spellings that tools use for it.
fn figure(cell: CellName, value: JsonValue<'_>) -> Option<JsonNumber<'_>> {
    let other = match cell {
        CellName::Rate => JsonValue::percentage(value),
        CellName::MinLeverage | CellName::MaxLeverage => value.times(),
        CellName::Cap => value.no_limit().or_else(|| value.grouped()),
        CellName::Floor | CellName::Amount => value.grouped(),
        CellName::Number => None,
    };
    other.or_else(|| value.figure())
}

fn leverage(key: &str, figure: &JsonNumber) -> Result<u32, Unread> {
    let why = || format!("`{key}` is {}, not a whole number from 1", figure.text);
    whole(figure.value).filter(|times| *times >= 1).ok_or_else(|| Unread::new(figure.span, why()))
}

fn whole(value: Decimal) -> Option<u32> {
    value.normalize().to_string().parse().ok()
}
