//! Loading: files and folders → drafts → one transaction a file. A bad file stops no other.

use std::path::{Path, PathBuf};

use crate::database::editions::{self, Edition};
use crate::database::files::LoadInput;
use crate::database::retract::{self, Unsettled};
use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, Severity};
use crate::ingest::{self, Draft, DraftRetraction, Input};
use crate::statement::{Precision, RecordedSource, Retraction, RetractionKind, Source, SourceId, TxId};
use crate::store::Reader;
use crate::text::Span;
use crate::time::{PublishedTime, Timestamp};

/// How documents are to be read.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The publication instant of every file, in place of what the files say.
    pub published_at: Option<Timestamp>,
    /// Whether a document of which table-like text stays unread is loaded all the same.
    pub allow_unread: bool,
    /// Whether a listing names everything the exchange has under a program; `None` to tell by its length.
    pub complete: Option<bool>,
    /// The source of which the document is a newer edition, so that what the older one says does not count any more.
    pub revises: Option<SourceId>,
}

/// What became of one file.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// The file as it was named.
    pub path: PathBuf,
    /// What became of it.
    pub outcome: FileOutcome,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub enum FileOutcome {
    /// It was recorded.
    Loaded(Summary, TxId),
    /// It could be recorded; `check` stops here.
    Readable(Summary),
    /// The same bytes are recorded already.
    AlreadyLoaded(SourceId, TxId),
    /// It was read, but what stays unread forbids recording it.
    Refused(Summary, Error),
    /// It cannot be read at all.
    Unreadable(Error),
}

impl FileOutcome {
    /// Why the file is not recorded; `None` where nothing is wrong with it.
    pub fn error(&self) -> Option<&Error> {
        match self {
            FileOutcome::Refused(_, error) | FileOutcome::Unreadable(error) => Some(error),
            FileOutcome::Loaded(..) | FileOutcome::Readable(_) | FileOutcome::AlreadyLoaded(..) => None,
        }
    }
}

/// What a document says, counted, and its findings.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The id it has or would have.
    pub source: SourceId,
    /// Its title.
    pub title: String,
    /// When it was published and how exactly that is known; `None` where it does not say.
    pub publication: Option<(PublishedTime, Precision)>,
    /// How many statements it makes.
    pub statements: usize,
    /// What is odd about it.
    pub findings: Vec<Finding>,
    /// Its text, in which the spans of the findings count.
    pub text: String,
    /// Of which sources held it is, or may be, a newer edition; `check` does not look.
    pub editions: Vec<Edition>,
}

impl Summary {
    fn of(draft: &Draft, editions: Vec<Edition>) -> Summary {
        Summary {
            source: SourceId::of(&draft.sha256),
            title: draft.title.clone(),
            publication: draft.publication,
            // A postponement becomes a statement when it is recorded.
            statements: draft.statements.len() + draft.postponements.len(),
            findings: draft.findings.clone(),
            text: draft.text.clone(),
            editions,
        }
    }
}

/// Reads one file and says what it holds; nothing is recorded.
pub fn check(path: &Path, options: &LoadOptions) -> FileReport {
    let outcome = match read(&LoadInput::File(path.to_path_buf()), options) {
        Ok(draft) => match refusal(&draft, options) {
            None => FileOutcome::Readable(Summary::of(&draft, Vec::new())),
            Some(error) => FileOutcome::Refused(Summary::of(&draft, Vec::new()), error),
        },
        Err(error) => FileOutcome::Unreadable(error),
    };
    FileReport { path: path.to_path_buf(), outcome }
}

/// A document as it would be recorded; or, as the second result, what would become of it instead. Nothing is recorded.
/// `reader` is of the database, where there is one, and `held` are its sources.
///
/// # Errors
/// The database is damaged.
pub(super) fn prepared(
    document: &LoadInput,
    options: &LoadOptions,
    held: &[RecordedSource],
    reader: Option<&Reader>,
) -> Result<Result<(Summary, Draft), FileOutcome>, Error> {
    let draft = match readable(document, options, held) {
        Ok(draft) => draft,
        Err(outcome) => return Ok(Err(*outcome)),
    };
    match (reader, retract::needs_something_stored(&draft)) {
        (Some(reader), _) => settled(draft, reader),
        (None, Some(error)) => Ok(Err(FileOutcome::Unreadable(error))),
        (None, None) => Ok(Ok((Summary::of(&draft, Vec::new()), draft))),
    }
}

/// A draft with what it takes back, puts off and revises held against what is recorded; or what becomes of it instead.
pub(super) fn settled(draft: Draft, reader: &Reader) -> Result<Result<(Summary, Draft), FileOutcome>, Error> {
    let mut draft = match retract::settle(draft, reader) {
        Ok(draft) => draft,
        Err(Unsettled::Draft(error)) => return Ok(Err(FileOutcome::Unreadable(error))),
        Err(Unsettled::Store(error)) => return Err(error),
    };
    let editions = editions::editions(&draft, reader)?;
    draft.findings.splice(0..0, editions::findings(&editions));
    Ok(Ok((Summary::of(&draft, editions), draft)))
}

/// The draft of a document that is new and may be recorded; else what becomes of it.
pub(super) fn readable(
    document: &LoadInput,
    options: &LoadOptions,
    held: &[RecordedSource],
) -> Result<Draft, Box<FileOutcome>> {
    let draft = read(document, options).map_err(|error| Box::new(FileOutcome::Unreadable(error)))?;
    match (loaded_already(&draft, held), refusal(&draft, options)) {
        (Some(outcome), _) => Err(Box::new(outcome)),
        (None, Some(error)) => Err(Box::new(FileOutcome::Refused(Summary::of(&draft, Vec::new()), error))),
        (None, None) => Ok(draft),
    }
}

/// The outcome for a document that is recorded already. The same bytes with a publication that is nearer to the truth
/// are recorded once more, and count from then on in place of the first.
pub(super) fn loaded_already(draft: &Draft, held: &[RecordedSource]) -> Option<FileOutcome> {
    let order = |(published_at, precision)| Source::publication_order(published_at, precision);
    let last = held.iter().rev().find(|recorded| recorded.source.sha256 == draft.sha256)?;
    let known = order((last.source.published_at, last.source.precision));
    let nearer = draft.publication.is_some_and(|publication| order(publication) < known);
    (!nearer).then(|| FileOutcome::AlreadyLoaded(last.source.id.clone(), last.tx))
}

fn read(document: &LoadInput, options: &LoadOptions) -> Result<Draft, Error> {
    let (file, bytes) = document.contents()?;
    let (published_at, complete) = (options.published_at, options.complete);
    let mut draft = ingest::read(&Input { file: &file, bytes: &bytes, published_at, complete })?;
    if let Some(older) = &options.revises {
        draft.withdrawals.push(DraftRetraction {
            withdrawal: Retraction {
                source: older.clone(),
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
/// It cannot be read, or what stays unread forbids recording it.
pub(super) fn read_for_recording(path: &Path, options: &LoadOptions) -> Result<Draft, Error> {
    let draft = read(&LoadInput::File(path.to_path_buf()), options)?;
    refusal(&draft, options).map_or(Ok(draft), Err)
}

/// Why a document that was read must not be recorded; `None` where it may.
fn refusal(draft: &Draft, options: &LoadOptions) -> Option<Error> {
    // What an export stands for was allowed where it was recorded first.
    let allowed = draft.is_export() || (options.allow_unread && !draft.statements.is_empty());
    if allowed || !draft.has_unread() {
        return None;
    }
    let mut errors = draft.findings.iter().filter(|finding| finding.code.severity() == Severity::Error);
    let count = errors.clone().count();
    let first = errors.next().map_or(String::new(), |finding| {
        format!("{} at line {}", finding.message, crate::text::line_number(&draft.text, finding.span.start))
    });
    let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
    let error = Error::new(ErrorCode::Unread, format!("{}: {first}{more}", draft.file))
        .hint(format!("`tierbook check {}` shows every place", draft.file));
    if draft.statements.is_empty() {
        return Some(error);
    }
    Some(error.hint("`load --allow-unread` records what was read all the same"))
}
