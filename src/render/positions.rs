//! Positions and accounts as text: a table of figures before and after, then a sentence for each thing to know.

use std::collections::BTreeSet;

use crate::decimal::{self, Decimal};
use crate::query::rows::positions::{AccountRow, Figures, PositionRow, PositionVerdict, SizeRow};
use crate::query::rows::{Certainty, Row, SourceRef, Status};
use crate::render::card;
use crate::render::columns::{Column, drawn};
use crate::render::figures;
use crate::render::style::OutputStyle;

/// The decimals that people see of a figure that does not end; programs get all.
const SHOWN_DECIMALS: u32 = 8;

/// How many blocks the longest bar has.
const BAR: u32 = 20;

/// Rows of positions as a table, each followed below by what should be known of it.
pub fn positions(rows: &[&PositionRow], style: OutputStyle) -> String {
    let has_change = rows.iter().any(|row| row.then.is_some());
    let columns: Vec<Shown<PositionRow>> =
        POSITIONS.iter().filter(|it| it.is_needed(rows, has_change)).copied().collect();
    let table = table(&columns, rows, style);
    let notes: String = rows.iter().map(|row| notes(row, style)).collect();
    let basis = rows.first().map_or(String::new(), |row| {
        card::detail("as of", &crate::render::table::basis_text(&row.basis, row.tx), style)
    });
    format!("{table}{notes}{}{basis}", left_out(rows, style))
}

/// The sums of an account.
pub fn accounts(rows: &[&AccountRow], style: OutputStyle) -> String {
    let has_change = rows.iter().any(|row| row.then.is_some());
    let columns: Vec<Shown<AccountRow>> =
        ACCOUNTS.iter().filter(|it| it.is_needed(rows, has_change)).copied().collect();
    let mut text = table(&columns, rows, style);
    for row in rows {
        let notes: String = row.verdicts.iter().map(|verdict| note(verdict, style)).collect();
        if !notes.is_empty() {
            text += &format!("{}{notes}", card::heading(&account_name(row), style));
        }
        let absent = row.then.as_ref().unwrap_or(&row.now).absent.iter();
        let needs = absent.map(|it| format!("{}: {}", it.measure.replace('_', " "), it.message));
        let needs: Vec<String> = needs.collect();
        if !needs.is_empty() {
            text +=
                &card::detail("left out", &format!("{} ({})", needs.join("; "), account_name(row)), style);
        }
    }
    text
}

/// A column: what it is called, and its text in a row; an empty text where there is none.
struct Shown<T> {
    column: Column<'static>,
    is_after: bool,
    text: fn(&T) -> String,
}

impl<T> Clone for Shown<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shown<T> {}

impl<T> Shown<T> {
    const fn now(column: Column<'static>, text: fn(&T) -> String) -> Shown<T> {
        Shown { column, is_after: false, text }
    }

    const fn after(column: Column<'static>, text: fn(&T) -> String) -> Shown<T> {
        Shown { column, is_after: true, text }
    }

    /// Whether it has a text in any row; what follows a change only where there is one.
    fn is_needed(&self, rows: &[&T], has_change: bool) -> bool {
        (has_change || !self.is_after) && rows.iter().any(|row| !(self.text)(row).is_empty())
    }
}

fn table<T>(columns: &[Shown<T>], rows: &[&T], style: OutputStyle) -> String {
    let names: Vec<Column> = columns.iter().map(|it| it.column).collect();
    let records = rows.iter().map(|row| columns.iter().map(|it| (it.text)(row)).collect());
    drawn(&names, records.collect(), style)
}

const POSITIONS: [Shown<PositionRow>; 15] = [
    Shown::now(Column::Name("position"), name),
    Shown::now(Column::Figure("size"), |row| {
        let then = row.then.as_ref().filter(|_| row.now.notional.is_none());
        let figures = then.unwrap_or(&row.now);
        let size = figures.notional.map(|size| format!("{} {}", figure(size), figures.unit));
        size.map_or(String::new(), |size| size.trim_end().to_string())
    }),
    Shown::after(Column::Name("change"), |row| row.change_at.map_or(String::new(), |at| at.to_string())),
    Shown::now(Column::Figure("margin"), |row| or_status(&row.now, row.now.maintenance_margin)),
    Shown::after(Column::Figure("then"), |row| of_then(row, |it| or_status(it, it.maintenance_margin))),
    Shown::after(Column::Figure("by"), |row| {
        row.maintenance_change.map_or(String::new(), |by| figures::signed(by, figure))
    }),
    Shown::now(Column::Figure("allowed"), |row| leverage(&row.now)),
    Shown::after(Column::Figure("then"), |row| of_then(row, leverage)),
    Shown::now(Column::Figure("largest at leverage"), |row| number(row.now.max_position)),
    Shown::after(Column::Figure("then"), |row| of_then(row, |it| number(it.max_position))),
    Shown::now(Column::Figure("room"), |row| number(row.now.room)),
    Shown::now(Column::Figure("liquidation"), |row| number(row.now.liquidation_price)),
    Shown::after(Column::Figure("then"), |row| of_then(row, |it| number(it.liquidation_price))),
    Shown::now(Column::Figure("margin ratio"), |row| percent(row.now.margin_ratio)),
    Shown::after(Column::Figure("then"), |row| of_then(row, |it| percent(it.margin_ratio))),
];

const ACCOUNTS: [Shown<AccountRow>; 12] = [
    Shown::now(Column::Name("account"), account_name),
    Shown::now(Column::Figure("positions"), |row| row.positions.to_string()),
    Shown::now(Column::Figure("size"), |row| number(row.now.notional)),
    Shown::after(Column::Name("change"), |row| row.change_at.map_or(String::new(), |at| at.to_string())),
    Shown::now(Column::Figure("margin"), |row| number(row.now.maintenance_margin)),
    Shown::after(Column::Figure("then"), |row| {
        number(row.then.as_ref().and_then(|it| it.maintenance_margin))
    }),
    Shown::now(Column::Figure("balance"), |row| number(row.now.margin_balance)),
    Shown::after(Column::Figure("then"), |row| number(row.then.as_ref().and_then(|it| it.margin_balance))),
    Shown::now(Column::Figure("margin ratio"), |row| percent(row.now.margin_ratio)),
    Shown::after(Column::Figure("then"), |row| percent(row.then.as_ref().and_then(|it| it.margin_ratio))),
    Shown::now(Column::Figure("uniMMR"), |row| percent(row.now.uni_mmr)),
    Shown::after(Column::Figure("then"), |row| percent(row.then.as_ref().and_then(|it| it.uni_mmr))),
];

/// A position in words: `ACTUSDT long 5x`.
fn name(row: &PositionRow) -> String {
    let leverage = row.leverage.map_or(String::new(), |leverage| format!(" {leverage}x"));
    let mode = row.margin_mode.map_or(String::new(), |mode| format!(" {mode}"));
    format!("{} {}{leverage}{mode}", row.symbol, row.side.name())
}

fn account_name(row: &AccountRow) -> String {
    format!("{} {}", row.kind, row.unit)
}

fn of_then(row: &PositionRow, text: impl Fn(&Figures) -> String) -> String {
    row.then.as_ref().map_or(String::new(), text)
}

fn or_status(figures: &Figures, value: Option<Decimal>) -> String {
    value.map_or_else(|| figures.status.name().replace("value", "").replace('_', " "), figure)
}

fn leverage(figures: &Figures) -> String {
    figures.max_leverage.map_or(String::new(), |leverage| format!("{leverage}x"))
}

fn number(value: Option<Decimal>) -> String {
    value.map_or(String::new(), figure)
}

fn percent(ratio: Option<Decimal>) -> String {
    ratio.map_or(String::new(), |ratio| figures::percent(ratio.round_dp(4)))
}

/// A number for people: at most eight decimals, `…` where there are more.
fn figure(value: Decimal) -> String {
    let cut = value.trunc_with_scale(SHOWN_DECIMALS);
    if cut == value { decimal::grouped(value) } else { format!("{}…", decimal::grouped(cut)) }
}

/// What should be known of a position, below its name.
fn notes(row: &PositionRow, style: OutputStyle) -> String {
    let figures = row.then.as_ref().unwrap_or(&row.now);
    let mut text: String = row.verdicts.iter().map(|verdict| note(verdict, style)).collect();
    let why_no_price =
        figures.absent.iter().find(|it| it.measure == "liquidation_price" && it.status != "missing");
    if let Some(absent) = why_no_price.filter(|_| figures.status == Status::Value) {
        text += &card::detail("liquidation", &absent.message, style);
    }
    if row.then.is_none() && text.is_empty() {
        return text;
    }
    format!(
        "{}{text}{}",
        card::heading(&name(row), style),
        source_line(figures.source.as_ref(), figures.certainty.as_ref(), style)
    )
}

fn note(verdict: &PositionVerdict, style: OutputStyle) -> String {
    let label = match verdict.code {
        "below_maintenance" => "liquidated",
        "contract_ends" => "ends",
        "over_limit" => "limit",
        "leverage_not_allowed" | "leverage_falls" | "leverage_rises" => "leverage",
        "liquidation_nearer" | "liquidation_farther" => "liquidation",
        "margin_rises" | "margin_falls" => "margin",
        "size_unknown" => "size",
        _ => "no rule",
    };
    card::detail(label, &verdict.message, style)
}

/// Where the table is from, and how certain it is.
fn source_line(source: Option<&SourceRef>, certainty: Option<&Certainty>, style: OutputStyle) -> String {
    let Some(source) = source else { return String::new() };
    let certainty = certainty.map_or(String::new(), |it| format!("; {}", card::certainty_line(it, None)));
    card::detail("source", &format!("{}{certainty}", card::named(&source.recorded)), style)
}

/// The figures that are left out because the positions lack what they need, each reason once.
fn left_out(rows: &[&PositionRow], style: OutputStyle) -> String {
    let mut reasons: Vec<(String, BTreeSet<&str>)> = Vec::new();
    for row in rows {
        for reason in missing(&row.now) {
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, of)) => drop(of.insert(&row.symbol)),
                None => reasons.push((reason, BTreeSet::from([row.symbol.as_str()]))),
            }
        }
    }
    let all: BTreeSet<&str> = rows.iter().map(|row| row.symbol.as_str()).collect();
    let line = |(reason, of): (String, BTreeSet<&str>)| {
        let whose = match of.len() {
            _ if of == all => String::new(),
            1..=3 => format!(" ({})", of.into_iter().collect::<Vec<_>>().join(", ")),
            count => format!(" ({count} contracts)"),
        };
        card::detail("left out", &format!("{reason}{whose}"), style)
    };
    reasons.into_iter().map(line).collect()
}

/// What the figures of a position lack: `room, room ratio need notional`.
fn missing(figures: &Figures) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for absent in figures.absent.iter().filter(|it| it.status == "missing") {
        let measure = absent.measure.replace('_', " ");
        match reasons.iter_mut().find(|(reason, _)| *reason == absent.message) {
            Some((_, measures)) => measures.push(measure),
            None => reasons.push((&absent.message, vec![measure])),
        }
    }
    let words = |(reason, measures): (&str, Vec<String>)| match reason.strip_prefix("needs ") {
        Some(columns) if measures.len() > 1 => format!("{} need {columns}", measures.join(", ")),
        _ => format!("{} {reason}", measures.join(", ")),
    };
    reasons.into_iter().map(words).collect()
}

/// One position at several sizes: the bounds of tiers are marked, and the distance is drawn.
fn sizes(rows: &[&SizeRow], style: OutputStyle) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let widest = rows.iter().filter_map(|row| row.liquidation_distance).max().unwrap_or(Decimal::ONE);
    let bar = |distance: Decimal| {
        let blocks = decimal::rounded_part(Decimal::from(BAR), distance, widest).unwrap_or_default();
        "█".repeat(blocks.round().try_into().unwrap_or(0))
    };
    let columns = [
        Column::Figure("size"),
        Column::Name(""),
        Column::Figure("tier"),
        Column::Figure("mmr"),
        Column::Figure("leverage"),
        Column::Figure("margin"),
        Column::Figure("initial margin"),
        Column::Figure("to liquidation"),
        Column::Words(""),
    ];
    let record = |row: &&SizeRow| {
        let why = row.absent.first().map(|it| it.message.clone());
        let why = row.message.clone().or(why).unwrap_or_default();
        vec![
            figure(row.size),
            if row.is_cap { "◄ cap" } else { "" }.to_string(),
            row.tier.map_or(String::new(), |tier| tier.to_string()),
            row.mmr.map_or(String::new(), figures::percent),
            row.leverage.map_or(String::new(), |leverage| format!("{leverage}x")),
            number(row.maintenance_margin),
            number(row.initial_margin),
            percent(row.liquidation_distance),
            row.liquidation_distance.map_or(why, bar),
        ]
    };
    let title = format!("{} {} by size, in {}", first.subject, first.side.name(), first.unit);
    let table = drawn(&columns, rows.iter().map(record).collect(), style);
    let source = source_line(first.source.as_ref(), first.certainty.as_ref(), style);
    let basis = crate::render::table::basis_text(&first.basis, first.tx);
    format!("{}{table}{source}{}", card::heading(&title, style), card::detail("as of", &basis, style))
}

/// Rows of positions, of accounts or of sizes.
pub fn block(rows: &[Row], style: OutputStyle) -> String {
    let of_positions: Vec<&PositionRow> = rows
        .iter()
        .filter_map(|row| if let Row::Position(row) = row { Some(&**row) } else { None })
        .collect();
    let of_accounts: Vec<&AccountRow> =
        rows.iter().filter_map(|row| if let Row::Account(row) = row { Some(&**row) } else { None }).collect();
    let of_sizes: Vec<&SizeRow> =
        rows.iter().filter_map(|row| if let Row::Size(row) = row { Some(&**row) } else { None }).collect();
    match rows.first() {
        Some(Row::Position(_)) => positions(&of_positions, style),
        Some(Row::Account(_)) => accounts(&of_accounts, style),
        _ => sizes(&of_sizes, style),
    }
}
