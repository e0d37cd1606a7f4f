//! Loading: how documents are to be read, and the outcome of each. A bad file stops no other.

use std::path::PathBuf;

use crate::database::editions::Edition;
use crate::error::Error;
use crate::finding::Finding;
use crate::ingest::{Draft, OtherTopic};
use crate::statement::{Loss, Market, Origin, Precision, RetractionKind, SourceId, TxId};
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
    pub(super) fn of(draft: &Draft, editions: Vec<Edition>) -> DocumentSummary {
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
