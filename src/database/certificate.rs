//! Certificates: one answer with all its evidence and the place of the evidence in the chain of hashes.
//!
//! A certificate is made from its query and the database as it was at one transaction. It is checked by
//! making it again and comparing every field: whatever was forged differs from what the journal gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

use crate::database::Database;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::rows::explanation::Candidate;
use crate::query::rows::{Explanation, Row};
use crate::query::syntax::ast::Statement;
use crate::query::syntax::language::StatementKind;
use crate::query::{Plan, StoredRules, answer, parse};
use crate::snapshot::read::{Wanted, planned, rules};
use crate::statement::{Subject, TxId};
use crate::store::{Evidence, Reader};
use crate::time::{RecordedTime, Timestamp};

const FORMAT: &str = "tierbook certificate 1";

impl Database {
    /// The certificate of the answer to a statement, as of the newest transaction. `now` is the clock reading
    /// of the statement.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let text = "mmr of ACTUSDT at 60000 as of 2026-02-06T08:00Z";
    /// let statement = tierbook::language::parse(text)?.remove(0);
    /// let certificate = database.certificate(&statement, Timestamp::now())?;
    /// assert_eq!(certificate["answer"][0]["value"], "0.1");
    /// assert!(database.check(&certificate)?.is_empty()); // nothing is wrong with it
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The statement lists what is stored, or counts from the clock (`not_certifiable`), or it cannot be
    /// answered.
    pub fn certificate(&self, statement: &Statement, now: Timestamp) -> Result<Value, Error> {
        let reader = Reader::open(self.dir())?;
        let (plan, _) = planned(&reader, statement, now)?;
        let recorded_at = reader.head().recorded_at.unwrap_or(RecordedTime(now));
        check_kind(plan.kind)?;
        let query = plan.recorded_by(recorded_at).to_string();
        made(&reader, &query)
    }

    /// Checks a certificate against the journal: its head, the place of each transaction, each statement, and
    /// the answer. Gives what is wrong, in sentences without a full stop that name the field; nothing where
    /// all is right.
    ///
    /// ```
    /// use tierbook::{Timestamp, language::parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let statement = parse("mmr of ACTUSDT at 60000 as of 2026-02-06T08:00Z")?.remove(0);
    /// let file = folder.path().join("certificate.json");
    /// std::fs::write(&file, database.certificate(&statement, Timestamp::now())?.to_string())?;
    /// assert!(database.check_certificate(&file)?.is_empty()); // nothing is wrong with it
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The file cannot be read or contains no certificate (`not_a_certificate`), or there is no database, or
    /// its journal is broken.
    pub fn check_certificate(&self, file: &Path) -> Result<Vec<String>, Error> {
        let cannot_read = |error: std::io::Error| {
            Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", file.display()))
                .because(error)
        };
        let mut text = String::new();
        let bytes = File::open(file).map_err(cannot_read)?;
        bytes.take(limits::CERTIFICATE_BYTES).read_to_string(&mut text).map_err(cannot_read)?;
        let certificate: Value = serde_json::from_str(&text).map_err(|error| {
            Error::new(
                ErrorCode::NotACertificate,
                format!("{} is not a certificate: {error}", file.display()),
            )
            .because(error)
            .hint("`tierbook certificate QUERY` writes one")
        })?;
        self.check(&certificate)
    }

    /// As [`Database::check_certificate`], for a certificate that was read.
    ///
    /// ```
    /// use tierbook::{Timestamp, language::parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let statement = parse("mmr of ACTUSDT at 60000 as of 2026-02-06T08:00Z")?.remove(0);
    /// let mut certificate = database.certificate(&statement, Timestamp::now())?;
    /// certificate["answer"][0]["value"] = "0.05".into(); // a forgery
    /// let problems = database.check(&certificate)?;
    /// assert_eq!(problems, ["`answer[0].value` is \"0.05\", the journal gives \"0.1\""]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or its journal is broken.
    pub fn check(&self, certificate: &Value) -> Result<Vec<String>, Error> {
        if certificate["format"] != FORMAT {
            return Ok(vec![format!("`format` is not \"{FORMAT}\"")]);
        }
        let Some(tx) = certificate["head"]["tx"].as_u64() else {
            return Ok(vec!["`head.tx` is not the number of a transaction".to_string()]);
        };
        let Some(reader) = Reader::open_as_of(self.dir(), TxId(tx))? else {
            return Ok(vec![format!("`head.tx`: the journal has no transaction {tx}")]);
        };
        let fresh = match certificate["query"].as_str().map(|query| made(&reader, query)) {
            Some(Ok(fresh)) => fresh,
            Some(Err(error)) => return Ok(vec![format!("`query` cannot be asked: {}", error.message)]),
            None => return Ok(vec!["`query` is not a text".to_string()]),
        };
        let mut problems = Vec::new();
        compare("", certificate, &fresh, &mut problems);
        Ok(problems)
    }
}

/// Refuses a statement that no certificate can be made of.
fn check_kind(kind: StatementKind) -> Result<(), Error> {
    let refused = |message| Error::new(ErrorCode::NotCertifiable, message);
    match kind {
        StatementKind::Upcoming => {
            Err(refused("`upcoming` counts from the clock, so that it cannot be asked again")
                .hint("certify changes since a time: changes of ACTUSDT since 2026-02-06"))
        }
        kind if !kind.row().is_explained => Err(refused("only answers that are made from statements of sources can be certified")
            .hint("ask for a measure, `history`, `knowledge`, `plane`, `diff` or `changes`: mmr of ACTUSDT at 60000")),
        _ => Ok(()),
    }
}

/// The certificate of a query, from the database as a reader sees it.
fn made(reader: &Reader, query: &str) -> Result<Value, Error> {
    let head = reader.head();
    let now = head.recorded_at.unwrap_or(RecordedTime(Timestamp::FIRST));
    let statements = parse(query)?;
    let [statement] = statements.as_slice() else {
        return Err(Error::new(ErrorCode::OneStatement, "a certificate is for one statement"));
    };
    let (plan, subjects) = planned(reader, statement, now.0)?;
    check_kind(plan.kind)?;
    let plan = Plan { is_explained: false, ..plan.recorded_by(now) };
    let explaining = Plan { is_explained: true, ..plan.clone() };
    let stored = rules(reader, Wanted::of(&explaining, &subjects), head, reader.sources()?)?;
    let explanations = answer(&explaining, &stored)?;
    let explained = explanations
        .iter()
        .filter_map(|row| if let Row::Explanation(explained) = row { Some(&**explained) } else { None });
    Ok(json!({
        "format": FORMAT,
        "query": plan.to_string(),
        "head": {
            "tx": head.tx.0,
            "hash": head.hash.to_string(),
            "recorded_at": head.recorded_at.map(|at| at.to_string()),
        },
        "answer": answer(&plan, &stored)?,
        "evidence": evidence(explained, &stored, reader)?,
    }))
}

/// Every statement, complete snapshot and retraction that was considered, as the journal has it.
fn evidence<'a>(
    explained: impl Iterator<Item = &'a Explanation>,
    stored: &StoredRules,
    reader: &Reader,
) -> Result<Vec<Value>, Error> {
    let mut lines: BTreeMap<TxId, Evidence> = BTreeMap::new();
    let mut pieces = Vec::new();
    let mut retractions: BTreeSet<(TxId, usize)> = BTreeSet::new();
    let of_sides = explained.flat_map(|it| it.candidates.iter().map(|candidate| (it.side, candidate)));
    for (side, candidate) in of_sides {
        let line = line_of(candidate.recorded.tx, reader, &mut lines)?;
        pieces.extend(considered(side, candidate, line));
        let source = [&candidate.recorded.id.source].into();
        for retraction in stored.rulebook.retractions_reaching(source) {
            let by = stored.sources.iter().find(|source| source.recorded_at == retraction.recorded_at);
            let Some(tx) = by.map(|source| source.tx) else { continue };
            let line = line_of(tx, reader, &mut lines)?;
            let retracted = retraction.retraction.source.as_str();
            let entries = line.retractions.iter().enumerate();
            let matching = entries.filter(|(_, entry)| entry["source"] == retracted);
            retractions.extend(matching.map(|(place, _)| (tx, place)));
        }
    }
    for (tx, place) in retractions {
        let line = line_of(tx, reader, &mut lines)?;
        pieces.push(piece("withdrawal", line, json!({ "says": line.retractions.get(place) })));
    }
    Ok(pieces)
}

fn line_of<'a>(
    tx: TxId,
    reader: &Reader,
    lines: &'a mut BTreeMap<TxId, Evidence>,
) -> Result<&'a Evidence, Error> {
    match lines.entry(tx) {
        std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
        std::collections::btree_map::Entry::Vacant(place) => Ok(place.insert(reader.evidence(tx)?)),
    }
}

/// A statement that was considered, with its rule; or, where it follows from a complete snapshot, that
/// snapshot.
fn considered(side: Option<&str>, candidate: &Candidate, line: &Evidence) -> Vec<Value> {
    let recorded = &candidate.recorded;
    let fields = |entry: &Value, rule: Option<&Value>| {
        json!({
            "statement": recorded.id.to_string(),
            "side": side,
            "fate": candidate.outcome,
            "because": candidate.because,
            "says": entry,
            "rule": rule,
        })
    };
    if recorded.follows_from_complete_snapshot() {
        let is_of_program = |entry: &&Value| is_of_program(entry, &recorded.statement.subject);
        return line
            .complete_snapshots
            .iter()
            .filter(is_of_program)
            .map(|entry| piece("listing", line, fields(entry, None)))
            .collect();
    }
    let entry = (recorded.id.ordinal as usize).checked_sub(1).and_then(|place| line.statements.get(place));
    let entry = entry.unwrap_or(&Value::Null);
    let claims = ["change", "sighting"].map(|kind| &entry["claim"][kind]["rule"]["id"]);
    let rule = claims.iter().find_map(|id| line.rules.get(id.as_str()?));
    vec![piece("statement", line, fields(entry, rule))]
}

fn is_of_program(entry: &Value, subject: &Subject) -> bool {
    entry["venue"] == subject.venue() && entry["program"] == subject.program().name()
}

/// A piece of evidence, with the place of its transaction in the chain.
fn piece(kind: &str, line: &Evidence, rest: Value) -> Value {
    let mut piece = json!({
        "kind": kind,
        "tx": line.tx.0,
        "previous": line.previous.to_string(),
        "hash": line.hash.to_string(),
        "source": line.source.to_string(),
    });
    if let (Value::Object(piece), Value::Object(rest)) = (&mut piece, rest) {
        piece.extend(rest);
    }
    piece
}

/// Names every field in which a certificate differs from the one that is made now.
fn compare(path: &str, certificate: &Value, fresh: &Value, problems: &mut Vec<String>) {
    let inside = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
    match (certificate, fresh) {
        (Value::Object(certificate), Value::Object(fresh)) => {
            for (name, value) in fresh {
                match certificate.get(name) {
                    Some(given) => compare(&inside(name), given, value, problems),
                    None => problems.push(format!("`{}` is missing", inside(name))),
                }
            }
            let surplus = certificate.keys().filter(|name| !fresh.contains_key(*name));
            problems.extend(surplus.map(|name| format!("`{}` is not part of it", inside(name))));
        }
        (Value::Array(certificate), Value::Array(fresh)) => {
            for (place, (given, value)) in certificate.iter().zip(fresh).enumerate() {
                compare(&format!("{path}[{place}]"), given, value, problems);
            }
            if certificate.len() != fresh.len() {
                let (has, gives) = (certificate.len(), fresh.len());
                problems.push(format!("`{path}` has {has} entries, the journal gives {gives}"));
            }
        }
        (given, value) if given == value => {}
        (given, value) => problems.push(format!("`{path}` is {given}, the journal gives {value}")),
    }
}
