//! The evidence of a certificate: every statement that was considered, what was found about its cells, every
//! retraction that reaches it, and the transactions that recorded all this.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::error::Error;
use crate::query::StoredRules;
use crate::query::rows::Explanation;
use crate::query::rows::explanation::Candidate;
use crate::rulebook::Rulebook;
use crate::statement::{RecordedRetraction, RetractionKind, Sha256, SourceId, Subject, TxId, symbol};
use crate::store::{Evidence, Reader};
use crate::text::Span;

/// The evidence, as a certificate has it.
pub struct OfAnswer {
    /// The transactions, in order.
    pub transactions: Vec<Value>,
    /// The statements of each subject, then the findings, then the retractions.
    pub pieces: Vec<Value>,
    /// What proves all this with the head alone; `None` where the journal has no roots.
    pub proof: Option<Value>,
}

/// A piece of evidence, and the transaction and the place among its leaves.
type Placed = (Value, TxId, usize);

/// Everything that was considered for an answer, as the journal has it.
pub fn of<'a>(
    explained: impl Iterator<Item = &'a Explanation>,
    stored: &StoredRules,
    reader: &Reader,
) -> Result<OfAnswer, Error> {
    let mut lines = Lines { reader, read: BTreeMap::new() };
    let mut pieces: Vec<Placed> = Vec::new();
    let mut findings: BTreeSet<(TxId, usize)> = BTreeSet::new();
    let mut cited: BTreeSet<&SourceId> = BTreeSet::new();
    let of_sides = explained.flat_map(|it| it.candidates.iter().map(|candidate| (it.side, candidate)));
    for (side, candidate) in of_sides {
        let source = &candidate.recorded.id.source;
        pieces.push(considered(side, candidate, lines.of(candidate.recorded.tx)?));
        cited.insert(source);
        for recording in stored.rulebook.recordings(source) {
            let found = &lines.of(recording.tx)?.findings;
            let about = found.iter().enumerate().filter(|(_, finding)| concerns(finding, candidate));
            findings.extend(about.map(|(place, _)| (recording.tx, place)));
        }
    }
    for (tx, place) in findings {
        let line = lines.of(tx)?;
        let piece = json!({ "kind": "finding", "tx": tx, "says": line.findings.get(place) });
        pieces.push((piece, tx, line.place_of_finding(place)));
    }
    let (sources, retractions) = reaching(&stored.rulebook, cited);
    let retracting: BTreeSet<TxId> = retractions.iter().map(|it| it.tx).collect();
    for tx in retracting {
        let about = |entry: &Value| sources.iter().any(|source| entry["source"] == source.as_str());
        let line = lines.of(tx)?;
        let entries = line.retractions.iter().enumerate().filter(|(_, entry)| about(entry));
        pieces.extend(entries.map(|(place, entry)| {
            (json!({ "kind": "withdrawal", "tx": tx, "says": entry }), tx, line.place_of_retraction(place))
        }));
    }
    let recordings = sources.iter().flat_map(|source| stored.rulebook.recordings(source));
    let numbers: BTreeSet<TxId> = recordings.map(|recording| recording.tx).collect();
    let proof = proof(&mut lines, &numbers, &pieces)?;
    let transactions =
        numbers.into_iter().map(|tx| Ok(transaction(lines.of(tx)?))).collect::<Result<_, Error>>()?;
    Ok(OfAnswer { transactions, pieces: pieces.into_iter().map(|(piece, ..)| piece).collect(), proof })
}

/// The way of each piece to the root of its transaction, and the roots from the first of them up to the head.
fn proof(lines: &mut Lines, numbers: &BTreeSet<TxId>, pieces: &[Placed]) -> Result<Option<Value>, Error> {
    if !lines.reader.has_roots()? {
        return Ok(None);
    }
    let path = |path: Vec<Sha256>| -> Vec<String> { path.iter().map(Sha256::to_string).collect() };
    let mut transactions = Vec::new();
    for tx in numbers {
        if let Some(proofs) = &lines.of(*tx)?.proofs {
            let header = &proofs.header;
            transactions.push(json!({ "tx": tx, "header": header, "path": path(proofs.path(0)) }));
        }
    }
    let mut evidence = Vec::new();
    for (_, tx, place) in pieces {
        let proofs = &lines.of(*tx)?.proofs;
        let way = proofs.as_ref().map_or_else(Vec::new, |proofs| proofs.path(*place));
        evidence.push(json!({ "place": place, "path": path(way) }));
    }
    let roots = numbers.first().map_or_else(|| Ok(Vec::new()), |first| lines.reader.roots(*first))?;
    Ok(Some(json!({ "transactions": transactions, "evidence": evidence, "roots": path(roots) })))
}

/// The lines of the journal, each read once.
struct Lines<'a> {
    reader: &'a Reader,
    read: BTreeMap<TxId, Evidence>,
}

impl Lines<'_> {
    fn of(&mut self, tx: TxId) -> Result<&Evidence, Error> {
        match self.read.entry(tx) {
            std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::btree_map::Entry::Vacant(place) => Ok(place.insert(self.reader.evidence(tx)?)),
        }
    }
}

/// The retractions of anything in these sources or of such a retraction, with all sources that decide whether
/// they count: those that retract, and the newer editions.
fn reaching<'a>(
    rulebook: &'a Rulebook,
    mut sources: BTreeSet<&'a SourceId>,
) -> (BTreeSet<&'a SourceId>, Vec<&'a RecordedRetraction>) {
    loop {
        let known = sources.len();
        let reaching = rulebook.retractions_reaching(sources.clone());
        for it in &reaching {
            sources.insert(&it.by);
            if let RetractionKind::Supersede(newer) = &it.retraction.kind {
                sources.insert(newer);
            }
        }
        if sources.len() == known {
            return (sources, reaching);
        }
    }
}

/// A statement that was considered, with its rule; or, where it follows from a complete snapshot, that
/// snapshot.
fn considered(side: Option<&str>, candidate: &Candidate, line: &Evidence) -> Placed {
    let recorded = &candidate.recorded;
    let piece = |kind: &str, entry: &Value, rule: Option<&Value>| {
        json!({
            "kind": kind,
            "tx": line.tx,
            "side": side,
            "statement": recorded.id.to_string(),
            "fate": candidate.outcome,
            "says": entry,
            "rule": rule,
        })
    };
    if recorded.follows_from_complete_snapshot() {
        let seen_at = recorded.statement.claim.valid_at().to_string();
        let subject = &recorded.statement.subject;
        let is_it = |entry: &&Value| covers(entry, subject) && entry["seen_at"] == seen_at.as_str();
        let place = line.complete_snapshots.iter().position(|entry| is_it(&entry)).unwrap_or_default();
        let entry = line.complete_snapshots.get(place).unwrap_or(&Value::Null);
        return (piece("listing", entry, None), line.tx, line.place_of_snapshot(place));
    }
    let entry = (recorded.id.ordinal as usize).checked_sub(1).and_then(|place| line.statements.get(place));
    let entry = entry.unwrap_or(&Value::Null);
    let claims = ["change", "sighting"].map(|kind| &entry["claim"][kind]["rule"]["id"]);
    let rule = claims.iter().find_map(|id| line.rules.get(id.as_str()?));
    // The leaves after the header are the statements in their order.
    (piece("statement", entry, rule), line.tx, recorded.id.ordinal as usize)
}

/// Whether the record of a complete snapshot covers a subject.
fn covers(entry: &Value, subject: &Subject) -> bool {
    let currencies = entry["currencies"].as_array();
    let except = entry["except"].as_array().map_or(&[][..], Vec::as_slice);
    entry["venue"] == subject.venue()
        && entry["program"] == subject.program().name()
        && !except.iter().any(|name| name == subject.name())
        && currencies.is_none_or(|all| {
            symbol::settlement(subject).is_some_and(|currency| all.iter().any(|it| it == currency))
        })
}

/// Whether a finding is about the subject of a statement, or about none in particular, and touches its place
/// or a row of its table.
fn concerns(finding: &Value, candidate: &Candidate) -> bool {
    let statement = &candidate.recorded.statement;
    let subjects = finding["subjects"].as_array().map_or(&[][..], Vec::as_slice);
    let named = subjects.is_empty() || subjects.iter().any(|name| name == statement.subject.name());
    let [start, end] = [0, 1].map(|bound| finding["span"][bound].as_u64().unwrap_or_default());
    let touches = |span: Span| start < span.end as u64 && (span.start as u64) < end;
    named && std::iter::once(statement.span).chain(statement.rows()).any(touches)
}

/// A transaction: its place in the chain, and what decides when its statements count.
fn transaction(line: &Evidence) -> Value {
    json!({
        "tx": line.tx,
        "previous": line.previous.to_string(),
        "hash": line.hash.to_string(),
        "recorded_at": line.recorded_at.to_string(),
        "source": line.source,
        "published_by": line.published_by.name(),
        "observes": line.observes,
    })
}
