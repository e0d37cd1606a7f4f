//! Positions in one JSON document: a list of them, an object with them, or a reply of the exchange.

use super::cell::{Cell, Commas};
use super::json_row::{JsonObjects, cell};
use super::reading::Reading;
use super::roles::{Known, Role, known, plain};
use super::source::Source;
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, JsonField, JsonValue, quoted};
use crate::text::{line_numbers, nearest};

/// A JSON document.
pub struct JsonSource {
    text: String,
}

impl JsonSource {
    /// One of this text.
    pub fn of(text: String) -> JsonSource {
        JsonSource { text }
    }
}

impl Source for JsonSource {
    fn read(&mut self, into: &mut Reading) -> Result<bool> {
        let text = &self.text;
        let value = json::document(text).map_err(|error| not_json(text, error))?;
        let line_of = line_numbers(text);
        let is_one_line = !text.trim().contains('\n');
        let line = |value: JsonValue| {
            if is_one_line { String::new() } else { format!(", line {}", line_of(value.span().start)) }
        };
        Document { into, line: &line }.read(value)?;
        Ok(false)
    }
}

struct Document<'a> {
    into: &'a mut Reading,
    /// The line of a value in words, after those of its row.
    line: &'a dyn Fn(JsonValue) -> String,
}

/// The keys of an object of one's own.
const OWN: [&str; 3] = ["positions", "wallet_balances", "collateral"];

const FORMS: &str = "positions are a list of objects, an object with `positions`, or a reply of the exchange: \
    `positionRisk`, `account`, or what `fetchPositions` of ccxt gives";

impl Document<'_> {
    fn read(&mut self, value: JsonValue) -> Result<()> {
        if let Some(items) = value.items() {
            self.rows("row", items);
            return Ok(());
        }
        let Some(fields) = value.fields() else { return Err(unknown(value)) };
        refused(&fields)?;
        let find = |name: &str| fields.iter().find(|field| plain(&field.key) == plain(name));
        let has_list = |name: &str| find(name).is_some_and(|field| field.value.is_list());
        if find("assets").is_some() || find("totalWalletBalance").is_some() {
            return self.account(&fields);
        }
        if find("positions").is_some() || find("wallet_balances").is_some() || has_list("collateral") {
            return self.own(&fields);
        }
        if fields.iter().any(|field| known(&field.key) == Some(Known::Role(Role::Symbol))) {
            self.rows("row", vec![value]);
            return Ok(());
        }
        Err(unknown(value))
    }

    /// Objects, one after the other; `noun` is what one is called.
    fn rows(&mut self, noun: &str, items: Vec<JsonValue>) {
        let mut objects = JsonObjects::default();
        for (row, item) in (1_u64..).zip(items) {
            let place =
                |value: Option<JsonValue>| format!("{noun} {row}{}", (self.line)(value.unwrap_or(item)));
            match item.fields() {
                Some(fields) => objects.take(fields, self.into, &place),
                None => {
                    let error =
                        Error::new(ErrorCode::UnreadableLine, format!("{} is no object", item.named()));
                    self.into.note(error.hint(FORMS).in_row(&place(None)));
                }
            }
            if self.into.is_full() {
                return;
            }
        }
    }

    /// `account` of USDⓈ-M or COIN-M.
    fn account(&mut self, fields: &[JsonField]) -> Result<()> {
        let shares_assets = fields
            .iter()
            .any(|field| field.key == "multiAssetsMargin" && field.value.plain().as_deref() == Some("true"));
        if shares_assets {
            let note = "the account is in multi-assets mode: its cross positions share the wallets of all assets, so no \
                wallet balance is read";
            self.into.notes.other(note.to_string());
        }
        for field in fields {
            match field.key.as_ref() {
                "positions" => self.rows("position", items(field)?),
                "assets" if !shares_assets => self.rows("asset", items(field)?),
                _ => {}
            }
        }
        // `account` of version 3 does not say in which mode the account is.
        let is_unknown = !fields.iter().any(|field| field.key == "multiAssetsMargin")
            && fields.iter().any(|field| field.key == "totalWalletBalance");
        let wallets = self.into.wallet_balances.values().filter(|balance| !balance.is_zero()).count();
        if is_unknown && wallets > 1 {
            let note = "the reply does not say whether the account is in multi-assets mode; here the cross positions of a \
                currency have its wallet alone";
            self.into.notes.other(note.to_string());
        }
        Ok(())
    }

    /// An object as docs/positions-file.md shows it.
    fn own(&mut self, fields: &[JsonField]) -> Result<()> {
        let mut seen: Vec<String> = Vec::new();
        for field in fields {
            let key = plain(&field.key);
            if seen.contains(&key) {
                let message = format!("key `{}` occurs twice in one object", quoted(&field.key));
                return Err(Error::new(ErrorCode::DuplicateKey, message).hint("join the two lists"));
            }
            match key.as_str() {
                "positions" => self.rows("position", items(field)?),
                "collateral" => self.rows("collateral", items(field)?),
                "walletbalances" => self.wallets(field)?,
                _ => return Err(self.unknown_key(field)),
            }
            seen.push(key);
        }
        Ok(())
    }

    fn wallets(&mut self, field: &JsonField) -> Result<()> {
        let Some(balances) = field.value.fields() else {
            let message = format!("`{}` is {}, not an object", quoted(&field.key), field.value.named());
            return Err(Error::new(ErrorCode::NotColumns, message)
                .hint("write the balance of each currency: {\"USDT\": 1000}"));
        };
        for balance in balances {
            let place = format!("wallet balance `{}`{}", quoted(&balance.key), (self.line)(balance.value));
            let read = wallet(&balance.key, &cell(balance.value));
            if let Err(error) = read.and_then(|(currency, amount)| self.into.balance(currency, amount)) {
                self.into.note(error.in_row(&place));
            }
        }
        Ok(())
    }

    fn unknown_key(&self, field: &JsonField) -> Error {
        let line = (self.line)(field.value);
        let line = line.strip_prefix(", ").map_or(String::new(), |line| format!("{line}: "));
        let message = format!("{line}unknown key `{}`", quoted(&field.key));
        let error = Error::new(ErrorCode::NotColumns, message);
        match nearest(&field.key, OWN) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("known here: {}", OWN.join(", "))),
        }
    }
}

/// The balance of the wallet of a currency.
///
/// # Errors
/// The currency is no name, or the balance no number.
pub fn wallet(currency: &str, balance: &Cell) -> Result<(String, crate::decimal::Decimal)> {
    let name = Cell::text(currency);
    let currency = name.name()?.unwrap_or_default().to_uppercase();
    match balance.number(Commas::Group)? {
        Some(balance) => Ok((currency, balance)),
        None => Err(Error::new(ErrorCode::UnreadableLine, "it is empty")
            .hint("write the balance without unrealized profit, or leave the currency out")),
    }
}

fn items<'a>(field: &JsonField<'a>) -> Result<Vec<JsonValue<'a>>> {
    field.value.items().ok_or_else(|| {
        let message = format!("`{}` is {}, not a list", quoted(&field.key), field.value.named());
        Error::new(ErrorCode::NotColumns, message).hint(FORMS)
    })
}

/// The error of a text that is not JSON: of what Python prints its own.
fn not_json(text: &str, error: Error) -> Error {
    let plain = json::without_python_floats(text);
    if json::document(&plain).is_ok() {
        return Error::new(error.code(), error.message())
            .hint("JSON has neither NaN nor Infinity: write null where there is no value");
    }
    json::python::named(text, "positions").unwrap_or(error)
}

/// The error that a reply contains instead of positions.
fn refused(fields: &[JsonField]) -> Result<()> {
    let plain =
        |key: &str| fields.iter().find(|field| field.key == key).and_then(|field| field.value.plain());
    let (Some(code), Some(words)) = (plain("code"), plain("msg")) else { return Ok(()) };
    let message = format!("the exchange refused the request: {} (code {})", quoted(&words), quoted(&code));
    Err(Error::new(ErrorCode::ErrorReply, message)
        .hint("ask the exchange again, and save the reply with the positions"))
}

fn unknown(value: JsonValue) -> Error {
    let message = format!("the document is {} without positions", value.named());
    Error::new(ErrorCode::UnknownForm, message).hint(FORMS)
}
