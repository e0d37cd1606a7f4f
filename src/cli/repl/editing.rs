//! What the line editor needs while a line is written: completion, hints, colours, and whether it is
//! complete.

use std::borrow::Cow;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter, HistoryHinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::colours;
use super::commands::{self, is_whole};
use super::names::{Named, Names};
use tierbook::language::{Next, Slot, next};

/// Widest name with a note beside it.
const NAME_COLUMNS: usize = 22;

/// What the editor needs to know of the session.
#[derive(Debug)]
pub struct Editing {
    /// The stored names.
    pub names: Names,
    /// The aliases of the user, each with what it is for.
    pub aliases: Vec<Named>,
    /// Whether colours are shown.
    pub colour: bool,
}

impl Helper for Editing {}

impl Editing {
    /// What can be written where the last word of `typed` is being written: where it starts, and names with
    /// notes beside them.
    pub fn choices(&self, typed: &str) -> (usize, Vec<Named>) {
        let clause_start = commands::value_start(typed);
        if let (None, Some(choices)) = (clause_start, commands::choices(typed)) {
            return choices;
        }
        let typed_from = clause_start.unwrap_or(0);
        let Next { start, slot, words } = next(&typed[typed_from..]);
        let start = start + typed_from;
        let begun = typed[start..].to_lowercase();
        let mut found: Vec<Named> = Vec::new();
        let words = words.into_iter().filter(|word| word.starts_with(&begun));
        found.extend(words.map(|word| (word.to_string(), String::new())));
        if slot == Slot::Start && start == 0 {
            let own = commands::names().filter(|word| word.starts_with(&begun));
            found.extend(own.map(|word| (word.to_string(), String::new())));
            found.extend(
                self.aliases.iter().filter(|(name, _)| name.to_lowercase().starts_with(&begun)).cloned(),
            );
        }
        found.extend(self.values(slot, &typed[..start], &typed[start..]));
        (start, found)
    }

    fn values(&self, slot: Slot, before: &str, begun: &str) -> Vec<Named> {
        let starts = |named: &Named| named.0.to_lowercase().starts_with(&begun.to_lowercase());
        let values = match slot {
            Slot::Subject | Slot::Pattern => return self.names.subjects(begun),
            // After a comma another subject may come, with an `at` of its own.
            Slot::Amount if before.trim_end().ends_with(',') && begun.starts_with(char::is_alphabetic) => {
                return self.names.subjects(begun);
            }
            Slot::Source => self.names.sources(),
            Slot::Timestamp => self.timestamps(before),
            Slot::Program => Names::programs(),
            Slot::TimeSpan => ["1d", "7d", "30d"].map(|length| (length.to_string(), String::new())).to_vec(),
            Slot::Start | Slot::Amount | Slot::Leverage | Slot::Price | Slot::Margin | Slot::Word => {
                Vec::new()
            }
        };
        values.into_iter().filter(starts).collect()
    }

    /// The times at which the subject named last changes, and the words for times: no time is made up. They are
    /// several, so that Tab alone puts none of them into the line.
    fn timestamps(&self, before: &str) -> Vec<Named> {
        let words: Vec<&str> =
            before.split([' ', ',', '\n', '\t']).map(|word| word.trim_matches('"')).collect();
        let subject = words.iter().rev().find(|word| !word.is_empty() && self.names.contains(word));
        let mut found = subject.map(|name| self.names.timestamps(&name.to_uppercase())).unwrap_or_default();
        found.extend(["now", "today", "yesterday"].map(|word| (word.to_string(), String::new())));
        found
    }
}

impl Completer for Editing {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        if commands::wants_path(&line[..at]) {
            return FilenameCompleter::new().complete_path(line, at);
        }
        let (start, found) = self.choices(&line[..at]);
        let pair = |(name, beside): Named| {
            let display = if beside.is_empty() {
                name.clone()
            } else {
                let width = textwrap::core::display_width(&name);
                format!(
                    "{name}{:pad$}{}",
                    "",
                    if self.colour { colours::quiet(&beside) } else { beside },
                    pad = NAME_COLUMNS.saturating_sub(width).max(2)
                )
            };
            Pair { display, replacement: format!("{name} ") }
        };
        Ok((start, found.into_iter().map(pair).collect()))
    }
}

/// Text after the cursor: the rest of an earlier line, which the right arrow accepts, or what is expected
/// here.
#[derive(Debug)]
pub struct InlineHint {
    shown: String,
    accepted: Option<String>,
}

impl Hint for InlineHint {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.accepted.as_deref()
    }
}

impl Hinter for Editing {
    type Hint = InlineHint;

    fn hint(&self, line: &str, at: usize, context: &Context<'_>) -> Option<InlineHint> {
        // Without colour a hint could not be distinguished from the text of the line.
        if at < line.len() || line.is_empty() || !self.colour {
            return None;
        }
        if let Some(rest) = HistoryHinter::new().hint(line, at, context) {
            return Some(InlineHint { shown: rest.clone(), accepted: Some(rest) });
        }
        if commands::choices(line).is_some() {
            return None;
        }
        let Next { start, slot, words } = next(line);
        let begun = &line[start..];
        let only: Vec<&&str> = words.iter().filter(|word| word.starts_with(&begun.to_lowercase())).collect();
        if !begun.is_empty() {
            let [word] = only[..] else { return None };
            let rest = word[begun.len()..].to_string();
            return (!rest.is_empty()).then(|| InlineHint { shown: rest.clone(), accepted: Some(rest) });
        }
        let shown = if slot.placeholder().is_empty() {
            words.first()?.to_string()
        } else {
            slot.placeholder().to_string()
        };
        (line.ends_with(' ') && !is_whole(line)).then_some(InlineHint { shown, accepted: None })
    }
}

impl Highlighter for Editing {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.colour {
            return Cow::Borrowed(line);
        }
        Cow::Owned(colours::coloured(line, &|name| self.names.contains(name)))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match prompt.split_once('[').filter(|_| self.colour) {
            Some((name, pins)) => Cow::Owned(format!("{name}{}", colours::quiet(&format!("[{pins}")))),
            None => Cow::Borrowed(prompt),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(colours::quiet(hint))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colour
    }
}

impl Validator for Editing {
    /// More lines are asked for until a statement is complete; an empty line ends it.
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let done = text.trim().is_empty() || text.ends_with('\n') || is_whole(text);
        Ok(if done { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}
