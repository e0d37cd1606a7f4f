//! The plain form of a question about a measure, which is what programs ask: read without the grammar, and much
//! faster. What it reads, the grammar reads as the same statement; anything else is the grammar's.

use crate::limits;
use crate::query::syntax::ast::{GivenClause, Statement, Word};
use crate::query::syntax::language::{StatementKind, Value, goes_with, reserved_words};
use crate::query::syntax::measure::Measure;
use crate::text::Span;

/// The statements of a text, where each is plain: a measure, `of`, names, and clauses with one number, time or
/// name each (`at` with several numbers), none twice. `None` for every other text: it may be right or wrong.
pub fn read(text: &str) -> Option<Vec<Statement>> {
    let mut statements = Vec::with_capacity(1);
    let mut start = 0;
    for part in text.split(';') {
        let mut words = Words { text: part, start, at: 0 };
        start += part.len() + 1;
        words.skip_blanks();
        if words.at == part.len() {
            continue;
        }
        if statements.len() == limits::QUERY_STATEMENTS {
            return None;
        }
        statements.push(statement(&mut words)?);
    }
    Some(statements)
}

fn statement(words: &mut Words) -> Option<Statement> {
    let (measure, place) = measure(words)?;
    words.keyword("of")?;
    let mut subjects = Vec::with_capacity(1);
    subjects.push(words.name()?);
    while words.comma() {
        subjects.push(words.name()?);
    }
    let mut clauses: Vec<GivenClause> = Vec::with_capacity(2);
    let mut end = subjects.last()?.span.end;
    while words.at < words.text.len() {
        let given = clause(words, measure)?;
        if clauses.iter().any(|before| before.clause == given.clause) {
            return None;
        }
        end = given.span.end;
        clauses.push(given);
    }
    Some(Statement {
        kind: StatementKind::Measure,
        is_explained: false,
        measure: Some((measure, place)),
        subjects,
        argument: None,
        clauses,
        span: Span::new(place.start, end),
    })
}

fn measure(words: &mut Words) -> Option<(Measure, Span)> {
    Measure::ALL.iter().find_map(|measure| Some((*measure, words.phrase(measure.words())?)))
}

/// A clause that a question about a measure takes, and what follows it.
fn clause(words: &mut Words, measure: Measure) -> Option<GivenClause> {
    let taken = StatementKind::Measure.row().clauses.iter();
    let (clause, place) = taken.copied().find_map(|it| Some((it, words.phrase(it.words())?)))?;
    if !goes_with(clause, Some(measure)) {
        return None;
    }
    let mut values = Vec::new();
    match clause.row().value {
        Value::Amounts => {
            values.reserve_exact(1);
            values.push(words.number()?);
            while words.comma() {
                values.push(words.number()?);
            }
        }
        Value::Leverage | Value::Amount | Value::Price | Value::Margin => values.push(words.number()?),
        // A time can have more than one word; then what comes next is no clause.
        Value::Timestamp | Value::Program => {
            values.reserve_exact(1);
            values.push(words.value()?);
        }
        Value::Nothing => {}
        _ => return None,
    }
    let end = values.last().map_or(place.end, |value| value.span.end);
    let span = Span::new(place.start, end);
    Some(GivenClause { clause, values, other: None, conditions: Vec::new(), own: Vec::new(), span })
}

/// The words of a statement, one after the other.
struct Words<'a> {
    /// The statement.
    text: &'a str,
    /// Where it starts in the whole text.
    start: usize,
    /// Where the next word starts in `text`: blanks are skipped already.
    at: usize,
}

impl<'a> Words<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// Goes on behind `length` bytes, and gives their place.
    fn take(&mut self, length: usize) -> Span {
        let start = self.start + self.at;
        self.at += length;
        self.skip_blanks();
        Span::new(start, start + length)
    }

    fn take_word(&mut self, length: usize) -> Word {
        let text = &self.text[self.at..self.at + length];
        Word::new(text, self.take(length))
    }

    /// The next word, if it is `keyword` in any case.
    fn keyword(&mut self, keyword: &str) -> Option<Span> {
        let rest = self.rest();
        let (word, after) = rest.split_at_checked(keyword.len())?;
        let is_whole = after.first().is_none_or(|next| !is_of_word(*next) && next.is_ascii());
        (is_whole && word.eq_ignore_ascii_case(keyword.as_bytes())).then(|| self.take(keyword.len()))
    }

    /// The next words, if they are those of `phrase` in any case; else none of them is taken.
    fn phrase(&mut self, phrase: &str) -> Option<Span> {
        let Some((first, second)) = phrase.split_once(' ') else { return self.keyword(phrase) };
        let before = self.at;
        let first = self.keyword(first)?;
        let whole = self.phrase(second).map(|second| first.join(second));
        if whole.is_none() {
            self.at = before;
        }
        whole
    }

    fn comma(&mut self) -> bool {
        let is_next = self.rest().first() == Some(&b',');
        if is_next {
            self.take(1);
        }
        is_next
    }

    /// A name or pattern. Marks that start something else in the grammar are left to it: `$`, `#`, `--`.
    fn name(&mut self) -> Option<Word> {
        let rest = self.rest();
        let is_plain = rest.first().is_some_and(|first| first.is_ascii_alphanumeric() || *first == b'*');
        let length = rest.iter().take_while(|byte| is_of_word(**byte)).count();
        (is_plain && ends_plainly(&rest[length..])).then(|| self.take_word(length))
    }

    /// A time of one word, or a program.
    fn value(&mut self) -> Option<Word> {
        let is_digit = self.rest().first().is_some_and(u8::is_ascii_digit);
        let word = self.name()?;
        let is_reserved = || reserved_words().any(|reserved| reserved.eq_ignore_ascii_case(&word.text));
        (is_digit || !is_reserved()).then_some(word)
    }

    /// A number, in which a comma can come before a digit.
    fn number(&mut self) -> Option<Word> {
        let rest = self.rest();
        let is_of_number = |at: usize| match rest.get(at) {
            Some(b',') => rest.get(at + 1).is_some_and(u8::is_ascii_digit),
            Some(byte) => byte.is_ascii_digit() || b"_.".contains(byte),
            None => false,
        };
        let digits = (0..rest.len()).take_while(|at| is_of_number(*at)).count();
        let length = digits + rest[digits..].iter().take_while(|byte| is_of_word(**byte)).count();
        let is_plain = rest.first().is_some_and(u8::is_ascii_digit);
        (is_plain && ends_plainly(&rest[length..])).then(|| self.take_word(length))
    }
}

/// Whether a byte belongs to a word: a letter, a digit or a mark that does not end it.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b",\"".contains(&byte)
}

/// Whether a word ends before these bytes: other characters than those of ASCII can be part of it or blanks.
fn ends_plainly(after: &[u8]) -> bool {
    after.first().is_none_or(|next| next.is_ascii_whitespace() || *next == b',')
}
