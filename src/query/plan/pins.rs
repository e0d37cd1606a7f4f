//! Pinned clauses: they count for every statement that takes them and does not give its own.

use crate::error::Error;
use crate::query::plan::basis::{read_timestamp, reject_future};
use crate::query::plan::names::read_on;
use crate::query::syntax::ast::{GivenClause, Statement, Word};
use crate::query::syntax::language::Clause;
use crate::text::Span;
use crate::time::Timestamp;

/// The clauses that can be pinned.
///
/// ```
/// use tierbook::language::{Clause, PINNABLE};
/// let words = PINNABLE.map(Clause::words);
/// assert_eq!(words, ["as of", "known at", "recorded by", "on"]);
/// ```
pub const PINNABLE: [Clause; 4] = [Clause::AsOf, Clause::KnownAt, Clause::RecordedBy, Clause::On];

/// The place of a pinned clause, which is nowhere in the text.
const PINNED: Span = Span { start: 0, end: 0 };

/// The clauses that are pinned, with their values.
///
/// ```
/// use tierbook::Timestamp;
/// use tierbook::language::{Pins, parse};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let mut pins = Pins::default();
/// pins.set("as of", Some("2026-02-07".into()));
/// let statement = pins.apply(parse("tiers of ACTUSDT")?.remove(0));
/// assert_eq!(rules.answer(&statement, Timestamp::now())?.len(), 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pins {
    values: [Option<String>; PINNABLE.len()],
}

impl Pins {
    /// Pins the clause of those words to a value, or unpins it; `false` where it cannot be pinned.
    ///
    /// ```
    /// use tierbook::language::Pins;
    /// let mut pins = Pins::default();
    /// assert!(pins.set("as of", Some("2026-02-07".into())));
    /// assert!(!pins.set("since", Some("2026-02-07".into()))); // it cannot be pinned
    /// assert!(pins.set("as of", None));
    /// assert_eq!(pins, Pins::default());
    /// ```
    pub fn set(&mut self, clause: &str, value: Option<String>) -> bool {
        let place = PINNABLE.iter().position(|known| known.words().eq_ignore_ascii_case(clause));
        place.map(|place| self.values[place] = value).is_some()
    }

    /// Pins `clause` to what `value` means now, so that `3 days ago` means the same from now on.
    ///
    /// ```
    /// use tierbook::Span;
    /// use tierbook::language::{Pins, Word};
    /// let mut pins = Pins::default();
    /// let value = Word::new("3 days ago", Span::new(0, 0));
    /// pins.pin("as of", &value, "2026-02-10T00:00Z".parse()?)?;
    /// assert_eq!(pins.words(), "as of 2026-02-07T00:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for the clause in a statement: the value is no program, no time, or `recorded by` is in the future.
    pub fn pin(&mut self, clause: &str, value: &Word, now: Timestamp) -> Result<(), Error> {
        let fixed = match clause {
            "on" => read_on(value).map(|_| value.text.to_lowercase())?,
            _ => {
                let at = read_timestamp(value, now)?;
                if clause == "recorded by" {
                    reject_future(at, value, now)?;
                }
                at.to_string()
            }
        };
        self.set(clause, Some(fixed));
        Ok(())
    }

    /// Unpins all.
    ///
    /// ```
    /// use tierbook::language::Pins;
    /// let mut pins = Pins::default();
    /// pins.set("on", Some("usdm".into()));
    /// pins.clear();
    /// assert_eq!(pins.words(), "");
    /// ```
    pub fn clear(&mut self) {
        *self = Pins::default();
    }

    /// What is pinned, in words: `as of 2026-02-06T07:00:00Z`; empty where nothing is.
    ///
    /// ```
    /// use tierbook::language::Pins;
    /// let mut pins = Pins::default();
    /// pins.set("known at", Some("2026-02-05".into()));
    /// pins.set("on", Some("usdm".into()));
    /// assert_eq!(pins.words(), "known at 2026-02-05, on usdm");
    /// ```
    pub fn words(&self) -> String {
        let pinned = PINNABLE.iter().zip(&self.values);
        let words: Vec<String> = pinned
            .filter_map(|(clause, value)| Some(format!("{} {}", clause.words(), value.as_ref()?)))
            .collect();
        words.join(", ")
    }

    /// The statement with the pinned clauses that it takes and does not give. An address stays as it is: its
    /// answer is the same for ever.
    ///
    /// ```
    /// use tierbook::language::{Clause, Pins, parse};
    /// let mut pins = Pins::default();
    /// pins.set("as of", Some("2026-02-07".into()));
    /// let asked = |text| Ok::<_, tierbook::Error>(pins.apply(parse(text)?.remove(0)));
    /// let own = asked("tiers of ACTUSDT as of 2026-02-06")?; // its own clause takes precedence
    /// assert_eq!(own.value(Clause::AsOf).unwrap().text, "2026-02-06");
    /// assert_eq!(asked("tiers of ACTUSDT")?.value(Clause::AsOf).unwrap().text, "2026-02-07");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&self, mut statement: Statement) -> Statement {
        if statement.is_address() {
            return statement;
        }
        for (clause, value) in PINNABLE.into_iter().zip(&self.values) {
            let wanted = statement.kind.takes(clause) && statement.given(clause).is_none();
            if let Some(value) = value.as_ref().filter(|_| wanted) {
                let word = Word::new(value.clone(), PINNED);
                statement.clauses.push(GivenClause::new(clause, word));
            }
        }
        statement
    }

    /// The error of a statement with pinned clauses: where a pinned one is at fault, the error names it and how
    /// to unpin it, at the subject of the statement.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// use tierbook::language::{Pins, parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut pins = Pins::default();
    /// pins.set("on", Some("pm".into()));
    /// let statement = pins.apply(parse("tiers of ACTUSDT")?.remove(0));
    /// let error = pins.blamed(rules.answer(&statement, Timestamp::now()).unwrap_err(), &statement);
    /// assert_eq!(error.hints()[0], "`on pm` is set for this session: `unset on` removes it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn blamed(&self, error: Error, statement: &Statement) -> Error {
        let mut pinned =
            PINNABLE.iter().zip(&self.values).filter_map(|(clause, value)| Some((*clause, value.as_ref()?)));
        let of_text = error.span.is_none_or(|span| span != PINNED);
        // Times are checked when they are pinned; what can be wrong with a subject is its program.
        let (Some((clause, value)), false) = (pinned.next_back(), of_text) else { return error };
        let named = |word: &&Word| error.message.contains(&format!("`{}`", word.text));
        let place = statement.subjects.iter().find(named).or(statement.subjects.first());
        let words = clause.words();
        let mut blamed = Error::new(error.code, error.message.clone())
            .hint(format!("`{words} {value}` is set for this session: `unset {words}` removes it"));
        if let Some(word) = place {
            blamed = blamed.at(word.span, error.label);
        }
        // `leave it out` would be about a clause that is not there.
        let here = error.hints.iter().filter_map(|hint| hint.strip_suffix(", or leave it out"));
        here.fold(blamed, |blamed, hint| blamed.hint(format!("for this statement alone, {hint}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    fn pinned(text: &str) -> Statement {
        let mut pins = Pins::default();
        assert!(
            pins.set("as of", Some("2026-02-06".into())) && pins.set("KNOWN AT", Some("2026-02-05".into()))
        );
        assert!(!pins.set("since", None));
        pins.apply(parse(text).expect(text).remove(0))
    }

    #[test]
    fn a_pin_counts_where_a_statement_takes_the_clause_and_gives_none() {
        for (text, as_of, known_at) in [
            ("mmr of ACTUSDT at 60000", Some("2026-02-06"), Some("2026-02-05")),
            ("explain mmr of ACTUSDT at 60000 as of 2026-01-01", Some("2026-01-01"), Some("2026-02-05")),
            ("plane of mmr of ACTUSDT at 60000", None, None),
            ("chart mmr of ACTUSDT as of 2026-01-01 vs 2026-01-02", Some("2026-01-01"), Some("2026-02-05")),
            ("changes", None, Some("2026-02-05")),
            (
                "binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1",
                Some("2026-02-06T07:00:00Z"),
                None,
            ),
        ] {
            let asked = pinned(text);
            let given = |clause| asked.value(clause).map(|word| word.text.as_str());
            assert_eq!((given(Clause::AsOf), given(Clause::KnownAt)), (as_of, known_at), "{text}");
        }
    }
}
