//! Writing answers as they come: rows in, text in the form of the session and an exit code out; shared by `query`
//! and the prompt.

use super::status::ExitStatus;
use tierbook::language::{Clause, Statement, StatementKind};
use tierbook::render::{AnswerWriter, Format, OutputStyle};
use tierbook::{Row, Status};

/// How many bytes of text are collected before they are printed: enough that printing costs nothing beside the
/// rows.
const PRINTED_AT_ONCE: usize = 16 * 1024;

/// The answers of one text: those of several statements are one text too.
pub struct Answers {
    writer: AnswerWriter,
    format: Format,
    is_one: bool,
}

impl Answers {
    /// No answer yet to any of the statements.
    pub fn of(statements: usize, format: Format, style: OutputStyle) -> Answers {
        let is_one = statements == 1;
        let writer = if is_one { AnswerWriter::of_one } else { AnswerWriter::of_several };
        Answers { writer: writer(format, style), format, is_one }
    }

    /// Prints the rows that answer the statement at a place while they are made, or what to do next where there is
    /// none. Gives its exit code: 3 for a question about one row that no rule answers, 5 where a change affects a position,
    /// else 0.
    pub fn write(
        &mut self,
        rows: impl Iterator<Item = Row>,
        statement: &Statement,
        place: usize,
        mut print: impl FnMut(&str),
    ) -> ExitStatus {
        self.writer.begin(place + 1);
        let (mut count, mut status, mut text) = (0_usize, ExitStatus::OK, String::new());
        let mut is_affected = false;
        for row in rows {
            count += 1;
            is_affected |= affects(&row);
            status = if count == 1 { status_of(&row) } else { ExitStatus::OK };
            text += &self.writer.row(row);
            if text.len() >= PRINTED_AT_ONCE {
                print(&text);
                text.clear();
            }
        }
        text += &match (count, self.format) {
            (0, Format::Table) => no_rows(statement),
            _ => self.writer.end_of_answer(),
        };
        if self.is_one {
            text += self.writer.end();
        }
        print(&text);
        if is_affected { ExitStatus::AFFECTED } else { status }
    }

    /// What closes the text of several answers.
    pub fn end(&self) -> &'static str {
        if self.is_one { "" } else { self.writer.end() }
    }
}

/// What to do next where a list is empty.
fn no_rows(statement: &Statement) -> String {
    let text = match statement.kind {
        StatementKind::Diff => return no_change_to_come(statement),
        StatementKind::Findings => "no findings",
        StatementKind::Upcoming => {
            "no announced change is still to come; `sources` lists the announcements and their dates"
        }
        StatementKind::Changes => {
            "no change matches; leave out a condition, or ask `subjects` for what is stored"
        }
        StatementKind::Sources | StatementKind::Subjects if statement.argument.is_none() => {
            "the database is empty; load announcements with: tierbook load PATH"
        }
        _ => "nothing matches; `subjects` lists what is stored",
    };
    format!("{text}\n")
}

/// Why a difference without a second time is empty, and how to compare two times.
fn no_change_to_come(statement: &Statement) -> String {
    let names: Vec<&str> = statement.subjects.iter().map(|word| word.text.as_str()).collect();
    let names = names.join(", ");
    let as_of = statement.value(Clause::AsOf).map_or("now", |word| word.text.as_str());
    let known =
        statement.value(Clause::KnownAt).map_or(String::new(), |at| format!(" (known at {})", at.text));
    format!(
        "no change of {names} is announced for later than {as_of}{known}, so that there is nothing to compare with\n\
         two times are compared by: diff {names} as of 7 days ago vs now\n\
         the times of its changes: history of {names}\n"
    )
}

/// Whether a row is of a change that affects a position or an account.
fn affects(row: &Row) -> bool {
    match row {
        Row::Position(row) => row.is_affected,
        Row::Account(row) => row.is_affected,
        _ => false,
    }
}

fn status_of(row: &Row) -> ExitStatus {
    let is_answered = match row {
        Row::Measure(row) => matches!(row.status, Status::Value | Status::NoLimit),
        Row::Tier(row) => row.status == Status::Value,
        Row::Segment(row) => row.status == Status::Value,
        Row::Explanation(explanation) => match explanation.rows.as_slice() {
            [row] => return status_of(row),
            _ => true,
        },
        _ => true,
    };
    if is_answered { ExitStatus::OK } else { ExitStatus::of(3) }
}
