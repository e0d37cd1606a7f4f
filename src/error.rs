//! An error as data: what is wrong, where, and how to fix it. `render::diagnostic` alone draws it.

use std::fmt;
use std::sync::Arc;

use crate::text::Span;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of thing went wrong; decides the exit code.
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
}

impl ErrorKind {
    /// The exit code of a command that ends with this kind of error: 2 where the question is wrong, 4 where the
    /// input or the database is.
    pub fn exit_code(self) -> u8 {
        match self {
            ErrorKind::Query | ErrorKind::UnknownSubject => 2,
            ErrorKind::Input
            | ErrorKind::Damaged
            | ErrorKind::Locked
            | ErrorKind::NotFound
            | ErrorKind::Io => 4,
        }
    }
}

/// One error, complete enough to be drawn without further knowledge.
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
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Error {
        Error {
            code,
            message: message.into(),
            span: None,
            label: String::new(),
            hints: Vec::new(),
            source: None,
        }
    }

    /// The same error, placed at `span` of the query text with a few words for the caret.
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Error {
        self.span = Some(span);
        self.label = label.into();
        self
    }

    /// The same error with one more hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hints.push(hint.into());
        self
    }

    /// The same error with the error of a library or the system that led to it.
    pub(crate) fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        self.source = Some(Arc::new(source));
        self
    }

    /// The same error with another message.
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Error {
        self.message = message.into();
        self
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.code.kind()
    }

    /// What exactly is wrong, as a stable name.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What is wrong, in one sentence without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The bytes of the query text that are wrong, where there is a query text.
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// A few words that describe the span; empty without a span.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How to fix it; the most likely fix first.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The exit code of a command that ends with this error.
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

macro_rules! codes {
    ($($variant:ident $name:literal $kind:ident $when:literal $fix:literal;)*) => {
        /// What exactly is wrong. The names are stable: scripts and the documentation rely on them.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = $when] $variant,)*
        }

        impl ErrorCode {
            /// Every code, in alphabetical order of the names.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant),*];

            /// The stable name, in snake case.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)* }
            }

            /// The kind of error that has this code.
            pub fn kind(self) -> ErrorKind {
                match self { $(ErrorCode::$variant => ErrorKind::$kind,)* }
            }

            /// When it comes, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(ErrorCode::$variant => $when,)* }
            }

            /// What to do about it, in one sentence.
            pub fn fix(self) -> &'static str {
                match self { $(ErrorCode::$variant => $fix,)* }
            }
        }

        impl fmt::Display for ErrorCode {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    AddressIncomplete "address_incomplete" Query "" "";
    AliasIncomplete "alias_incomplete" Query "" "";
    AliasName "alias_name" Query "" "";
    AliasShadows "alias_shadows" Query "" "";
    AmbiguousSource "ambiguous_source" Query "" "";
    AmountMissing "amount_missing" Query "" "";
    AnswerTooLong "answer_too_long" Query "" "";
    AtNotTaken "at_not_taken" Query "" "";
    BoundTwice "bound_twice" Query "" "";
    BrokenAlias "broken_alias" Query "" "";
    CannotRead "cannot_read" Io "" "";
    CannotReadConfig "cannot_read_config" Io "" "";
    CannotReadStdin "cannot_read_stdin" Query "" "";
    CannotWrite "cannot_write" Io "" "";
    ClauseNotTaken "clause_not_taken" Query "" "";
    ClauseTwice "clause_twice" Query "" "";
    ColumnMissing "column_missing" Input "" "";
    ColumnTwice "column_twice" Input "" "";
    ConditionMissing "condition_missing" Query "" "";
    ConfigKey "config_key" Query "" "";
    ConfigSyntax "config_syntax" Input "" "";
    ConfigTooLong "config_too_long" Input "" "";
    ConfigType "config_type" Query "" "";
    DamagedIndex "damaged_index" Damaged "" "";
    DamagedJournal "damaged_journal" Damaged "" "";
    DatabaseExists "database_exists" Input "" "";
    Disk "disk" Io "" "";
    DocumentEmpty "document_empty" Input "" "";
    DocumentTooLarge "document_too_large" Input "" "";
    DuplicateKey "duplicate_key" Input "" "";
    EmptyLog "empty_log" Input "" "";
    EmptyQuery "empty_query" Query "" "";
    EmptyRange "empty_range" Query "" "";
    EndOfTime "end_of_time" Input "" "";
    ErrorReply "error_reply" Input "" "";
    FileExists "file_exists" Input "" "";
    ForeignJournal "foreign_journal" Damaged "" "";
    FrontMatterKey "front_matter_key" Input "" "";
    FrontMatterOpen "front_matter_open" Input "" "";
    FrontMatterValue "front_matter_value" Input "" "";
    IndexBusy "index_busy" Locked "" "";
    IsFolder "is_folder" Input "" "";
    JournalMissing "journal_missing" Damaged "" "";
    LeverageMissing "leverage_missing" Query "" "";
    LoadedAlready "loaded_already" Input "" "";
    Locked "locked" Locked "" "";
    LogTooLong "log_too_long" Input "" "";
    MeasureMissing "measure_missing" Query "" "";
    NestedTooDeep "nested_too_deep" Query "" "";
    NoAnnouncement "no_announcement" Input "" "";
    NoDatabase "no_database" NotFound "" "";
    NoFolder "no_folder" Query "" "";
    NoHome "no_home" Query "" "";
    NoRule "no_rule" Input "" "";
    NoSighting "no_sighting" Input "" "";
    NoTable "no_table" Input "" "";
    NoTerminal "no_terminal" Query "" "";
    NotABinding "not_a_binding" Query "" "";
    NotACertificate "not_a_certificate" Input "" "";
    NotAChange "not_a_change" Input "" "";
    NotADrawing "not_a_drawing" Query "" "";
    NotAHash "not_a_hash" Query "" "";
    NotALength "not_a_length" Query "" "";
    NotALeverage "not_a_leverage" Query "" "";
    NotALog "not_a_log" Input "" "";
    NotAName "not_a_name" Query "" "";
    NotANumber "not_a_number" Query "" "";
    NotAParameter "not_a_parameter" Query "" "";
    NotATransaction "not_a_transaction" Query "" "";
    NotAValue "not_a_value" Query "" "";
    NotAnInstant "not_an_instant" Query "" "";
    NotCertifiable "not_certifiable" Query "" "";
    NotDrawable "not_drawable" Query "" "";
    NotExplainable "not_explainable" Query "" "";
    NotHeld "not_held" Input "" "";
    NotJson "not_json" Input "" "";
    NotOnProgram "not_on_program" Query "" "";
    NotOpen "not_open" Input "" "";
    NotTaken "not_taken" Query "" "";
    NotText "not_text" Input "" "";
    QueryNotText "not_text" Query "" "";
    OfMissing "of_missing" Query "" "";
    OneStatement "one_statement" Query "" "";
    QueryTooLong "query_too_long" Query "" "";
    RangeNotTaken "range_not_taken" Query "" "";
    RecordedInFuture "recorded_in_future" Query "" "";
    SeedEmpty "seed_empty" Input "" "";
    SeedField "seed_field" Input "" "";
    SeedMissing "seed_missing" Input "" "";
    SeedRule "seed_rule" Input "" "";
    SeedSyntax "seed_syntax" Input "" "";
    SeedType "seed_type" Input "" "";
    SeedValue "seed_value" Input "" "";
    ShortJournal "short_journal" Damaged "" "";
    SourceMissing "source_missing" Query "" "";
    StatementMissing "statement_missing" Query "" "";
    SubjectMissing "subject_missing" Query "" "";
    TiersOverTime "tiers_over_time" Query "" "";
    TooLarge "too_large" Input "" "";
    TooManyAliases "too_many_aliases" Query "" "";
    TooManyLines "too_many_lines" Input "" "";
    TooManyRows "too_many_rows" Input "" "";
    TooManyStatements "too_many_statements" Query "" "";
    TooManySubjects "too_many_subjects" Input "" "";
    UnboundParameter "unbound_parameter" Query "" "";
    UnexpectedText "unexpected_text" Query "" "";
    UnexpectedWord "unexpected_word" Query "" "";
    UnknownCommand "unknown_command" Query "" "";
    UnknownCondition "unknown_condition" Query "" "";
    UnknownForm "unknown_form" Input "" "";
    UnknownFormat "unknown_format" Damaged "" "";
    UnknownMeasure "unknown_measure" Query "" "";
    UnknownPart "unknown_part" Query "" "";
    UnknownProgram "unknown_program" Query "" "";
    UnknownSetting "unknown_setting" Query "" "";
    UnknownSource "unknown_source" Query "" "";
    UnknownStatement "unknown_statement" Query "" "";
    UnknownSubject "unknown_subject" UnknownSubject "" "";
    UnknownTime "unknown_time" Query "" "";
    UnknownTopic "unknown_topic" Query "" "";
    UnknownTransaction "unknown_transaction" Query "" "";
    Unread "unread" Input "" "";
    UnreadableLine "unreadable_line" Input "" "";
    UnsupportedForm "unsupported_form" Input "" "";
    UnusedParameter "unused_parameter" Query "" "";
    ValueMissing "value_missing" Query "" "";
    VsMissing "vs_missing" Query "" "";
    WithdrawnAlready "withdrawn_already" Input "" "";
    WrongMeasure "wrong_measure" Query "" "";
}
