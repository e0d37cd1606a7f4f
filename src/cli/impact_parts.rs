//! `impact` for files of any length: as one account where the positions fit into memory, else part by part.

use std::collections::BTreeSet;

use super::impact_scenario::Scenario;
use super::session::Session;
use tierbook::positions::read::Parts;
use tierbook::positions::{Account, AccountRow, Position, PositionRow};
use tierbook::render::{AnswerWriter, Format, OutputStyle};
use tierbook::text::counted;
use tierbook::{At, Error, Row, Snapshot, limits};

/// The positions of a command.
pub enum Positions {
    /// All, with what belongs to them.
    Account(Account),
    /// Those that were read, and the rest.
    Parts(Vec<Position>, Box<Parts>),
}

/// Reads positions until all are there, or there are too many.
///
/// # Errors
/// They cannot be read.
pub fn read(session: &Session, mut parts: Parts) -> Result<Positions, Error> {
    let mut positions = Vec::new();
    while let Some(part) = parts.next() {
        positions.extend(part?);
        if positions.len() > limits::POSITIONS {
            return Ok(Positions::Parts(positions, Box::new(parts)));
        }
    }
    session.notices(&parts.notices());
    let (wallet_balances, collateral) = parts.into_assets();
    Ok(Positions::Account(Account { positions, wallet_balances, collateral }))
}

/// Judges positions part by part, and prints each row once it is known; for people only those that are affected, and of
/// those not too many. Whether one is affected is the answer.
///
/// # Errors
/// The positions cannot be read or judged.
pub fn run(
    session: &Session,
    snapshot: &Snapshot,
    (first, mut parts): (Vec<Position>, Box<Parts>),
    at: At,
    scenario: &Scenario,
) -> Result<bool, Error> {
    if session.format != Format::Table {
        let count = counted(limits::POSITIONS as u64, "position");
        session.notices(&[format!("there are more than {count}: the rows are in the order of the file")]);
    }
    let mut output = Output::of(session);
    let all = std::iter::once(Ok(first)).chain(parts.by_ref());
    let change = |position| scenario.of_position(position);
    let changed = all.map(|part| part?.into_iter().map(change).collect::<Result<Vec<_>, Error>>());
    let format = session.format;
    let made_of = |row| Made::of(row, format);
    let judged = snapshot.impact_in_parts(changed, at, &made_of, &mut |made| {
        output.take(made);
        Ok(())
    });
    output.print();
    let rest = judged?;
    session.notices(&parts.notices());
    let (wallet_balances, collateral) = parts.into_assets();
    let account = Account { wallet_balances, collateral, ..Account::default() };
    let impact = rest.impact(&scenario.of_wallets(account))?;
    session.notices(&impact.notices);
    let is_affected = impact.is_affected();
    // A position has a row for each change.
    let of_rest: BTreeSet<usize> =
        impact.positions.iter().filter(|row| row.is_affected).map(|row| row.position).collect();
    let affected = output.affected + of_rest.len() as u64;
    impact.positions.into_iter().for_each(|row| output.take(Made::of(row, format)));
    let is_cut = output.is_cut;
    output.end(impact.accounts);
    session.console.message(&format!("{} affected\n", counted(affected, "position")));
    if is_cut {
        let most = limits::IMPACT_SHOWN;
        session.notices(&[format!("only the first {most} rows are shown; all of them: --format csv")]);
    }
    Ok(is_affected || affected > 0)
}

/// What is made of a row by the core that judged it.
struct Made {
    /// The number of its position, where that is affected.
    affected: Option<usize>,
    shown: Shown,
}

enum Shown {
    /// Nothing: it is not affected, and a person reads.
    Nothing,
    /// Its text, which depends on no other row.
    Text(String),
    /// The row, whose text depends on those before it.
    Row(Box<PositionRow>),
}

impl Made {
    fn of(row: PositionRow, format: Format) -> Made {
        let affected = row.is_affected.then_some(row.position);
        let shown = match format {
            Format::Table if affected.is_none() => Shown::Nothing,
            Format::Jsonl => {
                let row = Row::Position(Box::new(row));
                Shown::Text(AnswerWriter::of_one(format, OutputStyle::PLAIN).row(row))
            }
            _ => Shown::Row(Box::new(row)),
        };
        Made { affected, shown }
    }
}

/// The rows on their way to standard output, some at a time.
struct Output<'a, 's> {
    session: &'a Session<'s>,
    writer: AnswerWriter,
    text: String,
    /// How many positions are affected, and the last one of them; the rows of one follow one another.
    affected: u64,
    last: Option<usize>,
    shown: usize,
    /// Whether a row is not shown.
    is_cut: bool,
}

impl<'a, 's> Output<'a, 's> {
    /// How many bytes are printed at a time.
    const BYTES: usize = 1 << 16;

    fn of(session: &'a Session<'s>) -> Output<'a, 's> {
        let writer = AnswerWriter::of_one(session.format, session.console.answer_style());
        Output { session, writer, text: String::new(), affected: 0, last: None, shown: 0, is_cut: false }
    }

    fn take(&mut self, made: Made) {
        if made.affected.is_some() && made.affected != self.last {
            self.affected += 1;
            self.last = made.affected;
        }
        match made.shown {
            Shown::Text(text) => self.text += &text,
            Shown::Row(row) if self.session.format != Format::Table || self.shown < limits::IMPACT_SHOWN => {
                self.shown += 1;
                self.text += &self.writer.row(Row::Position(row));
            }
            Shown::Row(_) => self.is_cut = true,
            Shown::Nothing => {}
        }
        if self.text.len() >= Output::BYTES {
            self.print();
        }
    }

    fn print(&mut self) {
        self.session.print(&std::mem::take(&mut self.text));
    }

    /// The sums of the account after the rows.
    fn end(mut self, accounts: Vec<AccountRow>) {
        for row in accounts {
            self.text += &self.writer.row(Row::Account(Box::new(row)));
        }
        self.text += &self.writer.end_of_answer();
        self.text += self.writer.end();
        self.print();
    }
}
