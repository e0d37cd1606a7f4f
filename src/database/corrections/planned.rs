//! What a correction records, decided from what is stored.

use std::collections::BTreeSet;

use super::still_stated::{TakenBack, still_stated};
use super::{Correction, Reason, StillStated, retimed};
use crate::database::retract;
use crate::error::{Error, ErrorCode, Result};
use crate::ingest::{Draft, DraftRetraction, Postponement};
use crate::limits;
use crate::query::find_source;
use crate::rulebook::{Knowledge, Records, Rulebook, Visibility};
use crate::statement::{
    Batch, Origin, Precision, RecordedRetraction, RecordedSource, Retraction, RetractionKind, SourceId,
    StatementId, TxId,
};
use crate::store::Reader;
use crate::text::Span;
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// A correction that can be recorded, or that had been done already.
pub enum Planned {
    /// To be recorded, and what it does in words.
    Record(Box<Recordable>, String),
    /// Done already by this transaction, and what it did in words.
    Done(TxId, String),
}

/// What a correction records.
pub enum Recordable {
    /// A statement about statements.
    Draft(Draft),
    /// The same document again, with other times.
    Batch(Batch),
}

impl Recordable {
    /// The batch, recorded at a time.
    pub fn batch(self, recorded_at: RecordedTime) -> Batch {
        match self {
            Recordable::Draft(draft) => draft.batch(recorded_at),
            Recordable::Batch(batch) => batch,
        }
    }
}

/// What a correction would record, and which other sources still state what it takes back.
///
/// # Errors
/// Nothing of that name is stored, what it names cannot be corrected so, or the database is damaged.
pub fn planned(
    correction: &Correction,
    reason: &Reason,
    reader: &Reader,
    now: Timestamp,
) -> Result<(Planned, Vec<StillStated>)> {
    let sources = reader.sources()?;
    let records =
        Records { retractions: reader.retractions()?, sources: sources.clone(), ..Records::default() };
    let known = Stored { book: Rulebook::new(records), sources, reader, reason, now };
    let planned = match correction {
        Correction::Unload { source, tx } => known.unload(&known.id(source)?, *tx),
        Correction::Retract { what } => known.retract(what),
        Correction::Supersede { older, newer } => known.supersede(&known.id(older)?, &known.id(newer)?),
        Correction::Reschedule { what, to } => known.reschedule(what, *to),
        Correction::Correct { source, published_at, tx } => {
            known.correct(&known.id(source)?, PublishedTime(*published_at), *tx)
        }
        Correction::Undo { tx } => known.undo(*tx),
    }?;
    let taken = known.taken_back(correction)?;
    let others = taken.map_or(Ok(Vec::new()), |taken| still_stated(&taken, reader))?;
    Ok((planned, others))
}

/// What is stored, and why it is to be corrected.
struct Stored<'a> {
    book: Rulebook,
    sources: Vec<RecordedSource>,
    reader: &'a Reader,
    reason: &'a Reason,
    now: Timestamp,
}

impl Stored<'_> {
    fn unload(&self, id: &SourceId, tx: Option<TxId>) -> Result<Planned> {
        let targets: Vec<&RecordedSource> =
            self.book.recordings(id).iter().filter(|it| tx.is_none_or(|tx| tx == it.tx)).collect();
        let Some(last) = targets.last() else { return Err(not_of_source(id, tx)) };
        let unloaded_by =
            |it: &&&RecordedSource| self.book.unloaded_by(id, it.tx, Knowledge::default()).is_none();
        if !targets.iter().any(|it| unloaded_by(&it)) {
            let by = self.book.unloaded_by(id, last.tx, Knowledge::default()).unwrap_or(last.tx);
            return Ok(Planned::Done(by, format!("{} is unloaded already", self.named(id))));
        }
        let what = format!("{} is unloaded: it counts at no publication time", self.named(id));
        Ok(self.command("unload", Retraction::of(id, None, RetractionKind::Unload(tx)), what))
    }

    fn retract(&self, what: &str) -> Result<Planned> {
        let (id, ordinal) = self.statement(what)?;
        self.refuse_unloaded(&id)?;
        if let Some(ordinal) = ordinal {
            self.check_ordinal(&id, ordinal)?;
        }
        let depth = limits::RETRACTION_DEPTH;
        let named = ordinal.map_or(self.named(&id), |ordinal| format!("{id}.{ordinal}"));
        if let Some(by) = self.book.retracted_by(&id, ordinal, Knowledge::default(), depth) {
            return Ok(Planned::Done(by, format!("{named} is retracted already")));
        }
        let what = format!("{named} is retracted");
        Ok(self.command("retract", Retraction::of(&id, ordinal, RetractionKind::Retract), what))
    }

    fn supersede(&self, older: &SourceId, newer: &SourceId) -> Result<Planned> {
        self.refuse_unloaded(older)?;
        self.refuse_unloaded(newer)?;
        if older == newer {
            let message = format!("{older} cannot be a newer edition of itself");
            return Err(Error::new(ErrorCode::NotStored, message).hint("name two sources"));
        }
        let now = Knowledge::default();
        let depth = limits::RETRACTION_DEPTH;
        if let Some(by) = self.book.retracted_by(newer, None, now, depth) {
            let message = format!("{newer} is retracted or superseded itself, by tx {by}");
            return Err(Error::new(ErrorCode::RetractedAlready, message)
                .hint(format!("`tierbook undo {by}` undoes that")));
        }
        if let Some(by) = self.book.retracted_by(older, None, now, depth) {
            return Ok(Planned::Done(
                by,
                format!("{} is retracted or superseded already", self.named(older)),
            ));
        }
        let what = format!("{} is superseded by {}", self.named(older), self.named(newer));
        let kind = RetractionKind::Supersede(*newer);
        Ok(self.command("supersede", Retraction::of(older, None, kind), what))
    }

    fn reschedule(&self, what: &str, to: Timestamp) -> Result<Planned> {
        let (id, ordinal) = self.statement(what)?;
        self.refuse_unloaded(&id)?;
        let Some(ordinal) = ordinal else {
            let message = "a single change is rescheduled, not a whole source";
            let hint = format!("`tierbook query source {id}` numbers its statements; write {id}.N");
            return Err(Error::new(ErrorCode::StatementMissing, message).hint(hint));
        };
        if let Some(by) = self.rescheduled(&id, ordinal, to) {
            return Ok(Planned::Done(by, format!("{id}.{ordinal} takes effect at {to} already")));
        }
        let mut draft = self.draft("reschedule", &format!("{id}.{ordinal} to {to}"));
        draft.postponements.push(Postponement {
            statement: StatementId { source: id, ordinal },
            effective_at: ValidTime(to),
            rollout: None,
            reason: self.reason.text.clone(),
            span: Span::new(0, draft.text.len()),
        });
        let draft = retract::settle(draft, self.reader)?;
        let what = format!("{id}.{ordinal} takes effect at {to} now");
        Ok(Planned::Record(Box::new(Recordable::Draft(draft)), what))
    }

    /// The command that moved a change to that time.
    fn rescheduled(&self, id: &SourceId, ordinal: u32, to: Timestamp) -> Option<TxId> {
        let by = self.book.retracted_by(id, Some(ordinal), Knowledge::default(), limits::RETRACTION_DEPTH)?;
        let title = format!("reschedule {id}.{ordinal} to {to}:");
        let is_it = |it: &&RecordedSource| it.tx == by && it.source.title.starts_with(&title);
        self.sources.iter().find(is_it).map(|it| it.tx)
    }

    fn correct(&self, id: &SourceId, published_at: PublishedTime, tx: Option<TxId>) -> Result<Planned> {
        self.refuse_unloaded(id)?;
        let now = Knowledge::default();
        let counting: Vec<&RecordedSource> = self
            .book
            .recordings(id)
            .iter()
            .filter(|it| tx.is_none_or(|tx| tx == it.tx))
            .filter(|it| self.book.counting(id, it.tx, now) == Visibility::Visible)
            .collect();
        let target = match counting.as_slice() {
            [] => return Err(not_of_source(id, tx)),
            [one] => *one,
            several => {
                let posted: Vec<String> =
                    several.iter().map(|it| format!("tx {} of {}", it.tx, it.source.published_at)).collect();
                let message = format!("{id} is recorded with several times: {}", posted.join(", "));
                return Err(Error::new(ErrorCode::AmbiguousSource, message)
                    .hint(format!("name one: --tx {}", several[0].tx)));
            }
        };
        if target.source.is_command() {
            let message = format!("tx {} is a command, not a document", target.tx);
            return Err(Error::new(ErrorCode::NotStored, message)
                .hint(format!("`tierbook undo {}`, then give the command again", target.tx)));
        }
        if (target.source.published_at, target.source.precision) == (published_at, Precision::Exact) {
            let message = format!("{} is published at {published_at} already", self.named(id));
            return Ok(Planned::Done(target.tx, message));
        }
        let mut batch = retimed::retimed(self.reader.batch(target.tx)?, published_at);
        let of = batch.observes().then_some(target.tx);
        let correction = Retraction::of(id, None, RetractionKind::Correct(of));
        batch.retractions.retain(|it| !matches!(it.kind, RetractionKind::Correct(_)));
        batch.retractions.push(Retraction { reason: self.reason.text.clone(), ..correction });
        let what = format!(
            "{} is published at {published_at}, not at {}",
            self.named(id),
            target.source.published_at
        );
        Ok(Planned::Record(Box::new(Recordable::Batch(batch)), what))
    }

    fn undo(&self, tx: Option<TxId>) -> Result<Planned> {
        let now = Knowledge::default();
        let undone_by = |it: &RecordedSource| self.book.unloaded_by(&it.source.id, it.tx, now);
        let is_undo = |it: &RecordedSource| it.source.is_command() && it.source.file == "undo";
        let target = match tx {
            Some(tx) => self.sources.iter().find(|it| it.tx == tx),
            None => self.sources.iter().rev().find(|it| !is_undo(it) && undone_by(it).is_none()),
        };
        let Some(target) = target else {
            let message =
                tx.map_or("nothing is left to undo".to_string(), |tx| format!("there is no tx {tx}"));
            return Err(Error::new(ErrorCode::UnknownTransaction, message)
                .hint("`tierbook log` lists the transactions"));
        };
        let id = &target.source.id;
        if target.source.is_lost() {
            return Err(Error::new(ErrorCode::NotStored, format!("tx {} is lost", target.tx))
                .hint("there is nothing to undo: load the document again, or name an earlier transaction"));
        }
        if let Some(by) = undone_by(target) {
            return Ok(Planned::Done(by, format!("tx {} is undone already", target.tx)));
        }
        self.refuse_named_later(target)?;
        let what = format!("tx {} is undone: {}", target.tx, self.named(id));
        let kind = RetractionKind::Unload(Some(target.tx));
        Ok(self.command("undo", Retraction::of(id, None, kind), what))
    }

    /// Refuses to undo what a later transaction names, unless that is undone.
    fn refuse_named_later(&self, target: &RecordedSource) -> Result<()> {
        let id = &target.source.id;
        let now = Knowledge::default();
        let later = |it: &&RecordedRetraction| {
            it.tx > target.tx && self.book.unloaded_by(&it.by, it.tx, now).is_none()
        };
        let names_newer = |it: &&RecordedRetraction| matches!(&it.retraction.kind, RetractionKind::Supersede(newer) if newer == id);
        let all = || self.sources.iter().flat_map(|it| self.book.retractions_about(&it.source.id));
        let named: BTreeSet<TxId> = self
            .book
            .retractions_about(id)
            .chain(all().filter(names_newer))
            .filter(later)
            .map(|it| it.tx)
            .collect();
        let Some(last) = named.last() else { return Ok(()) };
        let list: Vec<String> = named.iter().map(|tx| format!("tx {tx}")).collect();
        let message = format!("later transactions name what tx {} recorded: {}", target.tx, list.join(", "));
        Err(Error::new(ErrorCode::NamedLater, message)
            .hint(format!("undo them first, the newest first: tierbook undo {last}")))
    }

    /// What the exchange takes back; `None` where a recording is put right, which says nothing of what it states.
    fn taken_back(&self, correction: &Correction) -> Result<Option<TakenBack>> {
        let (source, ordinal, newer) = match correction {
            Correction::Retract { what } | Correction::Reschedule { what, .. } => {
                let (source, ordinal) = self.statement(what)?;
                (source, ordinal, None)
            }
            Correction::Supersede { older, newer } => (self.id(older)?, None, Some(self.id(newer)?)),
            Correction::Unload { .. } | Correction::Correct { .. } | Correction::Undo { .. } => {
                return Ok(None);
            }
        };
        Ok(Some(TakenBack { source, ordinal, newer }))
    }

    /// A command of one retraction.
    fn command(&self, name: &str, retraction: Retraction, what: String) -> Planned {
        let about = match retraction.ordinal {
            Some(ordinal) => format!("{}.{ordinal}", retraction.source),
            None => retraction.source.to_string(),
        };
        let mut draft = self.draft(name, &about);
        let span = Span::new(0, draft.text.len());
        let retraction = Retraction { reason: self.reason.text.clone(), ..retraction };
        draft.retractions.push(DraftRetraction { retraction, span });
        Planned::Record(Box::new(Recordable::Draft(draft)), what)
    }

    /// The document of a command: its words, which are unique because they contain the time.
    fn draft(&self, name: &str, about: &str) -> Draft {
        let text = format!("{name} {about}\nreason: {}\nrecorded: {}\n", self.reason.text, self.now);
        let published = self.reason.published_at.map(|at| (PublishedTime(at), Precision::Exact));
        let written = Draft::empty(text.as_bytes(), name, text.clone());
        Draft {
            title: format!("{name} {about}: {}", self.reason.text),
            publication: published,
            origin: Origin::Command,
            ..written
        }
    }

    fn id(&self, name: &str) -> Result<SourceId> {
        Ok(find_source(name, Span::new(0, 0), &self.sources)?.source.id)
    }

    /// A source or, with a number after a point, one of its statements.
    fn statement(&self, what: &str) -> Result<(SourceId, Option<u32>)> {
        let number = |(source, digits): (&str, &str)| Some((source.to_string(), digits.parse::<u32>().ok()?));
        match what.rsplit_once('.').and_then(number) {
            Some((source, ordinal)) => Ok((self.id(&source)?, Some(ordinal))),
            None => Ok((self.id(what)?, None)),
        }
    }

    fn check_ordinal(&self, id: &SourceId, ordinal: u32) -> Result<()> {
        let Some(recorded) = self.book.recordings(id).last() else { return Ok(()) };
        let count = self.reader.batch(recorded.tx)?.statements.len();
        if (1..=count).contains(&(ordinal as usize)) {
            return Ok(());
        }
        let message = format!("source {id} has {count} statements, no statement {ordinal}");
        Err(Error::new(ErrorCode::NotStored, message)
            .hint(format!("`tierbook query source {id}` numbers its statements")))
    }

    fn refuse_unloaded(&self, id: &SourceId) -> Result<()> {
        let now = Knowledge::default();
        let recordings = self.book.recordings(id);
        let by = recordings.iter().map(|it| self.book.unloaded_by(id, it.tx, now));
        let all: Option<Vec<TxId>> = by.collect();
        let Some(by) = all.and_then(|all| all.last().copied()) else { return Ok(()) };
        let message = format!("{} is unloaded, by tx {by}", self.named(id));
        Err(Error::new(ErrorCode::NotStored, message)
            .hint(format!("load its document again, or `tierbook undo {by}`")))
    }

    /// The id and the file of a source.
    fn named(&self, id: &SourceId) -> String {
        match self.book.recordings(id).last() {
            Some(it) if it.source.is_command() => it.source.title.clone(),
            Some(it) => format!("{id} ({})", it.source.file),
            None => id.to_string(),
        }
    }
}

impl Retraction {
    /// A retraction whose reason is still to be given.
    fn of(source: &SourceId, ordinal: Option<u32>, kind: RetractionKind) -> Retraction {
        Retraction { source: *source, ordinal, kind, reason: String::new() }
    }
}

fn not_of_source(id: &SourceId, tx: Option<TxId>) -> Error {
    let which = tx.map_or(String::new(), |tx| format!(" by tx {tx}"));
    Error::new(ErrorCode::NotStored, format!("nothing of {id} is recorded{which}"))
        .hint("`tierbook query sources` lists what is")
}
