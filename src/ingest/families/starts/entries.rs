//! What the sentences and lists of a document say of each contract that starts.

use std::cell::OnceCell;

use super::clause::{self, Object, StartKind, Verb};
use crate::ingest::announcement::contract;
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::rollout::{Rollout, rollout};
use crate::ingest::announcement::timestamps::PrintedTimes;
use crate::ingest::families::text::{body_lines, quoted, sentences};
use crate::ingest::scan;
use crate::limits;
use crate::statement::Program;
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp};

/// What a sentence or an item of a list says of one contract. What is stated in a way that cannot be decided is
/// `Err` with the reason.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// What the contract does.
    pub kind: StartKind,
    /// The sentence or the item.
    pub span: Span,
    /// The name of the contract, or of its token.
    pub name: Span,
    /// Whether the sentence may mean another contract: it names two where one is meant.
    pub is_unsure: bool,
    /// Whether the name is that of all contracts of a table.
    pub is_table: bool,
    /// The program, where it is named.
    pub program: Option<Program>,
    /// When it starts.
    pub time: Result<Option<Timestamp>, String>,
    /// The highest leverage.
    pub leverage: Result<Option<u32>, String>,
    /// How long a conversion may take.
    pub rollout: Result<TimeSpan, String>,
}

/// A sentence that announces contracts without naming them.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// The sentence.
    pub span: Span,
    /// The program, where it is named.
    pub program: Option<Program>,
    /// Whether the contracts are delivered.
    pub is_delivery: bool,
    /// The one time in it, where there is one.
    pub time: Option<Timestamp>,
}

/// What the sentences and lists of a document say.
#[derive(Default, Debug)]
pub struct Entries {
    /// What is stated of contracts that are named.
    pub named: Vec<Entry>,
    /// The sentences whose contracts no list names.
    pub introductions: Vec<Introduction>,
    /// The lines that say it.
    pub lines: Vec<Span>,
    /// A sentence or an item after which nothing more is read, because there are too many.
    pub too_many: Option<Span>,
    /// The lists that are read, each once for a kind and a program: where their lines end.
    lists: Vec<(StartKind, Option<Program>, usize)>,
}

impl Entries {
    /// Whether there is room for so many more contracts; where there is none, that is noted at a place.
    fn has_room(&mut self, more: usize, place: Span) -> bool {
        let fits = self.named.len() + more <= limits::NAMED_CONTRACTS;
        if !fits {
            self.too_many = self.too_many.or(Some(place));
        }
        fits
    }
}

/// Reads the sentences and lists of a document, without its title.
pub fn read(document: &Document) -> Entries {
    let text = document.text.as_str();
    let mut entries = Entries::default();
    let all = body_lines(document);
    for (number, line) in all.iter().enumerate() {
        let rollouts = LineRollouts { text, line: *line, found: OnceCell::new() };
        for sentence in sentences(text, *line) {
            let verbs = clause::verbs(text, sentence);
            for (index, verb) in verbs.iter().enumerate() {
                if entries.too_many.is_some() {
                    return entries;
                }
                let end = verbs.get(index + 1).map_or(sentence.end, |next| next.start);
                let clause = Clause { verb: *verb, span: Span::new(verb.end, end), sentence };
                let before = entries.named.len() + entries.introductions.len();
                clause.read(text, &rollouts, (&all, number), &mut entries);
                if entries.named.len() + entries.introductions.len() > before {
                    entries.lines.push(*line);
                }
            }
        }
    }
    entries
}

/// A verb and the words up to the next one.
struct Clause {
    verb: Verb,
    span: Span,
    sentence: Span,
}

impl Clause {
    fn read(&self, text: &str, rollouts: &LineRollouts, lines: (&[Span], usize), entries: &mut Entries) {
        let Some(object) = clause::object(text, self.span) else { return };
        let kind = self.verb.kind;
        if kind == StartKind::Conversion && !self.names_conversion(text) {
            return;
        }
        if object.names.is_empty() {
            self.introduce(text, &object, lines, entries);
            return;
        }
        if !entries.has_room(object.names.len(), self.sentence) {
            return;
        }
        let time = self.time(text);
        let first = time.map_or(self.span.end, |place| place.start.max(object.end));
        let mut names = object.names.clone();
        let standard = if kind == StartKind::Conversion { standard_names(text, self.span) } else { None };
        let standard = standard.unwrap_or_default();
        if !entries.has_room(names.len() + standard.len(), self.sentence) {
            return;
        }
        let among = |name: &Span, names: &[Span]| names.iter().any(|other| other.of(text) == name.of(text));
        let all_among = |some: &[Span], others: &[Span]| some.iter().all(|name| among(name, others));
        let agree = all_among(&names, &standard) && all_among(&standard, &names);
        let is_unsure = !(standard.is_empty() || agree);
        names.extend(standard);
        let stray = clause::stray_word(text, Span::new(object.end, first), &names);
        if object.is_delivery || stray.is_some() {
            return;
        }
        let (time, leverage) = (self.one_time(text), one_leverage(text, self.span));
        // Only a conversion takes time.
        let rollout = match kind {
            StartKind::Launch => Ok(TimeSpan::minutes(0)),
            StartKind::Conversion => rollouts.after(self.sentence),
        };
        let mut seen: Vec<&str> = Vec::new();
        for name in names {
            if !seen.contains(&name.of(text)) {
                seen.push(name.of(text));
                let entry = Entry {
                    kind,
                    span: self.sentence,
                    name,
                    is_unsure,
                    is_table: false,
                    program: object.program,
                    time: time.clone(),
                    leverage: leverage.clone(),
                    rollout: rollout.clone(),
                };
                entries.named.push(entry);
            }
        }
    }

    /// Whether a conversion is one from a pre-market contract to an ordinary one.
    fn names_conversion(&self, text: &str) -> bool {
        let lower = self.span.of(text).to_ascii_lowercase();
        ["pre-market", "pre market", "premarket"].iter().any(|word| lower.contains(word))
            && lower.contains("standard")
    }

    /// The place of the first time of the clause.
    fn time(&self, text: &str) -> Option<Span> {
        PrintedTimes::read(text, self.span).timestamps.first().map(|first| first.span)
    }

    /// The only time of the clause; without one, that of the sentence before the verb.
    fn one_time(&self, text: &str) -> Result<Option<Timestamp>, String> {
        match one_time(text, self.span) {
            Ok(None) => one_time(text, Span::new(self.sentence.start, self.verb.start)),
            own => own,
        }
    }

    /// A list below, whose items each start with a time or a name; or an introduction of tables.
    fn introduce(&self, text: &str, object: &Object, lines: (&[Span], usize), entries: &mut Entries) {
        let (lines, number) = lines;
        let rest = Span::new(object.end, self.span.end);
        let own_line = PrintedTimes::read(text, rest).timestamps.first().map(|first| first.span.start);
        let glued = own_line.filter(|start| text[..*start].trim_end().ends_with([':', '：']));
        let own_items = glued.map(|start| Span::new(start, self.span.end));
        let mut found = false;
        let mut take = |line: Span, entries: &mut Entries| {
            let items = items(text, line, self.verb.kind, object.program);
            if items.is_empty() || !entries.has_room(items.len(), line) {
                return false;
            }
            entries.named.extend(items);
            entries.lines.push(line);
            found = true;
            true
        };
        if own_items.is_none_or(|own| take(own, entries)) {
            let is_same = |list: &&(StartKind, Option<Program>, usize)| {
                (list.0, list.1) == (self.verb.kind, object.program)
            };
            let read = entries.lists.iter().filter(is_same).map(|(.., end)| *end).max();
            if let Some(end) = read.filter(|end| *end > number) {
                // The list below is read already, for a sentence above or beside this one.
                found |= end > number + 1;
            } else {
                let below = lines[number + 1..].iter().take_while(|line| is_item_line(text, **line));
                let count = below.take_while(|line| take(**line, entries)).count();
                entries.lists.retain(|list| !is_same(&list));
                entries.lists.push((self.verb.kind, object.program, number + 1 + count));
            }
        }
        if !found && self.verb.kind == StartKind::Launch {
            let time = self.one_time(text).ok().flatten();
            let (program, is_delivery) = (object.program, object.is_delivery);
            entries.introductions.push(Introduction { span: self.sentence, program, is_delivery, time });
        }
    }
}

/// Whether a line starts as an item of a list does: with a time.
fn is_item_line(text: &str, line: Span) -> bool {
    PrintedTimes::at(text, clause::skip_signs(text, line.start)).is_some()
}

/// The items of a line, each from one time to the next: `T (UTC): A Perpetual Contract with up to 5x`.
fn items(text: &str, line: Span, kind: StartKind, program: Option<Program>) -> Vec<Entry> {
    let times = PrintedTimes::read(text, line).timestamps;
    let ends = times.iter().skip(1).map(|time| time.span.start).chain([line.end]);
    let mut found = Vec::new();
    for (time, end) in times.iter().zip(ends) {
        let rest = Span::new(time.span.end, end);
        let Some(object) = clause::object(text, rest) else { continue };
        let leverage = one_leverage(text, rest);
        let stop = clause::leverages(text, rest).first().map_or(rest.end, |(_, place)| place.start);
        let stated = Span::new(object.end, stop.max(object.end));
        // What names more is not read anyway.
        let has_room = object.names.len() <= limits::NAMED_CONTRACTS;
        if has_room && clause::stray_word(text, stated, &object.names).is_some() {
            continue;
        }
        found.extend(object.names.iter().map(|name| Entry {
            kind,
            span: Span::new(time.span.start, end).trim(text, scan::is_blank),
            name: *name,
            is_unsure: false,
            is_table: false,
            program: object.program.or(program),
            time: time.timestamp.as_ref().map(|at| Some(*at)).map_err(|error| error.message.clone()),
            leverage: leverage.clone(),
            rollout: Ok(TimeSpan::minutes(0)),
        }));
    }
    found
}

/// The names of the contracts that a conversion ends in: `to standard USDⓈ-M A Perpetual Contract`.
fn standard_names(text: &str, clause: Span) -> Option<Vec<Span>> {
    let at = clause.of(text).find("standard ")? + "standard ".len();
    Some(clause::object(text, Span::new(clause.start + at, clause.end))?.names)
}

/// The only time of a span.
pub fn one_time(text: &str, span: Span) -> Result<Option<Timestamp>, String> {
    let mut found: Vec<Timestamp> = Vec::new();
    for printed in PrintedTimes::read(text, span).timestamps {
        found.push(printed.timestamp.map_err(|error| error.message)?);
    }
    found.sort_unstable();
    found.dedup();
    match found[..] {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => {
            let list: Vec<String> = found.iter().map(Timestamp::to_string).collect();
            Err(format!("it could be {}", list.join(" or ")))
        }
    }
}

fn one_leverage(text: &str, span: Span) -> Result<Option<u32>, String> {
    match clause::leverages(text, span)[..] {
        [] => Ok(None),
        [(only, _)] => Ok(Some(only)),
        [(first, _), (second, _), ..] => Err(format!("it could be {first}x or {second}x")),
    }
}

/// What the sentences of a line say of how long a transition takes.
struct LineRollouts<'a> {
    text: &'a str,
    line: Span,
    found: OnceCell<Vec<(Span, Rollout)>>,
}

impl LineRollouts<'_> {
    /// How long a transition takes, as the first sentence after that of the conversion says that does.
    fn after(&self, conversion: Span) -> Result<TimeSpan, String> {
        let found = self.found.get_or_init(|| {
            let stated = |sentence: Span| {
                let lower = sentence.of(self.text).to_ascii_lowercase();
                let stated = if lower.contains("transition") { rollout(&lower) } else { None };
                stated.map(|rollout| (sentence, rollout))
            };
            sentences(self.text, self.line).into_iter().filter_map(stated).collect()
        });
        let next = found.partition_point(|(sentence, _)| sentence.start <= conversion.start);
        match found.get(next) {
            None => Ok(TimeSpan::minutes(0)),
            Some((_, Rollout::Takes(time))) => Ok(*time),
            Some((sentence, Rollout::NotUnderstood)) => {
                Err(format!("how long it takes is not understood: `{}`", quoted(self.text, *sentence)))
            }
        }
    }
}

/// Whether a name is that of a contract, and not of its token.
pub fn is_contract(name: &str) -> bool {
    contract::is_symbol(name)
}
