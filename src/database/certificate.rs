//! Certificates: one answer with all its evidence and the place of the evidence in the chain of hashes.
//!
//! A certificate is made from its query and the database as it was at one transaction. It is checked by
//! making it again and comparing every field: whatever was forged differs from what the journal gives.
//!
//! `docs/check_certificate.py` does the same without this program. Therefore a certificate has nothing that
//! depends on the wording of a sentence, or on the other subjects of a program.

mod evidence;
mod stripped;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

use crate::database::Database;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::rows::Row;
use crate::query::syntax::ast::Statement;
use crate::query::syntax::language::StatementKind;
use crate::query::{Plan, answer, parse};
use crate::snapshot::read::{planned, rules};
use crate::snapshot::wanted::Wanted;
use crate::statement::{Sha256, TxId};
use crate::store::Reader;
use crate::text::terminal;
use crate::time::{RecordedTime, Timestamp};

/// With the proof that its evidence is in the chain.
const FORMAT: &str = "tierbook certificate 3";
/// Without: of a database whose journal has format 1, or had it then.
const FORMAT_2: &str = "tierbook certificate 2";
const FORMER_FORMAT: &str = "tierbook certificate 1";

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
        let certificate = certified(&reader, &query, reader.has_roots()?)?;
        // With a lost transaction its root may be lost: only the journal shows the rest then.
        if has_unknown_root(&certificate) { certified(&reader, &query, false) } else { Ok(certificate) }
    }

    /// Checks a certificate, or several one after the other in one file, against the journal: its head, the place of each transaction, each statement, and
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
    /// The file cannot be read, has more than [`limits::CERTIFICATE_BYTES`] bytes (`too_large`), or contains no certificate
    /// (`not_a_certificate`), more than [`limits::CERTIFICATES`] or those of more than [`limits::CERTIFICATE_HEADS`]
    /// transactions (`too_many_certificates`); or there is no database, or its journal is broken.
    pub fn check_certificate(&self, file: &Path) -> Result<Vec<String>, Error> {
        let text = text_of(file)?;
        let certificates = read(&text, file)?;
        if certificates.is_empty() {
            let message = format!("{} is not a certificate: it is empty", file.display());
            return Err(Error::new(ErrorCode::NotACertificate, message));
        }
        let found = self.check_all(&certificates)?;
        let several = found.len() > 1;
        let named = |(place, problems): (usize, Vec<String>)| {
            let name = if several { format!("number {}: ", place + 1) } else { String::new() };
            problems.into_iter().map(move |problem| format!("{name}{problem}"))
        };
        Ok(found.into_iter().enumerate().flat_map(named).collect())
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
        Ok(self.check_all(std::slice::from_ref(certificate))?.pop().unwrap_or_default())
    }

    /// What is wrong with each of several certificates. What the journal gives is made once for each question, and the journal
    /// read once for each transaction that is the head of one.
    fn check_all(&self, certificates: &[Value]) -> Result<Vec<Vec<String>>, Error> {
        let mut by_head: Vec<(usize, &Value)> = certificates.iter().enumerate().collect();
        by_head.sort_by_key(|(_, certificate)| certificate["head"]["tx"].as_u64());
        let mut made = Made::default();
        let mut found = vec![Vec::new(); certificates.len()];
        for (place, certificate) in by_head {
            let problems = self.problems(certificate, &mut made)?;
            if let Some(found) = found.get_mut(place) {
                *found = problems.into_iter().map(terminal::message).collect();
            }
        }
        Ok(found)
    }

    fn problems(&self, certificate: &Value, made: &mut Made) -> Result<Vec<String>, Error> {
        let has_proof = certificate["format"] == FORMAT;
        match &certificate["format"] {
            format if format == FORMAT || format == FORMAT_2 => {}
            format if format == FORMER_FORMAT => {
                let why = "an earlier version made it, which wrote down less; make it again from its `query`";
                return Ok(vec![format!("`format` is \"{FORMER_FORMAT}\": {why}")]);
            }
            _ => return Ok(vec![format!("`format` is not \"{FORMAT}\"")]),
        }
        let Some(tx) = certificate["head"]["tx"].as_u64() else {
            return Ok(vec!["`head.tx` is not the number of a transaction".to_string()]);
        };
        let Some(query) = certificate["query"].as_str() else {
            return Ok(vec!["`query` is not a text".to_string()]);
        };
        made.go_to(self, tx)?;
        let Some(reader) = &made.reader else {
            return Ok(vec![format!("`head.tx`: the journal has no transaction {tx}")]);
        };
        if has_proof && !reader.has_roots()? {
            return Ok(vec![format!("`format` is \"{FORMAT}\", which needs a journal of format 2")]);
        }
        let key = (query.to_string(), has_proof);
        let fresh = made.certificates.entry(key).or_insert_with(|| certified(reader, query, has_proof));
        let mut problems = Vec::new();
        match fresh {
            Ok(fresh) if has_unknown_root(fresh) => {
                let fresh = with_roots_of(certificate, fresh, reader)?;
                compare("", certificate, &fresh, &mut problems);
            }
            Ok(fresh) => compare("", certificate, fresh, &mut problems),
            Err(error) => problems.push(format!("`query` cannot be asked: {}", error.message)),
        }
        if !problems.is_empty() {
            problems.splice(0..0, rests_on_lost(certificate, reader)?);
        }
        Ok(problems)
    }
}

/// What was made already, while several certificates are checked in the order of their heads.
#[derive(Default)]
struct Made {
    /// The last transaction of `reader`.
    tx: Option<u64>,
    /// The database up to there; `None` where the journal ends before, as it does for all that come later.
    reader: Option<Reader>,
    /// How many readers there were.
    readers: usize,
    /// By the query, and whether it has a proof: up to there.
    certificates: BTreeMap<(String, bool), Result<Value, Error>>,
}

impl Made {
    fn go_to(&mut self, database: &Database, tx: u64) -> Result<(), Error> {
        let has_ended = self.tx.is_some() && self.reader.is_none();
        if self.tx == Some(tx) || has_ended {
            return Ok(());
        }
        if self.readers == limits::CERTIFICATE_HEADS {
            let message =
                format!("the certificates are of more than {} transactions", limits::CERTIFICATE_HEADS);
            return Err(Error::new(ErrorCode::TooManyCertificates, message).hint(SPLIT));
        }
        // One database is in memory at a time.
        *self = Made { tx: Some(tx), readers: self.readers + 1, ..Made::default() };
        self.reader = Reader::open_as_of(database.dir(), TxId(tx))?;
        Ok(())
    }
}

/// The text of a file of certificates.
///
/// # Errors
/// It cannot be read, or is too large.
fn text_of(file: &Path) -> Result<String, Error> {
    let cannot_read = |error: std::io::Error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", file.display())).because(error)
    };
    let most = limits::CERTIFICATE_BYTES;
    let opened = File::open(file).map_err(cannot_read)?;
    // The size of a pipe is not known before it is read.
    let mut bytes = opened.metadata().map_err(cannot_read)?.len();
    let mut text = String::new();
    if bytes <= most {
        bytes = opened.take(most + 1).read_to_string(&mut text).map_err(cannot_read)? as u64;
    }
    if bytes > most {
        let what = format!("{} has more than {most} bytes, the most that are checked", file.display());
        return Err(Error::new(ErrorCode::TooLarge, what).hint("check its certificates in several files"));
    }
    Ok(text)
}

/// The certificates of a text, one after the other.
fn read(text: &str, file: &Path) -> Result<Vec<Value>, Error> {
    let mut certificates = Vec::new();
    for certificate in serde_json::Deserializer::from_str(text).into_iter() {
        let certificate = certificate.map_err(|error| {
            Error::new(
                ErrorCode::NotACertificate,
                format!("{} is not a certificate: {error}", file.display()),
            )
            .because(error)
            .hint("`tierbook certificate QUERY` writes one")
        })?;
        if certificates.len() == limits::CERTIFICATES {
            let message = format!("{} has more than {} certificates", file.display(), limits::CERTIFICATES);
            return Err(Error::new(ErrorCode::TooManyCertificates, message).hint(SPLIT));
        }
        certificates.push(certificate);
    }
    Ok(certificates)
}

/// What to do with a file of too many.
const SPLIT: &str = "split the file: each certificate is checked alone";

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

/// The certificate of a query, from the database as a reader sees it. One without a proof has the hashes of before
/// a migration, if there was one: it was made then.
fn certified(reader: &Reader, query: &str, has_proof: bool) -> Result<Value, Error> {
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
    let stored = rules(reader, Wanted::of(&explaining, &subjects), head)?;
    let explanations = answer(&explaining, &stored)?;
    let explained = explanations
        .iter()
        .filter_map(|row| if let Row::Explanation(explained) = row { Some(&**explained) } else { None });
    let evidence = evidence::of(explained, &stored, reader)?;
    let mut certificate = json!({
        "format": if has_proof { FORMAT } else { FORMAT_2 },
        "query": plan.to_string(),
        "head": {
            "tx": head.tx.0,
            "hash": head.hash.to_string(),
            "recorded_at": head.recorded_at.map(|at| at.to_string()),
        },
        "answer": stripped::rows(&answer(&plan, &stored)?),
        "transactions": evidence.transactions,
        "evidence": evidence.pieces,
    });
    if has_proof {
        certificate["proof"] = json!(evidence.proof);
    } else {
        with_former_hashes(&mut certificate, &reader.former_hashes()?);
    }
    Ok(certificate)
}

/// That a certificate rests on a transaction that is lost, so that it differs from what the journal gives now.
fn rests_on_lost(certificate: &Value, reader: &Reader) -> Result<Option<String>, Error> {
    let named =
        certificate["transactions"].as_array().into_iter().flatten().filter_map(|it| it["tx"].as_u64());
    let lost = reader.lost()?;
    let first = named.filter(|tx| lost.iter().any(|it| it.tx.0 == *tx)).min();
    Ok(first.map(|tx| {
        format!(
            "it rests on transaction {tx}, which is lost, so that only its proof can be checked: \
             docs/check_certificate.py does that without --journal"
        )
    }))
}

/// Whether the root of a lost transaction is missing from the proof of a certificate.
fn has_unknown_root(certificate: &Value) -> bool {
    let unknown = NO_ROOT.to_string();
    certificate["proof"]["roots"]
        .as_array()
        .is_some_and(|roots| roots.iter().any(|root| *root == unknown.as_str()))
}

/// What the journal gives, with the roots of lost transactions as a certificate has them, where the chain shows that they
/// are right.
fn with_roots_of(certificate: &Value, fresh: &Value, reader: &Reader) -> Result<Value, Error> {
    let mut fresh = fresh.clone();
    let (first, given) = (fresh["transactions"][0]["tx"].as_u64(), &certificate["proof"]["roots"]);
    let roots = fresh["proof"]["roots"].as_array_mut().into_iter().flatten();
    for (tx, (root, given)) in (first.unwrap_or(1)..).zip(roots.zip(given.as_array().into_iter().flatten())) {
        let given_root = given.as_str().and_then(Sha256::parse).unwrap_or(NO_ROOT);
        if reader.is_root(TxId(tx), given_root)? {
            *root = given.clone();
        }
    }
    Ok(fresh)
}

/// In the place of a root that is not known.
const NO_ROOT: Sha256 = Sha256([0; 32]);

/// Gives the hashes that its transactions had before a migration to a certificate.
fn with_former_hashes(certificate: &mut Value, former: &[Sha256]) {
    let hash_of =
        |tx: &Value| tx.as_u64().and_then(|tx| former.get(usize::try_from(tx).ok()?)).map(Sha256::to_string);
    if let Some(hash) = hash_of(&certificate["head"]["tx"]) {
        certificate["head"]["hash"] = hash.into();
    }
    for transaction in certificate["transactions"].as_array_mut().into_iter().flatten() {
        let tx = transaction["tx"].as_u64().unwrap_or_default();
        if let Some(hash) = hash_of(&json!(tx)) {
            transaction["hash"] = hash.into();
            transaction["previous"] = hash_of(&json!(tx.saturating_sub(1))).into();
        }
    }
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
