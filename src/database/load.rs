//! Loading: files and folders → drafts → one transaction a file. A bad file stops no other.

use std::path::{Path, PathBuf};

use crate::database::editions::{self, Edition};
use crate::database::files::LoadInput;
use crate::database::postings::{self, Posting};
use crate::database::retract;
use crate::database::versions;
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::finding::{Finding, FindingCode, Severity};
use crate::ingest::{self, Draft, DraftRetraction, Input, OtherTopic};
use crate::rulebook::{Records, Rulebook};
use crate::statement::{Loss, Market, Origin, Precision, Retraction, RetractionKind, SourceId, TxId};
use crate::store::Reader;
use crate::text::Span;
use crate::time::{PublishedTime, Timestamp};

/// How documents are to be read.
///
/// ```
/// use tierbook::LoadOptions;
/// let options = LoadOptions { allow_unread: true, ..LoadOptions::default() };
/// assert!(options.allow_unread);
/// ```
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// When every file was published; takes precedence over what the files state.
    pub published_at: Option<Timestamp>,
    /// Whether a document is loaded although some of its text that looks like a table could not be read.
    pub allow_unread: bool,
    /// Whether an announcement without any margin rule is recorded all the same, as a source without statements.
    pub keep: bool,
    /// Whether a document is refused if any side of its tables could not be read.
    pub strict: bool,
    /// Whether a table of an exchange names everything that the exchange has under a program, so that what it
    /// does not name has no rule; `None` to tell by the number of names.
    pub complete: Option<bool>,
    /// Whose contracts tables in the form of public tools are about.
    pub market: Market,
    /// Whether a document that nothing else dates was published when its file was last changed. A copy or a
    /// download often has another time than the document.
    pub use_file_time: bool,
    /// The source of which the document is a newer edition, so that the statements of the older one do not
    /// count any more.
    pub revises: Option<SourceId>,
}

/// One file and the outcome of loading it.
///
/// ```
/// use tierbook::LoadOptions;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// for file in database.writer()?.load("seed", LoadOptions::default())?.files {
///     assert!(file.outcome.error().is_none(), "{}", file.path.display());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileReport {
    /// The file as it was named.
    pub path: PathBuf,
    /// The outcome.
    pub outcome: FileOutcome,
}

/// The outcome of loading a file.
///
/// ```
/// use tierbook::{FileOutcome, LoadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// let report = database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;
/// match &report.files[0].outcome {
///     FileOutcome::Loaded(document, tx) => assert_eq!((document.statements, tx.0), (68, 1)),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub enum FileOutcome {
    /// It was recorded.
    Loaded(DocumentSummary, TxId),
    /// It could be recorded; `check` stops here.
    Readable(DocumentSummary),
    /// It is an announcement without any margin rule, about this topic as far as that is known; nothing is
    /// recorded.
    NoRule(DocumentSummary, Option<OtherTopic>),
    /// The same bytes are recorded already.
    AlreadyLoaded(SourceId, TxId),
    /// It was read, but some of it could not be read, so that it is not recorded.
    Refused(DocumentSummary, Error),
    /// It cannot be read at all.
    Unreadable(Error),
}

impl FileOutcome {
    /// Why the file is not recorded; `None` where nothing is wrong with it.
    ///
    /// ```
    /// use tierbook::{ErrorCode, LoadInput, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let report = database.writer()?.load(LoadInput::bytes("empty.txt", ""), LoadOptions::default())?;
    /// assert_eq!(report.files[0].outcome.error().unwrap().code(), ErrorCode::DocumentEmpty);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn error(&self) -> Option<&Error> {
        match self {
            FileOutcome::Refused(_, error) | FileOutcome::Unreadable(error) => Some(error),
            FileOutcome::Loaded(..)
            | FileOutcome::Readable(_)
            | FileOutcome::NoRule(..)
            | FileOutcome::AlreadyLoaded(..) => None,
        }
    }
}

/// A document in a few figures, and its findings.
///
/// ```
/// use tierbook::{FileOutcome, LoadOptions, check};
/// let report = check("seed/binance-2026-02-03.txt", &LoadOptions::default());
/// let FileOutcome::Readable(document) = report.outcome else { panic!() };
/// assert_eq!((document.source.as_str(), document.findings.len()), ("ee2413a8367c", 16));
/// let place = document.findings[0].span.of(&document.text);
/// assert!(!place.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct DocumentSummary {
    /// The id it has or would have.
    pub source: SourceId,
    /// Its title.
    pub title: String,
    /// When it was published and how exactly that is known; `None` where nothing tells.
    pub publication: Option<(PublishedTime, Precision)>,
    /// Where the publication comes from.
    pub origin: Origin,
    /// Whether it is recorded already and corrects when it was published.
    pub corrects: bool,
    /// How many statements it contains.
    pub statements: usize,
    /// What is wrong, suspicious or unread in it.
    pub findings: Vec<Finding>,
    /// What it states and is not stored, because it cannot be read whole.
    pub losses: Vec<Loss>,
    /// The contracts and assets that could not be read and are left out, where the others are recorded all the
    /// same.
    pub left_out: Vec<String>,
    /// Its text, in which the spans of the findings are places.
    pub text: String,
    /// The stored sources of which it is, or may be, a newer edition; empty for `check`, which needs no
    /// database.
    pub editions: Vec<Edition>,
}

impl DocumentSummary {
    fn of(draft: &Draft, editions: Vec<Edition>) -> DocumentSummary {
        DocumentSummary {
            source: SourceId::of(&draft.sha256),
            title: draft.title.clone(),
            publication: draft.publication,
            origin: draft.origin,
            corrects: draft
                .retractions
                .iter()
                .any(|it| matches!(it.retraction.kind, RetractionKind::Correct(_))),
            // A postponement becomes a statement when it is recorded.
            statements: draft.statements.len() + draft.postponements.len(),
            findings: draft.findings.clone(),
            losses: draft.losses.clone(),
            left_out: draft.left_out(),
            text: draft.text.clone(),
            editions,
        }
    }
}

/// What came of preparing a document for recording.
pub(super) enum Prepared {
    /// It may be recorded.
    Recordable(DocumentSummary, Draft),
    /// It is not recorded, for this reason.
    Not(FileOutcome),
}

/// Reads one file and reports what it contains; nothing is recorded.
/// ```
/// use tierbook::{FileOutcome, LoadOptions, check};
///
/// let report = check("seed/binance-2026-02-03.txt", &LoadOptions::default());
/// match report.outcome {
///     FileOutcome::Readable(summary) => assert_eq!(summary.statements, 68),
///     other => panic!("{other:?}"),
/// }
/// ```
pub fn check(input: impl Into<LoadInput>, options: &LoadOptions) -> FileReport {
    let input = input.into();
    let path = input.path();
    let outcome = match read(&input, options, &Rulebook::default()) {
        Ok(draft) => match refusal(&draft, &input, options) {
            None if is_left_out(&draft, options) => no_rule(&draft),
            None => FileOutcome::Readable(DocumentSummary::of(&draft, Vec::new())),
            Some(error) => FileOutcome::Refused(DocumentSummary::of(&draft, Vec::new()), error),
        },
        Err(error) => FileOutcome::Unreadable(error),
    };
    FileReport { path, outcome }
}

/// A document as it would be recorded. Nothing is recorded. `reader` is of the database, where there is one,
/// and `sources` are those that are stored.
///
/// # Errors
/// The database is damaged.
pub(super) fn prepared(
    document: &LoadInput,
    options: &LoadOptions,
    stored: &Rulebook,
    reader: Option<&Reader>,
) -> Result<Prepared, Error> {
    let draft = match readable(document, options, stored) {
        Ok(draft) => draft,
        Err(outcome) => return Ok(Prepared::Not(*outcome)),
    };
    match (reader, retract::needs_something_stored(&draft)) {
        (Some(reader), _) => settled(draft, reader),
        (None, Some(error)) => Ok(Prepared::Not(FileOutcome::Unreadable(error))),
        (None, None) => Ok(Prepared::Recordable(DocumentSummary::of(&draft, Vec::new()), draft)),
    }
}

/// A draft with everything that it retracts, postpones and revises compared with what is stored.
///
/// # Errors
/// The database is damaged.
pub(super) fn settled(draft: Draft, reader: &Reader) -> Result<Prepared, Error> {
    let mut draft = match retract::settle(draft, reader) {
        Ok(draft) => draft,
        Err(error) if error.kind() == ErrorKind::Input => {
            return Ok(Prepared::Not(FileOutcome::Unreadable(error)));
        }
        Err(error) => return Err(error),
    };
    let editions = editions::editions(&draft, reader)?;
    draft.findings.splice(0..0, editions::findings(&editions));
    Ok(Prepared::Recordable(DocumentSummary::of(&draft, editions), draft))
}

/// The draft of a document that is new and may be recorded; else the outcome of loading it.
pub(super) fn readable(
    document: &LoadInput,
    options: &LoadOptions,
    stored: &Rulebook,
) -> Result<Draft, Box<FileOutcome>> {
    let unreadable = |error| Box::new(FileOutcome::Unreadable(error));
    if let Some((source, tx)) = versions::known(document, stored).map_err(unreadable)? {
        return Err(Box::new(FileOutcome::AlreadyLoaded(source, tx)));
    }
    let draft = read(document, options, stored).map_err(unreadable)?;
    let refused = refusal(&draft, document, options);
    let draft = known_or_marked(draft, options, stored)?;
    match refused {
        Some(error) => Err(Box::new(FileOutcome::Refused(DocumentSummary::of(&draft, Vec::new()), error))),
        None if is_left_out(&draft, options) => Err(Box::new(no_rule(&draft))),
        None => Ok(draft),
    }
}

/// Whether a document is not recorded because it contains no rule. One that revises another is recorded.
fn is_left_out(draft: &Draft, options: &LoadOptions) -> bool {
    draft.has_no_rule() && !options.keep && options.revises.is_none()
}

fn no_rule(draft: &Draft) -> FileOutcome {
    FileOutcome::NoRule(DocumentSummary::of(draft, Vec::new()), OtherTopic::of_title(&draft.title))
}

/// What decides whether documents are recorded already.
pub(super) fn book(reader: &Reader) -> Result<Rulebook, Error> {
    Ok(Rulebook::new(Records {
        retractions: reader.retractions()?,
        sources: reader.sources()?,
        ..Records::default()
    }))
}

/// A draft that is to be recorded, marked where it corrects what is recorded of the same bytes; else the
/// outcome, where it adds nothing.
pub(super) fn known_or_marked(
    mut draft: Draft,
    options: &LoadOptions,
    stored: &Rulebook,
) -> Result<Draft, Box<FileOutcome>> {
    draft.retractions.retain(|it| !matches!(it.retraction.kind, RetractionKind::Correct(_)));
    match postings::posting(&draft, options.published_at.is_some(), stored) {
        Posting::Known(tx) => Err(Box::new(FileOutcome::AlreadyLoaded(SourceId::of(&draft.sha256), tx))),
        Posting::First | Posting::Again => Ok(draft),
        Posting::Correction => {
            postings::mark_as_correction(&mut draft, None, "load --published-at");
            Ok(draft)
        }
    }
}

fn read(document: &LoadInput, options: &LoadOptions, stored: &Rulebook) -> Result<Draft, Error> {
    let (file, bytes) = document.contents()?;
    let bytes = postings::as_stored(bytes, stored);
    let (published_at, complete) = (options.published_at, options.complete);
    let input = Input { file: &file, bytes: &bytes, published_at, complete };
    let market = &options.market;
    let mut draft = match document.committed_at() {
        Some(committed_at) => versions::read(&input, market, committed_at)?,
        None => ingest::read_of(&input, market)?,
    };
    if let (None, Some(changed_at)) = (draft.publication, document.changed_at(options.use_file_time)) {
        draft.publication = Some((PublishedTime(changed_at), Precision::Exact));
        draft.origin = Origin::FileTime;
        draft.findings.retain(|finding| finding.code != FindingCode::NoPublication);
    }
    if let Some(older) = &options.revises {
        draft.retractions.push(DraftRetraction {
            retraction: Retraction {
                source: *older,
                ordinal: None,
                kind: RetractionKind::Revise,
                reason: format!("{file} is a newer edition"),
            },
            span: Span::new(0, 0),
        });
    }
    Ok(draft)
}

/// Reads a file as `load` would record it.
///
/// # Errors
/// It cannot be read, or not all of it can be read.
pub(super) fn read_for_recording(path: &Path, options: &LoadOptions) -> Result<Draft, Error> {
    let file = LoadInput::File(path.to_path_buf());
    let draft = read(&file, options, &Rulebook::default())?;
    refusal(&draft, &file, options).map_or(Ok(draft), Err)
}

/// Why a document that was read must not be recorded; `None` where it may.
fn refusal(draft: &Draft, document: &LoadInput, options: &LoadOptions) -> Option<Error> {
    // The document of an export was allowed where it was recorded first.
    let allowed = draft.is_export() || (options.allow_unread && !draft.statements.is_empty());
    let is_refused = draft.is_refused() || (options.strict && draft.has_unread());
    if allowed || !is_refused {
        return None;
    }
    let errors = || draft.findings.iter().filter(|finding| finding.code.severity() == Severity::Error);
    let cut = errors().find(|finding| finding.code == FindingCode::Truncated);
    let refusing = || errors().find(|finding| finding.code.refuses());
    let first = cut.or_else(refusing).or_else(|| errors().next()).map_or(String::new(), |finding| {
        format!("{} at line {}", finding.message, crate::text::line_number(&draft.text, finding.span.start))
    });
    let more = match errors().count() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", crate::text::counted(count as u64 - 1, "place")),
    };
    let error = Error::new(ErrorCode::Unread, format!("{}: {first}{more}", draft.file));
    // Half a text must not be recorded as if it were all of it.
    if cut.is_some() {
        return Some(error.hint("save the whole announcement again, down to its closing date"));
    }
    let error = error.hint(document.how_to_check());
    if draft.statements.is_empty() {
        return Some(error);
    }
    if !draft.is_refused() {
        return Some(error.hint("without `--strict`, the rest of the document is recorded"));
    }
    Some(error.hint("`load --allow-unread` records what could be read"))
}
