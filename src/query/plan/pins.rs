//! Pinned times: clauses that hold for every statement that takes them and does not give its own.

use crate::error::Error;
use crate::query::plan::ask::read_basis;
use crate::query::plan::names::read_on;
use crate::query::syntax::ast::TX;
use crate::query::syntax::ast::{Clauses, Statement, Word};
use crate::query::syntax::parse::clauses_taken;
use crate::text::Span;
use crate::time::Timestamp;

/// The clauses that can be pinned, as they are written.
pub const PINNABLE: [&str; 4] = ["as of", "known at", "recorded by", "on"];

/// The clauses that are pinned, with their values as written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pins {
    values: [Option<String>; PINNABLE.len()],
}

impl Pins {
    /// Pins `clause` to a value, or frees it; `false` where it is no clause that can be pinned.
    pub fn set(&mut self, clause: &str, value: Option<String>) -> bool {
        let place = PINNABLE.iter().position(|known| known.eq_ignore_ascii_case(clause));
        place.map(|place| self.values[place] = value).is_some()
    }

    /// Pins `clause` to what `value` means now, so that `3 days ago` means the same from now on.
    ///
    /// # Errors
    /// As for the clause in a statement: the value is no program, no instant, or `recorded by` lies in the future.
    pub fn pin(&mut self, clause: &str, value: &Word, now: Timestamp) -> Result<(), Error> {
        let word = Some(value.clone());
        let none = Clauses::default();
        let fixed = match clause {
            "on" => read_on(value).map(|_| Some(value.text.to_lowercase()))?,
            "as of" => Some(read_basis(&Clauses { as_of: word, ..none }, now)?.valid_at.0.to_string()),
            "known at" => {
                read_basis(&Clauses { known_at: word, ..none }, now)?.known_at.map(|at| at.0.to_string())
            }
            _ => read_basis(&Clauses { recorded_by: word, ..none }, now)?
                .recorded_by
                .map(|at| at.0.to_string()),
        };
        self.set(clause, fixed);
        Ok(())
    }

    /// Frees all.
    pub fn clear(&mut self) {
        *self = Pins::default();
    }

    /// What is pinned, in words: `as of 2026-02-06T07:00:00Z`; empty where nothing is.
    pub fn words(&self) -> String {
        let pinned = PINNABLE.iter().zip(&self.values);
        let words: Vec<String> =
            pinned.filter_map(|(clause, value)| Some(format!("{clause} {}", value.as_ref()?))).collect();
        words.join(", ")
    }

    /// The statement with the pinned clauses that it takes and does not give. An address stays as it is: its answer is
    /// the same for ever.
    pub fn apply(&self, mut statement: Statement) -> Statement {
        let taken = clauses_taken(&statement);
        let Some((_, clauses)) = statement.clauses_mut() else { return statement };
        let is_address = clauses.recorded_by.as_ref().is_some_and(|word| word.text.starts_with(TX));
        if is_address {
            return statement;
        }
        // `diff … as of A vs B`, `known at A vs B`: what is compared is no basis that is missing.
        let compares = clauses.as_of_other.is_some();
        let slots = [&mut clauses.as_of, &mut clauses.known_at, &mut clauses.recorded_by, &mut clauses.on];
        for ((clause, value), slot) in PINNABLE.iter().zip(&self.values).zip(slots) {
            let wanted = taken.contains(clause) && slot.is_none() && !(*clause == "as of" && compares);
            if let Some(value) = value.as_ref().filter(|_| wanted) {
                *slot = Some(Word::new(value.clone(), Span::new(0, 0)));
            }
        }
        statement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;
    use crate::query::syntax::ast::Clauses;

    fn pinned(text: &str) -> Clauses {
        let mut pins = Pins::default();
        assert!(
            pins.set("as of", Some("2026-02-06".into())) && pins.set("KNOWN AT", Some("2026-02-05".into()))
        );
        assert!(!pins.set("since", None));
        let mut statement = pins.apply(parse(text).expect(text).remove(0));
        statement.clauses_mut().map(|(_, clauses)| clauses.clone()).unwrap_or_default()
    }

    fn text(word: &Option<Word>) -> Option<&str> {
        word.as_ref().map(|word| word.text.as_str())
    }

    #[test]
    fn a_pin_stands_where_a_statement_takes_the_clause_and_gives_none() {
        let asked = pinned("mmr of ACTUSDT at 60000");
        assert_eq!((text(&asked.as_of), text(&asked.known_at)), (Some("2026-02-06"), Some("2026-02-05")));
        let own = pinned("explain mmr of ACTUSDT at 60000 as of 2026-01-01");
        assert_eq!((text(&own.as_of), text(&own.known_at)), (Some("2026-01-01"), Some("2026-02-05")));
        let plane = pinned("plane of mmr of ACTUSDT at 60000");
        assert_eq!((text(&plane.as_of), text(&plane.known_at)), (None, None));
        let drawn = pinned("chart mmr of ACTUSDT as of 2026-01-01 vs 2026-01-02");
        assert_eq!((text(&drawn.as_of), text(&drawn.known_at)), (Some("2026-01-01"), Some("2026-02-05")));
        let changes = pinned("changes");
        assert_eq!((text(&changes.as_of), text(&changes.known_at)), (None, Some("2026-02-05")));
    }

    #[test]
    fn an_address_gives_its_own_answer_for_ever() {
        let address = pinned("binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1");
        assert_eq!(text(&address.known_at), None);
    }
}
