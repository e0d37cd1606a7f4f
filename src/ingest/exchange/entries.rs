//! From one contract or asset of a document to its statement.

use std::borrow::Cow;
use std::sync::Arc;

use super::cells::{COLLATERAL, Cells};
use super::forms::{Entry, Form};
use super::json::{Value, quoted};
use super::reader::{Reader, Unread, VENUE};
use super::tables::{self, Row};
use super::timestamps;
use crate::decimal::Decimal;
use crate::finding::FindingCode;
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::rule::Rule;
use crate::statement::symbol::{self, Symbol};
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::ValidTime;

/// Keys of a contract on the exchange's site that say nothing of its rule.
const IDLE: [&str; 1] = ["notionalLimit"];

/// A contract whose table is not read yet.
struct Contract<'a> {
    symbol: Cow<'a, str>,
    rows: Vec<Value<'a>>,
    span: Span,
    seen_at: Option<ValidTime>,
}

/// Reads one entry of a document into the reader.
pub fn read(entry: Entry, form: Form, reader: &mut Reader) {
    match form {
        Form::Flat | Form::Tiered => asset(entry, form, reader),
        Form::Brackets | Form::Site | Form::Unified => match contract(entry, form, reader) {
            Err((symbol, unread)) => reader.leave_out(&label(&symbol), unread),
            Ok(contract) => {
                let label = label(&contract.symbol);
                let read = statement(&contract, form, &label, reader);
                reader.add(&label, read);
            }
        },
    }
}

/// The name of a contract in findings: that of its subject where its symbol has one.
fn label(symbol: &str) -> String {
    if symbol.is_empty() {
        return "a contract without a symbol".to_string();
    }
    symbol::read(symbol).map_or_else(|| quoted(symbol).into_owned(), |symbol| symbol.name)
}

/// The parts of a contract, or its symbol as far as it is known and why there are none.
fn contract<'a>(
    entry: Entry<'a>,
    form: Form,
    reader: &mut Reader,
) -> Result<Contract<'a>, (Cow<'a, str>, Unread)> {
    let object = match entry {
        Entry::Tiers { symbol, rows, span } => return Ok(Contract { symbol, rows, span, seen_at: None }),
        Entry::Object(object) => object,
    };
    let list_key = if form == Form::Site { "riskBrackets" } else { "brackets" };
    let keys = ["symbol", "pair", list_key, "notionalCoef", "updateTime"];
    let nameless = |unread| (Cow::Borrowed("a contract"), unread);
    let [symbol, pair, list, coefficient, updated] = reader.pick(object, keys, &IDLE).map_err(nameless)?;
    let span = object.span();
    let symbol = symbol.or(pair).ok_or_else(|| nameless(Unread::new(span, "`symbol` is missing")))?;
    let not_text = || Unread::new(symbol.span(), format!("`symbol` is {}, not a text", symbol.named()));
    let symbol = symbol.words().ok_or_else(|| nameless(not_text()))?;
    let rest = || {
        let list = list.ok_or_else(|| Unread::new(span, format!("`{list_key}` is missing")))?;
        let not_list = || Unread::new(list.span(), format!("`{list_key}` is {}, not a list", list.named()));
        let rows = list.items().ok_or_else(not_list)?;
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
fn of_the_exchange(coefficient: Value) -> Result<(), Unread> {
    if coefficient.figure().is_some_and(|figure| figure.value == Decimal::ONE) {
        return Ok(());
    }
    let why = format!(
        "`notionalCoef` is {}: these brackets are multiplied for one account, they are not the exchange's own",
        coefficient.named()
    );
    Err(Unread::new(coefficient.span(), why).coded(FindingCode::AccountBrackets))
}

fn statement(
    contract: &Contract,
    form: Form,
    label: &str,
    reader: &mut Reader,
) -> Result<DraftStatement, Unread> {
    let span = contract.span;
    let mut rows = Vec::new();
    for (index, value) in contract.rows.iter().enumerate() {
        let row = tables::row(*value, form, label, index + 1, reader);
        rows.push(row.map_err(|unread| unread.in_tier(index + 1))?);
    }
    let in_coin = rows.first().and_then(|row| row.in_coin);
    if rows.iter().any(|row| row.in_coin != in_coin) {
        return Err(Unread::new(span, "bounds count the coin in one tier and a currency in another"));
    }
    let symbol = subject_of(contract, in_coin)?;
    check_said(contract, &symbol, &rows)?;
    let table = tables::tiers(rows, &symbol.unit, label, span, reader)?;
    observation(symbol.program, &symbol.name, table, span, contract.seen_at)
}

/// What the symbol of a contract names, under the program that its keys tell.
fn subject_of(contract: &Contract, in_coin: Option<bool>) -> Result<Symbol, Unread> {
    let text = &contract.symbol;
    let (symbol, what) = match in_coin {
        Some(true) => {
            (symbol::read_on(Program::Coinm, text), "a contract margined in the coin, as its bounds are")
        }
        Some(false) => {
            (symbol::read_on(Program::Usdm, text), "a contract margined in a currency, as its bounds are")
        }
        None => (symbol::read(text), "a contract"),
    };
    let unnamed = || Unread::new(contract.span, format!("this is not the name of {what}"));
    symbol.ok_or_else(|| unnamed().coded(FindingCode::NoSubject))
}

/// Checks that the tiers of a tool's table say of symbol and currency what the contract's name says.
fn check_said(contract: &Contract, symbol: &Symbol, rows: &[Row]) -> Result<(), Unread> {
    for (index, field) in
        rows.iter().enumerate().flat_map(|(index, row)| row.said.iter().map(move |f| (index, f)))
    {
        let same = |words: &str| match field.key.as_ref() {
            // Of a contract margined in its coin tools print the quote, the coin or neither.
            "currency" => symbol.program == Program::Coinm || words == symbol.unit,
            _ => words == contract.symbol || symbol::read(words).as_ref() == Some(symbol),
        };
        if !field.value.is_null() && !field.value.words().is_some_and(|words| same(&words)) {
            let why = format!("`{}` is {}, which the name contradicts", field.key, field.value.named());
            let unread = Unread::new(field.value.span(), why).coded(FindingCode::NoSubject);
            return Err(unread.in_tier(index + 1));
        }
    }
    Ok(())
}

fn asset(entry: Entry, form: Form, reader: &mut Reader) {
    let Entry::Object(object) = entry else { return };
    let mut name = Cow::Borrowed("an asset");
    let mut read = || {
        let key = if form == Form::Flat { "collateralRate" } else { "collateralInfo" };
        let [asset, value] = reader.pick(object, ["asset", key], &[])?;
        let span = object.span();
        let asset = asset
            .and_then(Value::words)
            .ok_or_else(|| Unread::new(span, "`asset` is missing, or no text"))?;
        name = asset;
        let value = value.ok_or_else(|| Unread::new(span, format!("`{key}` is missing")))?;
        if form == Form::Flat {
            let cells = Cells::read(&object.fields().unwrap_or_default(), &COLLATERAL, reader)?;
            let (ratio, cell) = cells.rate(span, &COLLATERAL, true)?;
            return observation(Program::Pm, &name, Rule::flat(ratio, cell), span, None);
        }
        let not_list = || Unread::new(value.span(), format!("`{key}` is {}, not a list", value.named()));
        let rows = value.items().ok_or_else(not_list)?;
        let table = tables::collateral(&rows, &quoted(&name), span, reader)?;
        observation(Program::PmPro, &name, table, span, None)
    };
    let read = read();
    reader.add(&name, read);
}

fn observation(
    program: Program,
    name: &str,
    rule: Rule,
    span: Span,
    seen_at: Option<ValidTime>,
) -> Result<DraftStatement, Unread> {
    let unnamed = || Unread::new(span, "this cannot be a name").coded(FindingCode::NoSubject);
    let subject = Subject::new(VENUE, program, name).ok_or_else(unnamed)?;
    Ok(DraftStatement {
        subject,
        claim: DraftClaim::Observation { seen_at, rule: Some(Arc::new(rule)) },
        span,
    })
}
