//! The arguments of the subcommands, for clap.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `query`.
#[derive(Args, Debug)]
pub struct QueryArguments {
    /// The statements, separated by `;`: the words are joined; `-` reads standard input
    #[arg(required_unless_present = "file", allow_negative_numbers = true, value_name = "TEXT")]
    pub text: Vec<String>,

    /// Read the statements from a file; `-` reads standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "text", help_heading = "Statements")]
    pub file: Option<PathBuf>,

    /// The value of `$NAME` in the statements; may be given several times
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Statements")]
    pub set: Vec<String>,
}

/// The arguments of `load`.
#[derive(Args, Debug)]
pub struct RecordArguments {
    /// What is loaded, and how
    #[command(flatten)]
    pub load: LoadArguments,

    /// The file is a newer edition of this source, and replaces it
    #[arg(long, value_name = "SOURCE", help_heading = "Recording", conflicts_with = "git")]
    pub revises: Option<String>,

    /// Only show which answers would change, for whom and by how much; write nothing
    #[arg(long, help_heading = "Recording")]
    pub dry_run: bool,

    /// Load what is in a folder, then each file that arrives, until Ctrl-C
    #[arg(long, help_heading = "Reading", conflicts_with_all = ["dry_run", "revises", "git"])]
    pub watch: bool,

    /// Count the warnings of a file, and do not list them
    #[arg(long, short, help_heading = "Recording")]
    pub quiet: bool,

    /// Record announcements without any margin rule too, as sources without statements
    #[arg(long)]
    pub keep: bool,
}

/// The arguments of `check`, and of `load` besides others.
#[derive(Args, Debug)]
pub struct LoadArguments {
    /// Files, or folders of .txt, .md, .html, .htm, .eml, .json and .toml files; also compressed (.gz, .zst), or
    /// in a .zip archive; `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Read every version that this git repository has of a file, PATH: each is an observation at the time of
    /// its commit
    #[arg(long, value_name = "REPO", help_heading = "Reading", conflicts_with_all = ["recursive", "published_at"])]
    pub git: Option<PathBuf>,

    /// Read the folders in a folder too; links to folders are not followed
    #[arg(long, short, help_heading = "Reading")]
    pub recursive: bool,

    /// How they are read
    #[command(flatten)]
    pub reading: ReadingArguments,
}

/// How files are read.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reading")]
pub struct ReadingArguments {
    /// When the exchange published the files, for example 2026-02-03T06:00:46Z [default: the time in the
    /// file]
    #[arg(long, value_name = "TIME")]
    pub published_at: Option<String>,

    /// When nothing else dates a file, it was published when it was last changed; a copy or a download often has
    /// another time than the document
    #[arg(long)]
    pub use_file_time: bool,

    /// The exchange of tables in the form of ccxt, for example bybit [default: binance]
    #[arg(long, value_name = "NAME")]
    pub venue: Option<String>,

    /// The program of their contracts: linear or inverse; usdm or coinm of Binance [default: that of each]
    #[arg(long, value_name = "PROGRAM")]
    pub program: Option<String>,

    /// Accept a file even if text in it that looks like a table cannot be read
    #[arg(long)]
    pub allow_unread: bool,

    /// Refuse a file if any side of its tables cannot be read [default: the rest of the file is read]
    #[arg(long, conflicts_with = "allow_unread")]
    pub strict: bool,

    /// The tables list every contract of the exchange: one that is missing has no rule [default: of the
    /// currencies of which they list 50]
    #[arg(long, conflicts_with = "partial")]
    pub complete: bool,

    /// The tables list only some contracts: one that is missing keeps its rule
    #[arg(long)]
    pub partial: bool,
}

impl ReadingArguments {
    /// Whether the tables list every contract, where the user decides it.
    pub fn completeness(&self) -> Option<bool> {
        (self.complete || self.partial).then_some(self.complete)
    }
}

/// What `unload` is called with.
#[derive(Args, Debug)]
pub struct UnloadArguments {
    /// The source that nobody published: its id, the first digits of it, or its file
    #[arg(value_name = "SOURCE")]
    pub source: String,

    /// Only what this transaction recorded of it
    #[arg(long, value_name = "N")]
    pub tx: Option<u64>,

    #[command(flatten)]
    pub why: WhyArguments,
}

/// What `supersede` is called with.
#[derive(Args, Debug)]
pub struct SupersedeArguments {
    /// The older edition: its id, the first digits of it, or its file
    #[arg(value_name = "OLD")]
    pub older: String,

    /// The newer edition: the same of a stored source, or a file to load
    #[arg(long, value_name = "NEW")]
    pub by: String,

    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT", default_value = "a newer edition")]
    pub reason: String,

    /// Show which answers would change, and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What `correct` is called with.
#[derive(Args, Debug)]
pub struct CorrectArguments {
    /// The source: its id, the first digits of it, or its file
    #[arg(value_name = "SOURCE")]
    pub source: String,

    /// When it was published
    #[arg(long, value_name = "TIME")]
    pub published_at: String,

    /// Only what this transaction recorded of it: an observation may be posted more than once
    #[arg(long, value_name = "N")]
    pub tx: Option<u64>,

    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT", default_value = "the publication time was wrong")]
    pub reason: String,

    /// Show which answers would change, and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What `undo` is called with.
#[derive(Args, Debug)]
pub struct UndoArguments {
    /// The transaction; the newest that is neither undone nor an undo if it is left out
    #[arg(value_name = "TX")]
    pub tx: Option<u64>,

    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT", default_value = "a mistake")]
    pub reason: String,

    /// Show which answers would change, and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Why something is corrected.
#[derive(Args, Debug)]
pub struct WhyArguments {
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// Show which answers would change, and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What `log` is called with.
#[derive(Args, Debug)]
pub struct LogArguments {
    /// How many transactions are shown, the newest last
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,

    /// Show all of them
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

/// The arguments of `retract`.
#[derive(Args, Debug)]
pub struct RetractArguments {
    /// A source (`9b0ec0…`, or the name of its file), or one of its statements (`9b0ec0….55`)
    #[arg(value_name = "SOURCE[.N]")]
    pub what: String,

    /// Why, and since when
    #[command(flatten)]
    pub reason: ReasonArguments,
}

/// The arguments of `postpone`.
#[derive(Args, Debug)]
pub struct PostponeArguments {
    /// A change: a source and the number of its statement, `9b0ec0….55`
    #[arg(value_name = "SOURCE.N")]
    pub what: String,

    /// When it takes effect instead
    #[arg(long, value_name = "TIME")]
    pub to: String,

    /// Why, and since when
    #[command(flatten)]
    pub reason: ReasonArguments,
}

/// What belongs to every statement about other statements.
#[derive(Args, Debug)]
pub struct ReasonArguments {
    /// Why; it is stored with the statement
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// When it became public; it counts from then on [default: when it is recorded]
    #[arg(long, value_name = "TIME")]
    pub published_at: Option<String>,

    /// Only show which answers would change, for whom and by how much; write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `reconcile`.
#[derive(Args, Debug)]
pub struct ReconcileArguments {
    /// Exchange tables, or an announcement with Previous tables
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Only rules that changed since this time, in the database or in the file
    #[arg(long, value_name = "TIME", help_heading = "Comparing")]
    pub since: Option<String>,

    /// How it is read
    #[command(flatten)]
    pub reading: ReadingArguments,
}

/// The arguments of `audit`.
#[derive(Args, Debug)]
pub struct AuditArguments {
    /// CSV with a header, or JSON lines: time, subject, notional, and rate, margin, or measure and value
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The zone of the times in the log that have none: UTC, or an offset such as +08:00
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true, help_heading = "Reading")]
    pub zone: Option<String>,
}

/// The arguments of `export`.
#[derive(Args, Debug)]
pub struct ExportArguments {
    /// What to write: the history as tables (parquet, arrow, csv); the tables of contracts at one time as the exchange
    /// and tools have them (binance, ccxt, freqtrade, artifact); or every source as a seed (sources)
    #[arg(value_name = "FORM")]
    pub form: Option<PathBuf>,

    /// Contracts and assets, `*` for any part of a name [default: all]; after `sources` the folder to write to
    #[arg(value_name = "SUBJECT")]
    pub subjects: Vec<PathBuf>,

    /// A folder for all tables, or a file for one [default: the tiers to standard output]
    #[arg(long, short, value_name = "PATH")]
    pub output: Option<PathBuf>,

    /// Only this table [default: all to a folder, tiers to a file]
    #[arg(long, value_name = "TABLE", value_parser = ["tiers", "statements", "sources"], help_heading = "Tables")]
    pub table: Option<String>,

    /// Only tiers that are in force then [default of binance, ccxt, freqtrade and artifact: now]
    #[arg(long, value_name = "TIME", help_heading = "Tables")]
    pub as_of: Option<String>,

    /// Only tiers that were known then, and what was published by then
    #[arg(long, value_name = "TIME", help_heading = "Tables")]
    pub known_at: Option<String>,

    /// Only tiers by what was recorded by then, and what that is
    #[arg(long, value_name = "TIME", help_heading = "Tables")]
    pub recorded_by: Option<String>,

    /// Of artifacts one for each version of a table, with its period
    #[arg(long, value_name = "WHAT", value_parser = ["change"], help_heading = "Tables")]
    pub every: Option<String>,

    /// Of the sources, print only one: its id, the first digits of it, or the name of its file
    #[arg(long, value_name = "ID", conflicts_with_all = ["output", "table", "as_of", "known_at", "recorded_by", "every"])]
    pub source: Option<String>,
}

/// The arguments of `verify`.
#[derive(Args, Debug)]
#[command(next_help_heading = "Evidence to check")]
pub struct VerifyArguments {
    /// A hash that `head` printed earlier: is it still in the chain?
    #[arg(long, value_name = "HASH")]
    pub head: Option<String>,

    /// A file that `certificate` wrote: is everything in it correct?
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,

    /// The folder or the address of a publication: is its chain whole, and the same as here? Without a database, that of
    /// the publication and the hash of --head alone
    #[arg(long, value_name = "ORIGIN", conflicts_with = "certificate")]
    pub against: Option<String>,

    /// A file with the token that the origin asks for, in its first line
    #[arg(long, value_name = "FILE", requires = "against")]
    pub token_file: Option<PathBuf>,

    /// A file of certificates, in PEM, of the authorities that are trusted instead of the usual ones
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "FILE", requires = "against")]
    pub ca_file: Option<PathBuf>,
}

/// The arguments of `certificate`.
#[derive(Args, Debug)]
pub struct CertificateArguments {
    /// One statement; the words are joined
    #[arg(required = true, allow_negative_numbers = true, value_name = "TEXT")]
    pub text: Vec<String>,

    /// The value of `$NAME` in the statement; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,

    /// Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
