//! The arguments of the command `tierbook`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::console::Console;
use super::status::ExitStatus;
use tierbook::render::Format;

const EXAMPLES: &str = "\
Examples:
  tierbook load announcements/                       load every announcement of a folder
  tierbook query mmr of ACTUSDT at 60000             what holds now
  tierbook query \"margin of ACTUSDT at 60000 as of 2026-02-06T07:00Z known at 2026-02-04\"
  tierbook query tiers of ACTUSDT as of 2026-02-07
  tierbook query chart mmr of ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z
  tierbook query \"ratio of STRK on pm; collateral of STRK at 500000 on pm-pro\"
  tierbook query explain mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z
  tierbook query 'mmr of ACTUSDT at $size' --set size=60000
  tierbook help language                             all that can be asked, and how
  tierbook reconcile leverage-tiers.json             what the exchange shows against what is held
  tierbook audit backtest.csv                        did each line use the rule that was right, and public, then?
  tierbook repl                                      ask interactively

Exit codes: 0 answered; 1 answered, with findings (check, verify, reconcile, audit); 2 a mistake in the command or query;
3 no rule known; 4 input unreadable or database damaged.";

/// A rulebook with a memory: exchange margin rules, kept bitemporally, answered exactly and with their source.
#[derive(Parser, Debug)]
#[command(name = "tierbook", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Arguments {
    /// The folder of the database [default: $TIERBOOK_DB, else `tierbook` in the user's data folder]
    #[arg(long, value_name = "DIR", global = true)]
    pub db: Option<PathBuf>,

    /// The form of answers [default: table]
    #[arg(long, value_name = "FORM", global = true)]
    pub format: Option<FormatArgument>,

    /// The file of aliases [default: $TIERBOOK_CONFIG, else `tierbook/config.toml` in the user's configuration folder]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// Load a file or folder first; says nothing where nothing is new
    #[arg(long, value_name = "PATH", global = true)]
    pub load: Vec<PathBuf>,

    /// What to do
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Load announcements, exchange tables and seeds: files or folders
    Load(RecordArguments),
    /// Answer statements; words are joined, `-` reads standard input
    Query(QueryArguments),
    /// Take back a source, or one of its statements, from now on
    Retract(RetractArguments),
    /// Put off a change to another instant
    Postpone(PostponeArguments),
    /// Read files and report what they hold and what is odd; write nothing
    Check(LoadArguments),
    /// Hold the rules that a file shows against what the database answers for its instant; write nothing
    Reconcile(ReconcileArguments),
    /// Judge a log of decisions or a backtest: did each line use the rule that was right, and public, then?
    Audit {
        /// CSV with a header, or JSON lines: time, subject, notional, and rate, margin, or measure and value
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Ask interactively
    Repl,
    /// Write every source held as a seed in TOML, or print one
    Export(ExportArguments),
    /// Recompute every hash and compare every record of the index with the journal
    Verify {
        /// A hash that `head` printed earlier, to check that it is still in the chain
        #[arg(long, value_name = "HASH")]
        head: Option<String>,

        /// A certificate that `certificate` wrote, to check that all it says is so
        #[arg(long, value_name = "FILE")]
        certificate: Option<PathBuf>,
    },
    /// Write one answer with everything that proves it, as JSON: the chain, the statements, their places
    Certificate {
        /// Write it to a file, not to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// A value for `$NAME` in the statement; may be given several times
        #[arg(long, value_name = "NAME=VALUE")]
        set: Vec<String>,
        /// One statement; words are joined
        #[arg(required = true, allow_negative_numbers = true, value_name = "TEXT")]
        text: Vec<String>,
    },
    /// Print the newest transaction and its hash, for an auditor to keep
    Head,
    /// Create an empty database
    Init,
    /// List the aliases of the configuration, and what is wrong in it
    Aliases,
    /// Print the completions for a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages to a folder
    Man {
        /// The folder; it is made where it is missing
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Print this help, the help of a command, or `language`: all that can be asked
    Help {
        /// A command, or `language`
        #[arg(value_name = "TOPIC")]
        topic: Vec<String>,
    },
    /// Anything else: most likely a query without its command
    #[command(external_subcommand)]
    Other(Vec<String>),
}

/// The arguments of `query`.
#[derive(Args, Debug)]
pub struct QueryArguments {
    /// A value for `$NAME` in the statements; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,

    /// Read the statements from a file; `-` reads standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "text")]
    pub file: Option<PathBuf>,

    /// The statements, parted by `;`
    #[arg(required_unless_present = "file", allow_negative_numbers = true, value_name = "TEXT")]
    pub text: Vec<String>,
}

/// The arguments of `load`.
#[derive(Args, Debug)]
pub struct RecordArguments {
    /// What is loaded, and how
    #[command(flatten)]
    pub load: LoadArguments,

    /// The file is a newer edition of this source: what the older one says does not count any more
    #[arg(long, value_name = "SOURCE")]
    pub revises: Option<String>,

    /// Only show which answers would change, for whom and by how much; write nothing
    #[arg(long)]
    pub dry_run: bool,
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
    #[arg(long, value_name = "INSTANT")]
    pub to: String,

    /// Why, and since when
    #[command(flatten)]
    pub reason: ReasonArguments,
}

/// What belongs to every statement about statements.
#[derive(Args, Debug)]
pub struct ReasonArguments {
    /// Why; it is kept with the statement
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// When it became known; from then on it counts [default: when it is recorded]
    #[arg(long, value_name = "INSTANT")]
    pub published_at: Option<String>,

    /// Only show which answers would change, for whom and by how much; write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `check`, and of `load` besides others.
#[derive(Args, Debug)]
pub struct LoadArguments {
    /// Files, or folders of .txt, .html, .json and .toml files
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// How they are to be read
    #[command(flatten)]
    pub reading: ReadingArguments,
}

/// The arguments of `reconcile`.
#[derive(Args, Debug)]
pub struct ReconcileArguments {
    /// A file that shows rules at an instant: exchange tables, or an announcement with Previous tables
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Only what changed since this instant, by what is held or by what the file shows
    #[arg(long, value_name = "INSTANT")]
    pub since: Option<String>,

    /// How it is to be read
    #[command(flatten)]
    pub reading: ReadingArguments,
}

/// The arguments of `export`.
#[derive(Args, Debug)]
pub struct ExportArguments {
    /// The folder to write to, a file for each source
    #[arg(value_name = "DIR", conflicts_with = "source")]
    pub folder: Option<PathBuf>,

    /// Print one source instead: its id, the first digits of it, or the name of its file
    #[arg(long, value_name = "ID")]
    pub source: Option<String>,
}

/// How files are to be read.
#[derive(Args, Debug)]
pub struct ReadingArguments {
    /// When the exchange published the files, in place of what they say: 2026-02-03T06:00:46Z
    #[arg(long, value_name = "INSTANT")]
    pub published_at: Option<String>,

    /// Take documents of which table-like text stays unread
    #[arg(long)]
    pub allow_unread: bool,

    /// What a listing does not name has no rule: so it is without this for long listings only
    #[arg(long, conflicts_with = "partial")]
    pub complete: bool,

    /// What a listing does not name stays as it was
    #[arg(long)]
    pub partial: bool,
}

impl ReadingArguments {
    /// Whether listings are complete, where the user says so.
    pub fn completeness(&self) -> Option<bool> {
        (self.complete || self.partial).then_some(self.complete)
    }
}

/// The forms of `--format`.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum FormatArgument {
    /// Cards and tables for people
    Table,
    /// One JSON array a statement
    Json,
    /// One JSON object a row
    Jsonl,
    /// Comma-separated values
    Csv,
    /// A drawing, of `chart …` only
    Svg,
}

impl From<FormatArgument> for Format {
    fn from(argument: FormatArgument) -> Format {
        match argument {
            FormatArgument::Table => Format::Table,
            FormatArgument::Json => Format::Json,
            FormatArgument::Jsonl => Format::Jsonl,
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Svg => Format::Svg,
        }
    }
}

/// Prints what clap says of the arguments: help and the version as an answer, errors as messages.
pub fn print_clap(console: &Console, error: &clap::Error) -> ExitStatus {
    let rendered = error.render();
    let text = |colour: bool| if colour { rendered.ansi().to_string() } else { rendered.to_string() };
    if error.use_stderr() {
        console.message(&text(console.message_style().colour));
        return ExitStatus::of(2);
    }
    console.print(&text(console.answer_style().colour));
    ExitStatus::OK
}
