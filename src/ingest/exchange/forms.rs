//! Which form a document has, decided by its keys alone; formats that are known but not read are refused by
//! name.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cells::UNIFIED;
use super::reader::ExchangeReader;
use super::timestamps::is_time_key;
use super::whose::is_exchange_key;
use crate::error::{Error, ErrorCode};
use crate::json::{JsonField, JsonValue, key_start, quoted};
use crate::statement::symbol;
use crate::text::Span;

/// The forms that are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExchangeForm {
    /// Brackets as the exchange's API gives them: objects with `symbol` and `brackets`.
    Brackets,
    /// Brackets as the exchange's site gives them: objects with `symbol` and `riskBrackets`.
    Site,
    /// Tables of ccxt: a list of tiers under each symbol, or tiers that each have `symbol`.
    Unified,
    /// Collateral ratios of portfolio margin: objects with `asset` and `collateralRate`.
    Flat,
    /// Collateral tiers of portfolio margin pro: objects with `asset` and `collateralInfo`.
    Tiered,
}

/// One contract or asset of a document.
#[derive(Clone, Debug)]
pub enum SubjectEntry<'a> {
    /// An object that contains everything about it.
    Object(JsonValue<'a>),
    /// The list of its tiers under its symbol.
    List {
        /// The symbol as printed.
        symbol: Cow<'a, str>,
        /// What should be the list.
        value: JsonValue<'a>,
        /// The bytes of all of it.
        span: Span,
    },
    /// Its tiers, which each have its symbol.
    Tiers {
        /// The symbol as printed.
        symbol: Cow<'a, str>,
        /// What should be its tiers.
        rows: Vec<JsonValue<'a>>,
        /// The bytes of all of it.
        span: Span,
    },
}

/// A document whose format is known.
#[derive(Debug)]
pub struct Recognised<'a> {
    /// The form.
    pub form: ExchangeForm,
    /// The contracts or assets in order.
    pub entries: Vec<SubjectEntry<'a>>,
    /// Whether it is one object for the one contract that was asked for.
    pub one: bool,
    /// The fields of the outermost object, where it is one.
    pub head: Vec<JsonField<'a>>,
}

/// How deep tables may be in the objects of a tool around them.
const ENVELOPES: usize = 3;

/// Keys of the site's envelope; `code` and the messages are checked first.
const ENVELOPE: [&str; 6] = ["code", "message", "messageDetail", "success", "data", "brackets"];

/// Finds the form of a document.
///
/// # Errors
/// `error_reply` (the exchange refused the request), `unsupported_form`, `unknown_form`, `no_rule` (nothing
/// in it), `duplicate_key`.
pub fn recognise<'a>(
    document: JsonValue<'a>,
    text: &str,
    reader: &mut ExchangeReader,
) -> Result<Recognised<'a>, Error> {
    recognise_within(document, text, ENVELOPES, reader)
}

/// As [`recognise`], with so many objects of a tool around it at most.
fn recognise_within<'a>(
    document: JsonValue<'a>,
    text: &str,
    envelopes: usize,
    reader: &mut ExchangeReader,
) -> Result<Recognised<'a>, Error> {
    if let Some(items) = document.items() {
        return of_list(items, Vec::new());
    }
    let Some(fields) = document.fields() else { return Err(unknown()) };
    refused_by_the_exchange(&fields)?;
    if let Some(form) = form_of(&fields)? {
        return Ok(Recognised {
            form,
            entries: vec![SubjectEntry::Object(document)],
            one: true,
            head: Vec::new(),
        });
    }
    if is_tier(&fields) && fields.iter().any(|field| field.key == "symbol") {
        return of_list(vec![document], Vec::new()).map(|found| Recognised { one: true, ..found });
    }
    if let Some(items) = inside(&fields, reader)? {
        return of_list(items, fields);
    }
    match of_symbols(&fields, text) {
        Err(error) if error.code() == ErrorCode::UnknownForm && envelopes > 0 => {
            in_envelope(fields, text, envelopes - 1, reader)?.ok_or(error)
        }
        found => found.map(|found| Recognised { head: fields, ..found }),
    }
}

/// The tables under one key of an object of a tool, whatever its name; `None` where none has tables.
///
/// # Errors
/// Two keys have tables (`unknown_form`), or what is inside is recognised and refused.
fn in_envelope<'a>(
    fields: Vec<JsonField<'a>>,
    text: &str,
    envelopes: usize,
    reader: &mut ExchangeReader,
) -> Result<Option<Recognised<'a>>, Error> {
    let mut tables: Option<(usize, Recognised)> = None;
    for (place, field) in fields.iter().enumerate().filter(|(_, field)| !field.value.is_plain()) {
        match recognise_within(field.value, text, envelopes, reader) {
            Ok(_) if tables.is_some() => {
                let message = "two keys of the document have tables";
                return Err(Error::new(ErrorCode::UnknownForm, message).hint("save them as two files"));
            }
            Ok(found) => tables = Some((place, found)),
            Err(error) if error.code() == ErrorCode::UnknownForm => {}
            Err(error) => return Err(error),
        }
    }
    let Some((at, found)) = tables else { return Ok(None) };
    for (place, field) in fields.iter().enumerate() {
        if place != at && !is_head_key(&field.key) {
            reader.unread_key(field);
        }
    }
    let head = fields.into_iter().chain(found.head).collect();
    Ok(Some(Recognised { head, ..found }))
}

/// The list in an envelope: `brackets`, `data`, or `brackets` in `data`; `None` where there is none of them.
fn inside<'a>(
    fields: &[JsonField<'a>],
    reader: &mut ExchangeReader,
) -> Result<Option<Vec<JsonValue<'a>>>, Error> {
    let data = single(fields, "data")?;
    let within = data.and_then(JsonValue::fields);
    let list = match &within {
        Some(within) => single(within, "brackets")?,
        None => data.or(single(fields, "brackets")?),
    };
    if let Some(result) = single(fields, "result")?.and_then(JsonValue::fields)
        && let Some(items) = single(&result, "list")?.and_then(JsonValue::items)
    {
        return Ok(Some(items));
    }
    if list.is_some_and(JsonValue::is_null) {
        return Err(no_rule());
    }
    let Some(items) = list.and_then(JsonValue::items) else { return Ok(None) };
    let is_known = |key: &str| ENVELOPE.contains(&key) || is_head_key(key);
    let around = fields.iter().filter(|field| !is_known(&field.key));
    around
        .chain(within.iter().flatten().filter(|field| field.key != "brackets"))
        .for_each(|field| reader.unread_key(field));
    Ok(Some(items))
}

/// A list of objects: the first that has a form decides the form of all.
fn of_list<'a>(items: Vec<JsonValue<'a>>, head: Vec<JsonField<'a>>) -> Result<Recognised<'a>, Error> {
    if items.is_empty() {
        return Err(no_rule());
    }
    for fields in items.iter().filter_map(|item| item.fields()) {
        if let Some(form) = form_of(&fields)? {
            let entries = items.into_iter().map(SubjectEntry::Object).collect();
            return Ok(Recognised { form, entries, one: false, head });
        }
        if is_tier(&fields) && fields.iter().any(|field| field.key == "symbol") {
            return Ok(Recognised {
                form: ExchangeForm::Unified,
                entries: by_symbol(items),
                one: false,
                head,
            });
        }
    }
    Err(unknown())
}

/// Tiers that each have their symbol, grouped by it; one without a symbol is an entry without a name.
fn by_symbol(items: Vec<JsonValue>) -> Vec<SubjectEntry> {
    let mut entries: Vec<SubjectEntry> = Vec::new();
    let mut places: HashMap<Cow<str>, usize> = HashMap::new();
    for item in items {
        let fields = item.fields().unwrap_or_default();
        let symbol =
            fields.into_iter().find(|field| field.key == "symbol").and_then(|field| field.value.words());
        let symbol = symbol.unwrap_or_default();
        let place = *places.entry(symbol.clone()).or_insert(entries.len());
        match entries.get_mut(place) {
            Some(SubjectEntry::Tiers { rows, span, .. }) => {
                rows.push(item);
                *span = span.join(item.span());
            }
            _ => entries.push(SubjectEntry::Tiers { symbol, rows: vec![item], span: item.span() }),
        }
    }
    entries
}

/// Whether a key of the outermost object is about the document.
fn is_head_key(key: &str) -> bool {
    is_time_key(key) || is_exchange_key(key)
}

/// An object with a list of tiers under each symbol.
fn of_symbols<'a>(fields: &[JsonField<'a>], text: &str) -> Result<Recognised<'a>, Error> {
    let is_symbol = |field: &&JsonField| !is_head_key(&field.key);
    let lists = fields.iter().filter(is_symbol).map(|field| field.value.items());
    let mut first = lists.clone().flatten().flatten().filter_map(JsonValue::fields);
    if !first.any(|tier| is_tier(&tier)) {
        let empty = lists.into_iter().all(|list| list.is_some_and(|list| list.is_empty()));
        return Err(if empty { no_rule() } else { unknown() });
    }
    let entries = fields.iter().filter(is_symbol).flat_map(|field| {
        let names_itself = |rows: &[JsonValue]| {
            let has_symbol = |row: &JsonValue| {
                row.fields().is_some_and(|row| row.iter().any(|it| it.key == "symbol" && !it.value.is_null()))
            };
            !rows.is_empty() && rows.iter().all(has_symbol)
        };
        if symbol::read(&field.key).is_none()
            && let Some(rows) = field.value.items().filter(|rows| names_itself(rows))
        {
            // A list of tiers under a word of a tool.
            return by_symbol(rows);
        }
        let (symbol, value) = (field.key.clone(), field.value);
        let span = Span::new(key_start(text, value.span()), value.span().end);
        vec![SubjectEntry::List { symbol, value, span }]
    });
    let entries = entries.collect();
    Ok(Recognised { form: ExchangeForm::Unified, entries, one: false, head: Vec::new() })
}

/// The form of a list whose objects have these fields.
fn form_of(fields: &[JsonField]) -> Result<Option<ExchangeForm>, Error> {
    let has = |key: &str| fields.iter().any(|field| field.key == key);
    let names_contract = has("symbol") || has("pair");
    Ok(match () {
        () if has("asset") && has("collateralInfo") => Some(ExchangeForm::Tiered),
        () if has("asset") && has("collateralRate") => Some(ExchangeForm::Flat),
        () if names_contract && has("riskBrackets") => Some(ExchangeForm::Site),
        () if names_contract && has("brackets") => Some(ExchangeForm::Brackets),
        () if has("collaterals") => return Err(unsupported("collateral ratios of cross margin")),
        () if has("assetNames") && has("brackets") => {
            return Err(unsupported("liability brackets of cross margin"));
        }
        () if has("riskLimitValue") => return Err(unsupported("risk limits of Bybit")),
        () => None,
    })
}

/// Whether fields are those of a tier in a table of ccxt: two keys of one are enough, so that one without a
/// cap is one.
fn is_tier(fields: &[JsonField]) -> bool {
    fields.iter().filter(|field| UNIFIED.knows(&field.key)).count() >= 2
}

/// The error that a reply contains instead of tables.
fn refused_by_the_exchange(fields: &[JsonField]) -> Result<(), Error> {
    let plain = |keys: &[&str]| {
        let field =
            fields.iter().find(|field| keys.contains(&field.key.as_ref()) && !field.value.is_null())?;
        field.value.plain()
    };
    let code = plain(&["code", "retCode"]);
    let bad = code.as_ref().is_some_and(|code| !["000000", "0", "200"].contains(&code.as_ref()));
    if !bad && plain(&["success"]).is_none_or(|success| success != "false") {
        return Ok(());
    }
    let words = plain(&["msg", "message", "retMsg"]).unwrap_or("no message".into());
    let code = code.map_or(String::new(), |code| format!(" (code {})", quoted(&code)));
    let message = format!("the exchange refused the request: {}{code}", quoted(&words));
    Err(Error::new(ErrorCode::ErrorReply, message)
        .hint("ask the exchange again, and load the reply with the tables"))
}

/// The value of a key.
fn single<'a>(fields: &[JsonField<'a>], key: &str) -> Result<Option<JsonValue<'a>>, Error> {
    let mut found = fields.iter().filter(|field| field.key == key).map(|field| field.value);
    match (found.next(), found.next()) {
        (value, None) => Ok(value),
        _ => Err(Error::new(ErrorCode::DuplicateKey, format!("key `{key}` occurs twice in one object"))
            .hint("remove the one that is not meant")),
    }
}

fn unsupported(what: &str) -> Error {
    let message = format!("the document contains {what}, which tierbook does not read");
    Error::new(ErrorCode::UnsupportedForm, message).hint(FORMS)
}

fn unknown() -> Error {
    Error::new(ErrorCode::UnknownForm, "the document is JSON, but in no format that tierbook reads")
        .hint(FORMS)
}

/// The error of a document without any rule.
pub fn no_rule() -> Error {
    Error::new(ErrorCode::NoRule, "the document contains no rule")
        .hint("the list in it is empty; repeat the request, and load a reply with tables")
}

const FORMS: &str = "tierbook reads: Binance `leverageBracket` (objects with `symbol` and `brackets`), \
    the brackets of its site (`symbol` and `riskBrackets`), leverage tiers of ccxt (lists of tiers under symbols), \
    and Binance portfolio margin collateral (`asset` with `collateralRate` or `collateralInfo`)";
