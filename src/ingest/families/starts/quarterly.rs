//! Quarterly delivery contracts: listed some time after those of the quarter before are settled.

use super::columns;
use super::entries::Entries;
use super::specification::Specification;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::contract;
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::timestamps;
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::ingest::families::FamilyStatements;
use crate::ingest::scan;
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::{DAY, Timestamp, ValidTime};

/// The word between the pair and its day.
const QUARTERLY: &str = "Quarterly";

/// Whether a table is about quarterly contracts.
pub fn is_quarterly(table: &Specification, text: &str) -> bool {
    table.names.of(text).contains(QUARTERLY)
}

/// States the launches in the tables of quarterly contracts, where a sentence says that they are listed.
pub fn read(document: &Document, entries: &Entries, tables: &[Specification], read: &mut FamilyStatements) {
    let text = document.text.as_str();
    let introduction = entries.introductions.iter().find(|introduction| introduction.is_delivery);
    for table in tables {
        let unread = |message: String| Finding::new(FindingCode::UnreadStart, table.span, message);
        match (introduction, columns_of(table, text)) {
            (None, _) => {
                let message = "no sentence says what happens to the contracts of this table";
                read.findings.push(unread(message.to_string()));
            }
            (_, None) => {
                let message = format!("the names of `{}` are not understood", table.names.of(text));
                read.findings.push(unread(message));
            }
            (Some(introduction), Some(columns)) => {
                let days = days(introduction.span.of(text));
                let introduced = Introduced { time: introduction.time, days };
                read_table(document, table, &columns, &introduced, read);
            }
        }
    }
}

/// States the launches of one table.
fn read_table(
    document: &Document,
    table: &Specification,
    columns: &[NamedColumn],
    introduced: &Introduced,
    read: &mut FamilyStatements,
) {
    let confirmed = are_confirmed(table, &document.text, columns);
    let (mut started, mut unassigned) = (Vec::new(), Vec::new());
    for (index, named) in columns.iter().enumerate() {
        let column = columns::column(table, index, columns.len());
        let launch = match confirmed[index] {
            true => launch(document, table, named, column.time, introduced),
            false => Err(format!("the table does not name the asset of {} {}", named.pair, named.day)),
        };
        match launch {
            Ok((subject, time)) => {
                started.push(subject.name().to_string());
                unassigned.extend(column.leverage.is_none().then(|| subject.name().to_string()));
                let claim =
                    DraftClaim::Launch { effective_at: ValidTime(time), max_leverage: column.leverage };
                read.statements.push(DraftStatement { subject, claim, span: named.span });
            }
            Err(message) => {
                let finding = Finding::new(FindingCode::UnreadStart, named.span, message);
                let subjects = vec![format!("{}_{}", named.pair, named.day)];
                read.findings.push(Finding { subjects, ..finding });
            }
        }
    }
    if !started.is_empty() {
        let message = "they start some time after the printed time, not at it";
        let finding = Finding::new(FindingCode::OpenStart, table.names, message);
        read.findings.push(Finding { subjects: started, ..finding });
    }
    if !unassigned.is_empty() {
        let finding = Finding::new(FindingCode::UnreadLeverage, table.span, unread_leverage(table, columns));
        read.findings.push(Finding { subjects: unassigned, ..finding });
    }
}

fn unread_leverage(table: &Specification, columns: &[NamedColumn]) -> String {
    let values: Vec<String> = table.leverages.iter().map(|leverage| format!("{leverage}x")).collect();
    if values.is_empty() {
        return "the table states no leverage that can be read".to_string();
    }
    let (values, count) = (values.join(" and "), columns.len());
    format!("the leverages {values} cannot be assigned to {count} contracts, so that none is stored")
}

/// What the introduction says.
struct Introduced {
    time: Option<Timestamp>,
    days: Vec<String>,
}

/// The subject of a column and the time after which it starts.
fn launch(
    document: &Document,
    table: &Specification,
    NamedColumn { pair, day, .. }: &NamedColumn,
    printed: Option<Timestamp>,
    introduced: &Introduced,
) -> Result<(Subject, Timestamp), String> {
    let time = match (introduced.time, printed) {
        (Some(stated), Some(printed)) if stated != printed => {
            return Err(format!("{pair} {day} starts after {stated} or after {printed}"));
        }
        (stated, printed) => {
            stated.or(printed).ok_or_else(|| format!("when {pair} {day} starts is not clear"))?
        }
    };
    if !introduced.days.iter().any(|stated| stated == *day) {
        return Err(format!("the sentence above the table does not name the quarter of {pair} {day}"));
    }
    let date = next_day(time, day)
        .ok_or_else(|| format!("{day} is not the last Friday of a quarter after {time}"))?;
    let program = table.program.unwrap_or(if pair.ends_with("USD") { Program::Coinm } else { Program::Usdm });
    let name = format!("{pair}_{date}");
    let subject = Subject::new(&document.venue, program, &name).filter(|_| contract::is_usual(pair, program));
    Ok((subject.ok_or_else(|| format!("{name} cannot be a contract of {}", program.name()))?, time))
}

/// Which of the pairs of a table have their base among its assets, which stand side by side in the same order.
fn are_confirmed(table: &Specification, text: &str, columns: &[NamedColumn]) -> Vec<bool> {
    let mut confirmed = vec![table.assets.is_none(); columns.len()];
    let Some(start) = table.assets else { return confirmed };
    let end = scan::skip(text, start, |c| c.is_ascii_uppercase() || c.is_ascii_digit() || "\t |".contains(c));
    // The last capital is that of the next field.
    let is_glued = text[end..].starts_with(|c: char| c.is_ascii_lowercase());
    let words = &text[start..end - usize::from(is_glued && end > start)];
    let glued: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
    let bases: Vec<&str> = columns.iter().map(|column| base_of(column.pair)).collect();
    let mut rest = glued.as_str();
    for (index, base) in bases.iter().enumerate() {
        let Some(after) = rest.strip_prefix(base) else { break };
        (rest, confirmed[index]) = (after, true);
    }
    for (index, base) in bases.iter().enumerate().rev() {
        let Some(before) = rest.strip_suffix(base).filter(|_| !confirmed[index]) else { break };
        (rest, confirmed[index]) = (before, true);
    }
    // A rest between those that fit leaves open which of its neighbours it belongs to.
    if !rest.is_empty() && confirmed.iter().all(|confirmed| *confirmed) {
        confirmed.fill(false);
    }
    confirmed
}

fn base_of(pair: &str) -> &str {
    let base = ["USDT", "USDC", "USD"].iter().find_map(|currency| pair.strip_suffix(currency));
    base.unwrap_or(pair)
}

/// A column of a table of quarterly contracts.
struct NamedColumn<'a> {
    pair: &'a str,
    day: &'a str,
    span: Span,
}

/// The columns of a table: `BTCUSDT Quarterly 0327ETHUSD CM Quarterly 0327`.
fn columns_of<'a>(table: &Specification, text: &'a str) -> Option<Vec<NamedColumn<'a>>> {
    let mut columns = Vec::new();
    let mut start = table.names.start;
    while start < table.names.end {
        let words = Span::new(start, table.names.end).of(text);
        let quarterly = start + words.find(QUARTERLY)?;
        let pair = Span::new(start, quarterly).trim(text, scan::is_blank).of(text);
        let pair = pair.strip_suffix(" CM").unwrap_or(pair).trim_end();
        let at = scan::skip_blanks(text, quarterly + QUARTERLY.len());
        let day = text.get(at..at + 4).filter(|day| day.bytes().all(|b| b.is_ascii_digit()))?;
        if pair.is_empty() || pair.contains(scan::is_blank) {
            return None;
        }
        columns.push(NamedColumn { pair, day, span: Span::new(start, at + 4) });
        start = scan::skip_separators(text, at + 4);
    }
    Some(columns)
}

/// The days that a sentence names after the word for a quarter: `Quarterly 0327`.
fn days(sentence: &str) -> Vec<String> {
    let words: Vec<&str> = sentence.split(scan::is_blank).collect();
    let pairs = words.windows(2).filter(|pair| pair[0] == QUARTERLY && pair[1].len() == 4);
    pairs.map(|pair| pair[1].to_string()).collect()
}

/// The last Friday of a quarter that is the next one after a time with that month and day, as `YYMMDD`.
fn next_day(after: Timestamp, day: &str) -> Option<String> {
    let year: i32 = after.to_string().get(..4)?.parse().ok()?;
    let (month, number) = (day.get(..2)?, day.get(2..)?);
    let next = (year..=year + 1).find_map(|year| {
        let at = timestamps::read_timestamp(&format!("{year}-{month}-{number}T08:00Z")).ok()?;
        (at > after).then_some((at, year))
    });
    let (at, year) = next?;
    let days = at.micros().div_euclid(DAY.micros());
    // 1970-01-01 was a Thursday.
    let is_friday = days.rem_euclid(7) == 1;
    let week_later = (0..7).fold(at, |at, _| at.plus(DAY));
    let is_last = week_later.to_string().get(5..7) != Some(month);
    let is_quarter = ["03", "06", "09", "12"].contains(&month);
    (is_friday && is_last && is_quarter).then(|| format!("{:02}{month}{number}", year % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_that_of_the_next_such_quarter_day() {
        let day = |after: &str, day| next_day(timestamps::read_timestamp(after).unwrap(), day);
        assert_eq!(day("2025-09-26T08:00Z", "0327").as_deref(), Some("260327"));
        assert_eq!(day("2026-03-27T08:00Z", "0925").as_deref(), Some("260925"));
        assert_eq!(day("2025-12-26T08:00Z", "0626").as_deref(), Some("260626"));
        assert_eq!(day("2025-09-26T08:00Z", "0328"), None, "no Friday");
        assert_eq!(day("2025-09-26T08:00Z", "0320"), None, "not the last one");
        assert_eq!(day("2025-09-26T08:00Z", "1331"), None);
    }
}
