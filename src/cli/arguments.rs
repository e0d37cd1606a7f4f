//! The command `tierbook` and its subcommands, for clap.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::console::Console;
use super::impact_options::{ImpactArguments, PositionsCommand};
use super::options::{
    AuditArguments, CertificateArguments, CorrectArguments, ExportArguments, LoadArguments, LogArguments,
    PostponeArguments, QueryArguments, ReconcileArguments, RecordArguments, RetractArguments,
    SupersedeArguments, UndoArguments, UnloadArguments, VerifyArguments,
};
use super::recovery_options::{BackupArguments, RestoreArguments, SalvageArguments};
use super::replication_options::{PublishArguments, PullArguments, WitnessArguments};
use super::status::ExitStatus;
use tierbook::render::Format;

const EXAMPLES: &str = "\
Examples:
  tierbook load announcements/                       load every announcement of a folder
  tierbook query mmr of ACTUSDT at 60000             the maintenance margin rate now
  tierbook query \"margin of ACTUSDT at 60000 as of 2026-02-06T07:00Z known at 2026-02-04\"
  tierbook query tiers of ACTUSDT as of 2026-02-07
  tierbook query chart mmr of ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z
  tierbook query \"ratio of STRK on pm; collateral of STRK at 500000 on pm-pro\"
  tierbook query explain mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z
  tierbook query 'mmr of ACTUSDT at $size' --set size=60000
  tierbook help language                             everything that can be asked, and how
  tierbook reconcile leverage-tiers.json             compare the exchange's tables with the database
  tierbook audit backtest.csv                        check a backtest for wrong and look-ahead rules
  tierbook impact account.csv                        what tomorrow's changes do to my positions
  tierbook eval positions.csv -o answers.csv         answer a file of questions, a row each
  tierbook export parquet -o tables                  the history as tables, for DuckDB, Polars, Spark
  tierbook repl                                      ask interactively

Exit codes: 0 answered; 1 answered, with findings (check, verify, reconcile, audit);
2 an error in the command or query; 3 no rule known; 4 input unreadable or database damaged; 5 a change affects a position (impact).";

const SEE_OPTIONS: &str =
    "Options of every command (--db, --format, --config, --load): tierbook help options";

/// Margin rules of exchanges, as announced and as known at any time, answered exactly and with their source
#[derive(Parser, Debug)]
#[command(
    name = "tierbook",
    version,
    override_usage = "tierbook [OPTIONS] COMMAND",
    disable_help_subcommand = true
)]
pub struct Arguments {
    /// Options of every command
    #[command(flatten)]
    pub options: GlobalOptions,

    /// What to do
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The options that every command takes.
#[derive(Args, Debug)]
pub struct GlobalOptions {
    /// The folder of the database [default: $TIERBOOK_DB, else `tierbook` in the user's data folder]
    #[arg(long, value_name = "DIR", global = true, hide = true)]
    pub db: Option<PathBuf>,

    /// The form of answers [default: table]
    #[arg(long, value_name = "FORM", global = true, hide = true, value_parser = format_parser())]
    pub format: Option<Format>,

    /// The file of aliases [default: $TIERBOOK_CONFIG, else `tierbook/config.toml` in the user's
    /// configuration folder]
    #[arg(long, value_name = "FILE", global = true, hide = true)]
    pub config: Option<PathBuf>,

    /// First load a file or folder; files that are already loaded are not reported
    #[arg(long, value_name = "PATH", global = true, hide = true)]
    pub load: Vec<PathBuf>,
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Answer statements of the query language
    #[command(after_help = "Example:\n  tierbook query \"mmr of ACTUSDT at 60000 as of 2026-02-07\"\n\n\
                            The language: tierbook help language")]
    Query(QueryArguments),

    /// The commands that also run at the prompt
    #[command(flatten)]
    Database(DatabaseCommand),

    /// Ask interactively
    #[command(after_help = "Example:\n  tierbook repl")]
    Repl,

    /// Write one answer with the evidence for it, as JSON
    #[command(
        after_help = "Example:\n  tierbook certificate --out answer.json mmr of ACTUSDT at 60000 as of 2026-02-07"
    )]
    Certificate(CertificateArguments),

    /// Answer a file of questions, a row each: CSV, JSON lines, Parquet or Arrow
    #[cfg(feature = "columnar")]
    #[command(
        after_help = "Example:\n  tierbook eval seed/positions.csv --measures mmr,margin,max_leverage -o answers.csv\n\n\
                            The columns of the file pass through; the answers follow, each row with its status, certainty, \
                            probability to hold, and source. Exit code 3: a row has no value."
    )]
    Eval(Box<super::eval::EvalArguments>),

    /// Answer over HTTP: the exchange's own API for any time, the language, a page
    #[cfg(feature = "server")]
    #[command(
        after_help = "Example:\n  tierbook serve\n  curl 'http://127.0.0.1:8787/as-of/2026-02-07/fapi/v1/leverageBracket?symbol=ACTUSDT'\n\n\
                            It is read-only, and goes on with what is loaded meanwhile. Ctrl-C ends it. More: docs/server.md"
    )]
    Serve(super::serve::ServeArguments),

    /// Create an empty database
    #[command(after_help = "Example:\n  tierbook init --db rules.db")]
    Init,

    /// Print the completions for a shell
    #[command(after_help = "Example:\n  tierbook completions bash")]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },

    /// Write the manual pages to a folder
    #[command(after_help = "Example:\n  tierbook man man1")]
    Man {
        /// The folder; it is created if it does not exist
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },

    /// Print this help, or the help of a command, of `options` or of `language`
    #[command(after_help = "Example:\n  tierbook help load")]
    Help {
        /// A command, `options` (of every command), or `language` (everything that can be asked)
        #[arg(value_name = "TOPIC")]
        topic: Vec<String>,
    },

    /// Anything else: most likely a query without its command
    #[command(external_subcommand)]
    Other(Vec<String>),
}

/// The subcommands that also run at the prompt.
#[derive(Subcommand, Debug)]
pub enum DatabaseCommand {
    /// Load announcements, exchange tables and seeds: files or folders
    #[command(after_help = "Example:\n  tierbook load seed --dry-run")]
    Load(RecordArguments),

    /// Read files and report their statements and findings; write nothing
    #[command(after_help = "Example:\n  tierbook check seed/binance-2026-02-03.txt")]
    Check(LoadArguments),

    /// Record that a source was loaded by mistake: nobody published it
    #[command(
        after_help = "Example:\n  tierbook unload ee2413a8367c --reason \"the wrong file\" --dry-run\n\n\
                            It is gone at every publication time. What the exchange itself took back is retracted: \
                            tierbook retract."
    )]
    Unload(UnloadArguments),

    /// Record that the exchange took a source or a statement back
    #[command(
        after_help = "Example:\n  tierbook retract ee2413a8367c.55 --reason \"not carried out\" --dry-run\n\n\
                      Questions `known at` a time before --published-at still see it. What nobody published is \
                      unloaded: tierbook unload."
    )]
    Retract(RetractArguments),

    /// Record that a newer edition replaces an older one
    #[command(after_help = "Example:\n  tierbook supersede ee24 --by docs/examples/notice.toml --dry-run")]
    Supersede(SupersedeArguments),

    /// Record that the exchange moved a change to another time
    #[command(
        visible_alias = "postpone",
        after_help = "Example:\n  tierbook reschedule ee2413a8367c.55 --to 2026-02-08T06:30Z \
                      --reason \"postponed by the exchange\" --dry-run"
    )]
    Reschedule(PostponeArguments),

    /// Correct the publication time of a source
    #[command(after_help = "Example:\n  tierbook correct ee24 --published-at 2026-02-03T06:00:40Z --dry-run")]
    Correct(CorrectArguments),

    /// Undo a transaction
    #[command(after_help = "Example:\n  tierbook undo 2 --dry-run")]
    Undo(UndoArguments),

    /// List the transactions: when, what, and whose tables changed
    #[command(after_help = "Example:\n  tierbook log --limit 5")]
    Log(LogArguments),

    /// Compare the rules in a file with the answers of the database for the time of the file; write nothing
    #[command(after_help = "Example:\n  tierbook reconcile seed/binance-2026-02-03.txt")]
    Reconcile(ReconcileArguments),

    /// Check a log of decisions or a backtest: did each line use the right rule, and was it public at the
    /// time?
    #[command(after_help = "Example:\n  tierbook audit seed/decisions.csv")]
    Audit(AuditArguments),

    /// What announced changes do to positions: margin, leverage and liquidation price, now and then
    #[command(after_help = super::impact_options::AFTER_HELP)]
    Impact(Box<ImpactArguments>),

    /// Keep positions under a name, for `impact`
    #[command(subcommand, after_help = "Example:\n  tierbook positions save mine seed/account.csv")]
    Positions(PositionsCommand),

    /// Write the history as tables (Parquet, Arrow, CSV), the tables of one time as the exchange, ccxt, freqtrade and
    /// backtesters have them, or every stored source as a seed (TOML)
    #[command(after_help = "Example:\n  tierbook export parquet -o tables\n  \
                            tierbook export csv ACTUSDT --as-of 2026-02-07 -o act.csv\n  \
                            tierbook export ccxt --as-of 2026-02-07 -o tiers.json\n  \
                            tierbook export sources seeds\n  tierbook export sources --source ee24\n\n\
                            Only `sources` can be loaded again. The columns: docs/tables.md; the others: docs/exchange-forms.md")]
    Export(ExportArguments),

    /// Recompute every hash and compare every record of the index with the journal
    #[command(after_help = "Example:\n  tierbook verify")]
    Verify(VerifyArguments),

    /// Write the journal of an older version anew, in the smaller format of this one; the old file is kept
    #[command(after_help = "Example:\n  tierbook migrate")]
    Migrate,

    /// Copy what is recorded to a folder, also while something is loaded; the next time only what is new
    #[command(after_help = "Example:\n  tierbook backup backups/rules")]
    Backup(BackupArguments),

    /// Put a backup in the place of the database; never over one without --replace, which keeps it
    #[command(after_help = "Example:\n  tierbook restore backups/rules --replace")]
    Restore(RestoreArguments),

    /// Make a new database of everything that can be read of a damaged one, which stays as it is
    #[command(after_help = "Example:\n  tierbook salvage rules-salvaged --with backups/rules\n\n\
                      A transaction that is lost keeps its number and its hash, so that heads that were noted before \
                      are still found. Exit code: 0 where nothing is lost, 1 where something is.")]
    Salvage(SalvageArguments),

    /// Publish the journal in a folder, for any static server: only what is new is written, nothing is changed
    #[command(after_help = "Example:\n  tierbook publish public/rules\n\n\
                      A running `tierbook serve` publishes too, under /v1/journal. More: docs/replication.md")]
    Publish(PublishArguments),

    /// Take what another database publishes, and check it: this one becomes a replica, which records nothing else
    #[command(after_help = "Example:\n  tierbook --db replica pull public/rules\n  \
                      tierbook --db replica pull https://example.com/rules --follow\n\n\
                      Exit code 4: the history there was changed or shortened; nothing was recorded then.")]
    Pull(PullArguments),

    /// Make a replica a database of its own: documents can be loaded, nothing can be pulled any more
    #[command(after_help = "Example:\n  tierbook --db replica detach")]
    Detach,

    /// Keep each head that is published, with the time when it was seen, and report one that is no successor
    #[command(after_help = "Example:\n  tierbook witness public/rules --log heads.jsonl\n\n\
                      It needs no database. Exit code 4: the history there was changed or shortened.")]
    Witness(WitnessArguments),

    /// Make the index and the image anew from the journal
    #[command(after_help = "Example:\n  tierbook rebuild")]
    Rebuild,

    /// Show which database and configuration are used, and how new the database is
    #[command(after_help = "Example:\n  tierbook status")]
    Status,

    /// Print the newest transaction and its hash, for an auditor to keep
    #[command(after_help = "Example:\n  tierbook head")]
    Head,

    /// List the aliases in the configuration, and the errors in it
    #[command(after_help = "Example:\n  tierbook aliases --config docs/examples/config.toml")]
    Aliases,
}

/// The forms of `--format`.
const FORMATS: [(&str, Format); 5] = [
    ("table", Format::Table),
    ("json", Format::Json),
    ("jsonl", Format::Jsonl),
    ("csv", Format::Csv),
    ("svg", Format::Svg),
];

/// Reads the name of a form.
pub fn format_parser() -> impl TypedValueParser<Value = Format> {
    let form = |name: String| FORMATS.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
    PossibleValuesParser::new(FORMATS.map(|(name, _)| name)).try_map(move |name| form(name).ok_or("no form"))
}

/// The name of a form.
pub fn format_name(format: Format) -> &'static str {
    FORMATS.iter().find(|(_, known)| *known == format).map_or("", |(name, _)| name)
}

/// The program as clap reads it. The options of every command are hidden in the help of each subcommand,
/// which names the page of them instead.
pub fn program() -> clap::Command {
    let after_help = format!("Options of every command:\n{}\n{EXAMPLES}", options_page().render_help());
    Arguments::command().after_help(after_help).mut_subcommands(|subcommand| {
        let after_help = match subcommand.get_after_help() {
            Some(help) => format!("{help}\n\n{SEE_OPTIONS}"),
            None => SEE_OPTIONS.to_string(),
        };
        subcommand.after_help(after_help)
    })
}

/// The program for manual pages and completions: nothing is hidden.
pub fn whole_program() -> clap::Command {
    Arguments::command().after_help(EXAMPLES).mut_args(|option| option.hide(false))
}

/// A program that has only the options of every command, for the help on them.
pub fn options_page() -> clap::Command {
    let page = clap::Command::new("tierbook").disable_help_flag(true).help_template("{options}");
    GlobalOptions::augment_args(page).mut_args(|option| option.hide(false))
}

impl Arguments {
    /// The arguments of a run, the name of the program first.
    ///
    /// # Errors
    /// They are wrong, or help is asked for, which clap gives as an error.
    pub fn read(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Arguments, clap::Error> {
        Arguments::from_arg_matches(&program().try_get_matches_from(arguments)?)
    }
}

/// Prints what clap reports about arguments: help and the version as an answer, errors as messages.
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
