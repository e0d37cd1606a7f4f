//! A database: loading, correcting, verifying, auditing.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tierbook::audit::Judgement;
use tierbook::{
    Correction, ErrorCode, ErrorKind, FileOutcome, FileReport, LoadInput, LoadOptions, Market, Reason, Row,
    Sha256, Timestamp,
};

use crate::errors::{Result, raise};
use crate::rows::Rows;
use crate::rules::Snapshot;
use crate::values::{self, time};

/// A database in a folder.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Database(tierbook::Database);

/// The name of a file or folder; or that of a document, and its bytes.
type Source<'py> = (PathBuf, Option<Bound<'py, PyBytes>>);

/// The rows, how many there are of each judgement, and the lines that cannot be read.
type Audited = (Rows, Vec<(&'static str, usize)>, Vec<String>);

/// The number, whether it is new, and what was done.
type Corrected = (u64, bool, String);

#[pymethods]
impl Database {
    /// Opens the database in a folder.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> Result<Database> {
        py.detach(|| tierbook::Database::open(path)).map(Database).map_err(|error| raise(py, &error))
    }

    /// Makes an empty database in a folder.
    #[staticmethod]
    fn create(py: Python<'_>, path: PathBuf) -> Result<Database> {
        py.detach(|| tierbook::Database::create(path)).map(Database).map_err(|error| raise(py, &error))
    }

    /// Its folder.
    #[getter]
    fn path(&self) -> PathBuf {
        self.0.dir().to_path_buf()
    }

    /// Its newest transaction, the hash of that, and when it was recorded in microseconds since 1970.
    fn head(&self, py: Python<'_>) -> Result<(u64, String, Option<i64>)> {
        let head = py.detach(|| self.0.head()).map_err(|error| raise(py, &error))?;
        Ok((head.tx.0, head.hash.to_string(), head.recorded_at.map(|at| at.0.micros())))
    }

    /// The database as it is now.
    fn snapshot(&self, py: Python<'_>) -> Result<Snapshot> {
        py.detach(|| self.0.snapshot()).map(Snapshot).map_err(|error| raise(py, &error))
    }

    /// Loads files, folders or archives, or bytes under the name of a file: the outcome of each document as a JSON array,
    /// and the notices. Of several, one that is not there stops no other.
    fn load(
        &self,
        py: Python<'_>,
        sources: Vec<Source<'_>>,
        options: &Bound<'_, PyDict>,
    ) -> Result<(String, Vec<String>)> {
        let options = self.load_options(py, options)?;
        let are_several = sources.len() > 1;
        let input = |(path, bytes): Source<'_>| match bytes {
            Some(bytes) => (LoadInput::bytes(path.display().to_string(), bytes.as_bytes()), path),
            None => (LoadInput::File(path.clone()), path),
        };
        let inputs: Vec<(LoadInput, PathBuf)> = sources.into_iter().map(input).collect();
        let load = || -> tierbook::Result<(Vec<FileReport>, Vec<String>)> {
            let mut writer = self.0.writer()?;
            let mut files = Vec::new();
            for (input, path) in inputs {
                match writer.load(input, options.clone()) {
                    Ok(report) => files.extend(report.files),
                    Err(error) if are_several && is_of_file(&error) => {
                        files.push(FileReport { path, outcome: FileOutcome::Unreadable(error) });
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok((files, writer.notices()))
        };
        let (files, notices) = py.detach(load).map_err(|error| raise(py, &error))?;
        Ok((serde_json::to_string(&files).unwrap_or_default(), notices))
    }

    /// The newest transactions, as rows; all of them where no number is given.
    #[pyo3(signature = (limit=None))]
    fn log(&self, py: Python<'_>, limit: Option<usize>) -> Result<Rows> {
        let entries = py.detach(|| self.0.log(limit.unwrap_or(usize::MAX)));
        let rows = |entry| Row::Log(Box::new(entry));
        Ok(Rows::of(entries.map_err(|error| raise(py, &error))?.into_iter().map(rows).collect()))
    }

    /// Records a correction of the kind that is named.
    #[pyo3(signature = (kind, what, reason, published_at=None, other=None, to=None, tx=None))]
    #[expect(clippy::too_many_arguments, reason = "what the kinds of corrections take")]
    fn correct(
        &self,
        py: Python<'_>,
        kind: &str,
        what: &Bound<'_, PyAny>,
        reason: &Bound<'_, PyAny>,
        published_at: Option<&Bound<'_, PyAny>>,
        other: Option<&Bound<'_, PyAny>>,
        to: Option<&Bound<'_, PyAny>>,
        tx: Option<u64>,
    ) -> Result<Corrected> {
        let tx = tx.map(tierbook::TxId);
        let (what, reason) = (values::text(what, "source")?, values::text(reason, "reason")?);
        let other = other.map(|value| values::text(value, "by")).transpose()?;
        let to = to.map(|value| time(value, "to")).transpose()?.unwrap_or_else(Timestamp::now);
        let correction = match kind {
            "unload" => Correction::Unload { source: what, tx },
            "retract" => Correction::Retract { what },
            "supersede" => Correction::Supersede { older: what, newer: other.unwrap_or_default() },
            "reschedule" => Correction::Reschedule { what, to },
            "publication" => Correction::Correct { source: what, published_at: to, tx },
            _ => Correction::Undo { tx },
        };
        let mut reason = Reason::new(reason);
        if let Some(published_at) = published_at {
            reason = reason.published_at(time(published_at, "published_at")?);
        }
        let done =
            py.detach(|| self.0.writer()?.correct(&correction, reason)).map_err(|error| raise(py, &error))?;
        Ok((done.tx.0, done.is_new, done.message))
    }

    /// Verifies every hash and record, and that a hash noted earlier is in the chain: a JSON object.
    #[pyo3(signature = (head=None))]
    fn verify(&self, py: Python<'_>, head: Option<&str>) -> Result<String> {
        let not_a_hash = || {
            let error = tierbook::Error::new(tierbook::ErrorCode::NotAHash, "`head` is not a hash");
            raise(py, &error.hint("give the 64 hexadecimal digits that `Database.head` gave"))
        };
        let read = |text: &str| Sha256::parse(&text.to_lowercase()).ok_or_else(not_a_hash);
        let head = head.map(read).transpose()?;
        let verified = py.detach(|| self.0.verify(head)).map_err(|error| raise(py, &error))?;
        Ok(serde_json::to_string(&verified).unwrap_or_default())
    }

    /// Judges every figure of a log of decisions: the rows, how many there are of each judgement, and the lines that
    /// cannot be read.
    #[pyo3(signature = (log, zone=None))]
    fn audit(&self, py: Python<'_>, log: PathBuf, zone: Option<&str>) -> Result<Audited> {
        let zone = zone.map(str::parse).transpose().map_err(|error| raise(py, &error))?;
        let judged = py.detach(|| {
            let audit = self.0.audit_in(&log, Timestamp::now(), zone, &mut |_, _| {})?;
            let rows = Rows::of_judged(audit.rows().collect());
            let counts = Judgement::ALL.iter().map(|judgement| (judgement.name(), audit.count(*judgement)));
            let errors = audit.errors.iter().map(|error| error.message().to_string());
            Ok((rows, counts.collect(), errors.collect()))
        });
        judged.map_err(|error: tierbook::Error| raise(py, &error))
    }

    /// Copies the database to a folder, or what is newer there: how many transactions the copy has.
    fn backup(&self, py: Python<'_>, to: PathBuf) -> Result<u64> {
        py.detach(|| self.0.backup(to)).map(|done| done.head.tx.0).map_err(|error| raise(py, &error))
    }
}

/// Whether an error is of the file that was to be loaded, not of the database.
fn is_of_file(error: &tierbook::Error) -> bool {
    error.kind() == ErrorKind::Input || error.code() == ErrorCode::CannotRead
}

impl Database {
    fn load_options(&self, py: Python<'_>, options: &Bound<'_, PyDict>) -> Result<LoadOptions> {
        let get = |name: &str| options.get_item(name).map(|value| value.filter(|value| !value.is_none()));
        let text = |name: &str| get(name)?.map(|value| values::text(&value, name)).transpose();
        let flag = |name: &str| get(name)?.map_or(Ok(false), |value| value.extract::<bool>());
        let market = Market::new(text("venue")?.as_deref(), text("program")?.as_deref());
        let revises = text("revises")?.map(|id| self.0.source(&id)).transpose();
        Ok(LoadOptions {
            published_at: get("published_at")?.map(|value| time(&value, "published_at")).transpose()?,
            allow_unread: flag("allow_unread")?,
            keep: flag("keep")?,
            strict: flag("strict")?,
            complete: get("complete")?.map(|value| value.extract()).transpose()?,
            market: market.map_err(|error| raise(py, &error))?,
            use_file_time: flag("use_file_time")?,
            revises: revises.map_err(|error| raise(py, &error))?,
        })
    }
}
