//! An error as data: what is wrong, where, and how to fix it. `render::diagnostic` alone draws it.

mod define;
mod codes;

pub use codes::ErrorCode;

use std::fmt;
use std::sync::Arc;

use crate::text::Span;
use crate::text::one_line::one_line;

/// The result of everything in this crate that can fail.
///
/// ```
/// fn limit(rules: &tierbook::Snapshot, name: &str, at: tierbook::At) -> tierbook::Result<String> {
///     Ok(rules.contract(name)?.limit(at).into_result()?.to_string())
/// }
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let at = tierbook::At::valid("2026-02-07T00:00Z".parse()?);
/// assert_eq!(limit(&rules, "ACTUSDT", at)?, "800000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of thing went wrong; decides the exit code.
/// ```
/// use tierbook::ErrorKind;
///
/// fn is_worth_a_retry(error: &tierbook::Error) -> bool {
///     matches!(error.kind(), ErrorKind::Locked | ErrorKind::Io)
/// }
/// # let error = tierbook::Database::open("no/such/folder").unwrap_err();
/// # assert!(!is_worth_a_retry(&error));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The query or the command is wrong.
    Query,
    /// The query names a contract or an asset that is not stored.
    UnknownSubject,
    /// An input file cannot be read, or says something that cannot be recorded.
    Input,
    /// The files of the database are damaged, or of a format that this version does not know.
    Damaged,
    /// Another process is writing to the database.
    Locked,
    /// There is no database in the folder.
    NotFound,
    /// The operating system refused to read or write a file.
    Io,
    /// No rule answers the question, and the value was asked for all the same.
    NoAnswer,
}

impl ErrorKind {
    /// The exit code of a command that ends with this kind of error: 2 where the question is wrong, 3 where
    /// no rule answers it, 4 where the input or the database is wrong.
    ///
    /// ```
    /// use tierbook::ErrorKind;
    /// assert_eq!((ErrorKind::Query.exit_code(), ErrorKind::Damaged.exit_code()), (2, 4));
    /// ```
    pub fn exit_code(self) -> u8 {
        match self {
            ErrorKind::Query | ErrorKind::UnknownSubject => 2,
            ErrorKind::Input
            | ErrorKind::Damaged
            | ErrorKind::Locked
            | ErrorKind::NotFound
            | ErrorKind::Io => 4,
            ErrorKind::NoAnswer => 3,
        }
    }
}

/// One error, complete enough to be drawn without further knowledge.
/// ```
/// use tierbook::{Database, ErrorCode, ErrorKind};
///
/// let error = Database::open("no/such/folder").unwrap_err();
/// assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, ErrorCode::NoDatabase));
/// assert_eq!(error.to_string(), "there is no database in no/such/folder");
/// println!("{error}: try {}", error.hints().join(", or "));
/// ```
#[derive(Clone, Debug)]
pub struct Error {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) span: Option<Span>,
    pub(crate) label: String,
    pub(crate) hints: Vec<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error without a place and without a hint. `message` is one sentence without a full stop.
    ///
    /// ```
    /// use tierbook::{Error, ErrorCode};
    /// let error = Error::new(ErrorCode::CannotRead, "rates.csv cannot be read");
    /// assert_eq!((error.to_string().as_str(), error.span()), ("rates.csv cannot be read", None));
    /// ```
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Error {
        Error {
            code,
            message: one_line(message),
            span: None,
            label: String::new(),
            hints: Vec::new(),
            source: None,
        }
    }

    /// The same error, placed at `span` of the query text with a few words for the caret.
    ///
    /// ```
    /// use tierbook::{Error, ErrorCode, Span};
    /// let error = Error::new(ErrorCode::UnknownSubject, "no rule of `ACT` is stored");
    /// let error = error.at(Span::new(7, 10), "unknown name");
    /// assert_eq!(error.span().unwrap().of("mmr of ACT"), "ACT");
    /// ```
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Error {
        self.span = Some(span);
        self.label = one_line(label);
        self
    }

    /// The same error with one more hint.
    ///
    /// ```
    /// use tierbook::{Error, ErrorCode};
    /// let error = Error::new(ErrorCode::UnknownSubject, "no rule of `ACT` is stored");
    /// assert_eq!(error.hint("did you mean `ACTUSDT`?").hints(), ["did you mean `ACTUSDT`?"]);
    /// ```
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hints.push(one_line(hint));
        self
    }

    /// The same error with the error of a library or the system that led to it.
    pub(crate) fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error with another message.
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Error {
        self.message = one_line(message);
        self
    }

    /// The same error about a row of a file, `place` in words; it has no place in a query then.
    pub(crate) fn in_row(self, place: &str) -> Error {
        let message = one_line(format!("{place}: {}", self.message));
        Error { code: ErrorCode::UnreadableLine, message, span: None, ..self }
    }

    /// The kind of error.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert_eq!(error.kind(), tierbook::ErrorKind::UnknownSubject);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.code.kind()
    }

    /// What exactly is wrong, as a stable name.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert_eq!(error.code().as_str(), "unknown_subject");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What is wrong, in one sentence without a full stop.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert_eq!(error.message(), error.to_string());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The bytes of the query text that are wrong, where there is a query text.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert_eq!(error.span().unwrap().of("mmr of ACTUST at 1k"), "ACTUST");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// A few words that describe the span; empty without a span.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert!(!error.label().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How to fix it; the most likely fix first.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert_eq!(error.hints(), ["did you mean `ACTUSDT`?"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The exit code of a command that ends with this error.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let error = rules.query("mmr of ACTUST at 1k").unwrap_err();
    /// assert_eq!(error.exit_code(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exit_code(&self) -> u8 {
        self.kind().exit_code()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Two errors are equal if they say the same; what led to them is not compared.
impl PartialEq for Error {
    fn eq(&self, other: &Error) -> bool {
        let what = |e: &Error| (e.code, e.message.clone(), e.span, e.label.clone(), e.hints.clone());
        what(self) == what(other)
    }
}

impl Eq for Error {}
