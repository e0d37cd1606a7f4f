//! Documents → drafts that may be recorded; else the outcome of loading them.

use std::convert::Infallible;
use std::path::Path;

use crate::database::ahead::{Next, in_order};
use crate::database::editions;
use crate::database::files::LoadInput;
use crate::database::load::{DocumentSummary, FileOutcome, FileReport, LoadOptions};
use crate::database::postings::{self, Posting};
use crate::database::retract;
use crate::database::versions;
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::finding::{FindingCode, Severity};
use crate::ingest::{self, Draft, DraftRetraction, Fragments, Input, OtherTopic};
use crate::rulebook::Rulebook;
use crate::snapshot::records::records_of_sources;
use crate::statement::{Origin, Precision, Retraction, RetractionKind, SourceId};
use crate::store::Reader;
use crate::text::Span;
use crate::time::PublishedTime;

/// What reads the documents of one run. Any number of threads share it.
pub(super) struct DocumentReader<'a> {
    options: &'a LoadOptions,
    /// What decides whether a document is recorded already.
    stored: &'a Rulebook,
    fragments: Fragments,
}

/// The draft of a document that is new and may be recorded; else the outcome of loading it.
pub(super) type Readable = Result<Draft, Box<FileOutcome>>;

impl<'a> DocumentReader<'a> {
    /// Of many documents: what several of them have in common is read once.
    pub fn of(options: &'a LoadOptions, stored: &'a Rulebook) -> DocumentReader<'a> {
        DocumentReader { options, stored, fragments: Fragments::of(&options.market) }
    }

    /// Of a single document.
    fn of_one(options: &'a LoadOptions, stored: &'a Rulebook) -> DocumentReader<'a> {
        DocumentReader { options, stored, fragments: Fragments::none(&options.market) }
    }

    /// Reads a document that is to be recorded.
    pub fn readable(&self, document: &LoadInput) -> Readable {
        let options = self.options;
        let unreadable = |error| Box::new(FileOutcome::Unreadable(error));
        if let Some((source, tx)) = versions::known(document, self.stored).map_err(unreadable)? {
            return Err(Box::new(FileOutcome::AlreadyLoaded(source, tx)));
        }
        let draft = self.read(document).map_err(unreadable)?;
        let refused = refusal(&draft, document, options);
        let draft = known_or_marked(draft, options, self.stored)?;
        match refused {
            Some(error) => {
                Err(Box::new(FileOutcome::Refused(DocumentSummary::of(&draft, Vec::new()), error)))
            }
            None if is_left_out(&draft, options) => Err(Box::new(no_rule(&draft))),
            None => Ok(draft),
        }
    }

    fn read(&self, document: &LoadInput) -> Result<Draft, Error> {
        let options = self.options;
        let (file, bytes) = document.contents()?;
        let read = |bytes: &[u8]| {
            let (published_at, complete) = (options.published_at, options.complete);
            let input = Input { file: &file, bytes, published_at, complete };
            match document.committed_at() {
                Some(committed_at) => versions::read(&input, &self.fragments, committed_at),
                None => ingest::read_among(&input, &self.fragments),
            }
        };
        let draft = read(&bytes);
        // A copy of what is stored is the stored document.
        let is_stored = draft.as_ref().is_ok_and(|draft| postings::is_stored(&draft.sha256, self.stored));
        let copy = if is_stored { None } else { postings::stored_copy(&bytes, self.stored) };
        let mut draft = copy.map_or(draft, |copy| read(&copy))?;
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
    checked(&input.into(), &DocumentReader::of_one(options, &Rulebook::default()))
}

/// Reads files, on all cores, and reports what each contains, in their order; nothing is recorded.
///
/// ```
/// use tierbook::{LoadInput, LoadOptions, check_each};
/// let files = [LoadInput::from("seed/binance-2026-02-03.txt"), LoadInput::from("absent.txt")];
/// let mut errors = Vec::new();
/// check_each(&files, &LoadOptions::default(), &mut |report| errors.push(report.outcome.error().is_some()));
/// assert_eq!(errors, [false, true]);
/// ```
pub fn check_each(inputs: &[LoadInput], options: &LoadOptions, report: &mut dyn FnMut(FileReport)) {
    let stored = Rulebook::default();
    let reader = DocumentReader::of(options, &stored);
    let inputs = inputs.iter().map(Ok::<_, Infallible>);
    in_order(inputs, &|input: &&LoadInput| checked(input, &reader), |documents| {
        while let Next::Done(_, checked) = documents.next(None) {
            report(checked);
        }
    });
}

fn checked(input: &LoadInput, reader: &DocumentReader) -> FileReport {
    let options = reader.options;
    let outcome = match reader.read(input) {
        Ok(draft) => match refusal(&draft, input, options) {
            None if is_left_out(&draft, options) => no_rule(&draft),
            None => FileOutcome::Readable(DocumentSummary::of(&draft, Vec::new())),
            Some(error) => FileOutcome::Refused(DocumentSummary::of(&draft, Vec::new()), error),
        },
        Err(error) => FileOutcome::Unreadable(error),
    };
    FileReport { path: input.path(), outcome }
}

/// What came of preparing a draft for recording.
pub(super) enum Prepared {
    /// It may be recorded.
    Recordable(DocumentSummary, Draft),
    /// It is not recorded, for this reason.
    Not(FileOutcome),
}

/// A draft as it would be recorded. Nothing is recorded. `reader` is of the database, where there is one.
///
/// # Errors
/// The database is damaged.
pub(super) fn prepared(draft: Readable, reader: Option<&Reader>) -> Result<Prepared, Error> {
    let draft = match draft {
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

/// Whether a document is not recorded because it contains no rule. One that revises another is recorded.
fn is_left_out(draft: &Draft, options: &LoadOptions) -> bool {
    draft.has_no_rule() && !options.keep && options.revises.is_none()
}

fn no_rule(draft: &Draft) -> FileOutcome {
    FileOutcome::NoRule(DocumentSummary::of(draft, Vec::new()), OtherTopic::of_title(&draft.title))
}

/// What decides whether documents are recorded already.
pub(super) fn book(reader: &Reader) -> Result<Rulebook, Error> {
    Ok(Rulebook::new(records_of_sources(reader)?))
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

/// Reads a file as `load` would record it.
///
/// # Errors
/// It cannot be read, or not all of it can be read.
pub(super) fn read_for_recording(path: &Path, options: &LoadOptions) -> Result<Draft, Error> {
    let file = LoadInput::File(path.to_path_buf());
    let draft = DocumentReader::of_one(options, &Rulebook::default()).read(&file)?;
    refusal(&draft, &file, options).map_or(Ok(draft), Err)
}

/// Why a document that was read must not be recorded; `None` where it may.
fn refusal(draft: &Draft, document: &LoadInput, options: &LoadOptions) -> Option<Error> {
    // The document of an export was allowed where it was recorded first.
    let allowed = draft.is_export || (options.allow_unread && !draft.statements.is_empty());
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
