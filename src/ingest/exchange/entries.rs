//! From one contract or asset of a document to its statement.

use super::cells::{COLLATERAL, RowCells};
use super::forms::{ExchangeForm, SubjectEntry};
use super::fragments::Fragments;
use super::reader::{ExchangeReader, Unread, fields_of, items_of};
use super::tables::{self, BracketRow};
use super::timestamps;
use crate::decimal::Decimal;
use crate::finding::FindingCode;
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::json::{JsonValue, quoted};
use crate::limits;
use crate::rule::{PlacedRule, Rule};
use crate::statement::symbol::{self, Symbol};
use crate::statement::{Market, Program};
use crate::text::Span;
use crate::time::ValidTime;
use std::borrow::Cow;

/// Keys of a contract on the exchange's site that are not about its rule.
const IGNORED: [&str; 1] = ["notionalLimit"];

/// A contract whose table is not read yet.
struct Contract<'a> {
    symbol: Cow<'a, str>,
    rows: Vec<JsonValue<'a>>,
    span: Span,
    seen_at: Option<ValidTime>,
}

/// Reads one entry of a document into the reader, or finds it among what was read before.
pub fn read_entry(
    entry: SubjectEntry,
    form: ExchangeForm,
    fragments: &Fragments,
    reader: &mut ExchangeReader,
) {
    let Some(fragment) = fragments.fragment(&entry, form) else { return read(entry, form, reader) };
    if let Some(statement) = fragments.find(&fragment) {
        reader.statements.push(statement);
        return;
    }
    let before = reader.progress();
    read(entry.clone(), form, reader);
    if let Some(statement) = reader.only_statement_since(before) {
        reader.statements.push(fragments.keep(&fragment, statement));
    }
}

fn read(entry: SubjectEntry, form: ExchangeForm, reader: &mut ExchangeReader) {
    match form {
        ExchangeForm::Flat | ExchangeForm::Tiered => asset(entry, form, reader),
        ExchangeForm::Brackets | ExchangeForm::Site | ExchangeForm::Unified => {
            match contract(entry, form, reader) {
                Err((symbol, unread)) => reader.leave_out(&label(&symbol, &reader.market.clone()), unread),
                Ok(contract) => {
                    let label = label(&contract.symbol, &reader.market);
                    let read = statement(&contract, form, &label, reader);
                    reader.add(&label, read);
                }
            }
        }
    }
}

/// The name of a contract in findings: that of its subject where its symbol has one.
fn label(symbol: &str, market: &Market) -> String {
    if symbol.is_empty() {
        return "a contract without a symbol".to_string();
    }
    market.read(symbol).map_or_else(|| quoted(symbol).into_owned(), |symbol| symbol.name)
}

/// The parts of a contract; else its symbol, as far as it is known, and why it cannot be read.
fn contract<'a>(
    entry: SubjectEntry<'a>,
    form: ExchangeForm,
    reader: &mut ExchangeReader,
) -> Result<Contract<'a>, (Cow<'a, str>, Unread)> {
    let object = match entry {
        SubjectEntry::Tiers { symbol, rows, span } => {
            return Ok(Contract { symbol, rows, span, seen_at: None });
        }
        SubjectEntry::List { symbol, value, span } => {
            let rows = value.items().unwrap_or_else(|| vec![value]);
            return Ok(Contract { symbol, rows, span, seen_at: None });
        }
        SubjectEntry::Object(object) => object,
    };
    let list_key = if form == ExchangeForm::Site { "riskBrackets" } else { "brackets" };
    let keys = ["symbol", "pair", list_key, "notionalCoef", "updateTime"];
    let nameless = |unread| (Cow::Borrowed("a contract"), unread);
    let [symbol, pair, list, coefficient, updated] = reader.pick(object, keys, &IGNORED).map_err(nameless)?;
    let span = object.span();
    let symbol = symbol.or(pair).ok_or_else(|| nameless(Unread::new(span, "`symbol` is missing")))?;
    let not_text = || Unread::new(symbol.span(), format!("`symbol` is {}, not a text", symbol.named()));
    let symbol = symbol.words().ok_or_else(|| nameless(not_text()))?;
    let rest = || {
        let list = list.ok_or_else(|| Unread::new(span, format!("`{list_key}` is missing")))?;
        let rows = items_of(list, list_key)?;
        coefficient.map_or(Ok(()), of_the_exchange)?;
        let seen_at = updated.map(timestamps::from_millis).transpose()?.map(ValidTime);
        Ok((rows, seen_at))
    };
    match rest() {
        Ok((rows, seen_at)) => Ok(Contract { symbol, rows, span, seen_at }),
        Err(unread) => Err((symbol, unread)),
    }
}

/// Refuses brackets that are multiplied for one account.
fn of_the_exchange(coefficient: JsonValue) -> Result<(), Unread> {
    if coefficient.figure().is_some_and(|figure| figure.value == Decimal::ONE) {
        return Ok(());
    }
    let why = format!(
        "`notionalCoef` is {}: these brackets are those of one account, not the exchange's own; \
         save them from an account with `notionalCoef` 1, or load the exchange's public page",
        coefficient.named()
    );
    Err(Unread::new(coefficient.span(), why).with_code(FindingCode::AccountBrackets))
}

fn statement(
    contract: &Contract,
    form: ExchangeForm,
    label: &str,
    reader: &mut ExchangeReader,
) -> Result<DraftStatement, Unread> {
    let span = contract.span;
    let rows = tables::bracket_rows(&contract.rows, form, label, reader)?;
    let in_coin = rows.first().and_then(|row| row.in_coin);
    if rows.iter().any(|row| row.in_coin != in_coin) {
        return Err(Unread::new(span, "bounds count the coin in one tier and a currency in another"));
    }
    let symbol = subject_of(contract, in_coin, &reader.market)?;
    check_name_fields(contract, &symbol, &rows, &reader.market)?;
    let table = tables::rule(rows, Some(&symbol.unit), label, span, reader)?;
    observation(&reader.market, symbol.program, &symbol.name, table, span, contract.seen_at)
}

/// What the symbol of a contract names, under the program that its keys imply.
fn subject_of(contract: &Contract, in_coin: Option<bool>, market: &Market) -> Result<Symbol, Unread> {
    let text = &contract.symbol;
    let (symbol, what) = match in_coin {
        Some(true) => {
            (symbol::read_on(Program::Coinm, text), "a contract margined in the coin, as its bounds are")
        }
        Some(false) => {
            (symbol::read_on(Program::Usdm, text), "a contract margined in a currency, as its bounds are")
        }
        None => (market.read(text), "a contract"),
    };
    let unnamed = || Unread::new(contract.span, format!("this is not the name of {what}"));
    symbol.ok_or_else(|| unnamed().with_code(FindingCode::NoSubject))
}

/// Checks that the tiers of a tool's table have the symbol and currency of the contract's name.
fn check_name_fields(
    contract: &Contract,
    symbol: &Symbol,
    rows: &[BracketRow],
    market: &Market,
) -> Result<(), Unread> {
    let fields = rows.iter().enumerate();
    let fields = fields.flat_map(|(index, row)| row.name_fields.iter().map(move |field| (index, field)));
    for (index, field) in fields {
        let same = |words: &str| match field.key.as_ref() {
            // Of a contract margined in its coin tools print the quote, the coin or neither.
            "currency" => symbol.program.is_in_coin() || words == symbol.unit,
            _ => words == contract.symbol || market.read(words).as_ref() == Some(symbol),
        };
        if !field.value.is_null() && !field.value.words().is_some_and(|words| same(&words)) {
            let (key, value) = (&field.key, field.value.named());
            let why = format!("`{key}` is {value}, but the name of the contract states otherwise");
            let unread = Unread::new(field.value.span(), why).with_code(FindingCode::NoSubject);
            return Err(unread.in_tier(index + 1));
        }
    }
    Ok(())
}

fn asset(entry: SubjectEntry, form: ExchangeForm, reader: &mut ExchangeReader) {
    let SubjectEntry::Object(object) = entry else { return };
    let mut name = Cow::Borrowed("an asset");
    let mut read = || {
        let key = if form == ExchangeForm::Flat { "collateralRate" } else { "collateralInfo" };
        let [asset, value] = reader.pick(object, ["asset", key], &[])?;
        let span = object.span();
        let unnamed = || Unread::new(span, "`asset` is missing, or not a text");
        name = asset.and_then(JsonValue::words).ok_or_else(unnamed)?;
        let value = value.ok_or_else(|| Unread::new(span, format!("`{key}` is missing")))?;
        if form == ExchangeForm::Flat {
            let cells = RowCells::of_fields(&fields_of(object)?, span, &COLLATERAL, reader)?;
            let (ratio, cell) = cells.rate(true)?;
            return observation(&reader.market, Program::Pm, &name, Rule::flat(ratio, cell), span, None);
        }
        let label = quoted(&name);
        let rows = tables::bracket_rows(&items_of(value, key)?, form, &label, reader)?;
        let table = tables::rule(rows, None, &label, span, reader)?;
        observation(&reader.market, Program::PmPro, &name, table, span, None)
    };
    let read = read();
    reader.add(&name, read);
}

fn observation(
    market: &Market,
    program: Program,
    name: &str,
    rule: Rule,
    span: Span,
    seen_at: Option<ValidTime>,
) -> Result<DraftStatement, Unread> {
    if !market.allows(program) {
        let (program, stated) = (program.name(), market.stated_program());
        let why = format!("this is of the program {program}, but `--program` says {stated}");
        return Err(Unread::new(span, why).with_code(FindingCode::NoSubject));
    }
    let unnamed = || {
        let why = match name.len() > limits::SUBJECT_BYTES {
            true => format!("a name has at most {} bytes", limits::SUBJECT_BYTES),
            false => "this is not a valid name".to_string(),
        };
        Unread::new(span, why).with_code(FindingCode::NoSubject)
    };
    let subject = market.subject(program, name).ok_or_else(unnamed)?;
    Ok(DraftStatement {
        subject,
        claim: DraftClaim::Observation { seen_at, rule: Some(PlacedRule::from(rule)) },
        span,
    })
}
