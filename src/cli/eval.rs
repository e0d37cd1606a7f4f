//! The command `eval`: a file of questions, a row each, answered row by row into another.

use std::path::PathBuf;

use clap::Args;

use super::console::ConsoleWriter;
use super::progress::Progress;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::evaluation::{Done, Evaluation, Form, OnError, Origin, Target, evaluate, measures};
use tierbook::language::{Measure, Statement, parse};
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{Error, ErrorCode, limits};

/// The arguments of `eval`.
#[derive(Args, Debug)]
pub struct EvalArguments {
    /// The file of questions: CSV, JSON lines, Parquet or Arrow; `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The file to write, of the form that its name ends with [default: CSV to standard output]
    #[arg(long, short, value_name = "OUT")]
    pub output: Option<PathBuf>,

    /// The form of FILE: csv, jsonl, parquet or arrow [default: by its name; csv of standard input]
    #[arg(long, value_name = "FORM", value_parser = form)]
    pub from: Option<Form>,

    /// The form of OUT: csv, jsonl, parquet, arrow or arrows, which is an Arrow stream
    #[arg(long, value_name = "FORM", value_parser = form)]
    pub to: Option<Form>,

    /// What is asked, separated by commas: mmr, margin, max_leverage, tier, initial_margin, liquidation_price, amount, limit,
    /// room, max_position, ratio, collateral
    #[arg(long, value_name = "LIST", default_value = "mmr,margin", help_heading = "Questions")]
    pub measures: String,

    /// A statement that is asked instead, whose parameters are columns: "margin of $symbol at $notional as of $time"
    #[arg(long, value_name = "STATEMENT", conflicts_with = "measures", help_heading = "Questions")]
    pub ask: Option<String>,

    /// When a rule is to be in force, for all rows; or the column of it
    #[arg(long, value_name = "TIME", help_heading = "Questions")]
    pub as_of: Option<String>,

    /// By when it is to have been published, for all rows; or the column of it
    #[arg(long, value_name = "TIME", help_heading = "Questions")]
    pub known_at: Option<String>,

    /// What was recorded by then counts
    #[arg(long, value_name = "TIME", help_heading = "Questions")]
    pub recorded_by: Option<String>,

    /// The column of contracts or assets [default: symbol, or as other tools call it]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub symbol: Option<String>,

    /// The column of notionals or amounts, negative for a short [default: notional, size or the like]
    #[arg(long, visible_alias = "size", value_name = "COLUMN", help_heading = "Columns")]
    pub notional: Option<String>,

    /// The column of times [default: time, timestamp or the like]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub time: Option<String>,

    /// The column of leverages, for initial_margin, max_position and liquidation_price [default: leverage]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub leverage: Option<String>,

    /// The column of sides, for liquidation_price: long or short [default: side; else the sign of the size]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub side: Option<String>,

    /// The column of sizes in units, which counts before the notional [default: quantity or the like]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub quantity: Option<String>,

    /// The column of what one contract is, where quantities are contracts [default: contract_size]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub contract_size: Option<String>,

    /// The column of the prices at which positions were opened [default: entry_price]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub entry_price: Option<String>,

    /// The column of isolated wallets, which counts before the leverage [default: isolated_margin]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub isolated_margin: Option<String>,

    /// The zone of times that have none: UTC, +08:00
    #[arg(long, value_name = "ZONE", help_heading = "Columns", allow_hyphen_values = true)]
    pub zone: Option<String>,

    /// What happens where a cell cannot be read: stop, or null answers with the status `unreadable`
    #[arg(long, value_name = "WHAT", default_value = "stop", value_parser = ["stop", "null"], help_heading = "Results")]
    pub on_error: String,

    /// End with exit code 0 also where a row has no rule
    #[arg(long, help_heading = "Results")]
    pub allow_unknown: bool,
}

fn form(text: &str) -> Result<Form, String> {
    text.parse().map_err(|error: Error| error.to_string())
}

/// `eval FILE`. Exit code 3 where a row has no value.
pub fn run(session: &Session, arguments: &EvalArguments) -> ExitStatus {
    match evaluated(session, arguments) {
        Ok(done) => report(session, arguments, &done),
        Err(error) => session.report(&error),
    }
}

fn evaluated(session: &Session, arguments: &EvalArguments) -> Result<Done, Error> {
    let evaluation = evaluation(arguments)?;
    let (origin, from) = origin(session, arguments)?;
    let mut console = ConsoleWriter::of(session.console);
    let (target, to) = target(session, arguments, &mut console)?;
    let snapshot = session.database.snapshot()?;
    let progress = Progress::of_work(session.console, "evaluating");
    evaluate(&snapshot, &evaluation, (&origin, from), (target, to), &|done, of| {
        if of > 0 {
            progress.set(done, of);
        }
    })
}

fn evaluation(arguments: &EvalArguments) -> Result<Evaluation, Error> {
    let asked: Vec<Measure> = measures(&arguments.measures)?;
    let mut evaluation = Evaluation::of(&asked);
    evaluation.ask = arguments.ask.as_deref().map(template).transpose()?;
    evaluation.symbol.clone_from(&arguments.symbol);
    evaluation.notional.clone_from(&arguments.notional);
    evaluation.time.clone_from(&arguments.time);
    evaluation.leverage.clone_from(&arguments.leverage);
    evaluation.side.clone_from(&arguments.side);
    evaluation.quantity.clone_from(&arguments.quantity);
    evaluation.contract_size.clone_from(&arguments.contract_size);
    evaluation.entry_price.clone_from(&arguments.entry_price);
    evaluation.isolated_margin.clone_from(&arguments.isolated_margin);
    evaluation.as_of.clone_from(&arguments.as_of);
    evaluation.known_at.clone_from(&arguments.known_at);
    evaluation.zone = arguments.zone.as_deref().map(str::parse).transpose()?;
    let now = evaluation.now;
    evaluation.recorded_by =
        arguments.recorded_by.as_deref().map(|text| tierbook::Timestamp::read(text, now)).transpose()?;
    if arguments.on_error == "null" {
        evaluation.on_error = OnError::Null;
    }
    Ok(evaluation)
}

fn template(text: &str) -> Result<Statement, Error> {
    let mut statements = parse(text)?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(Error::new(ErrorCode::OneStatement, "--ask takes one statement")
            .hint("for example: margin of $symbol at $notional as of $time")),
    }
}

fn origin(session: &Session, arguments: &EvalArguments) -> Result<(Origin, Form), Error> {
    if arguments.file.as_os_str() == "-" {
        if session.console.is_interactive {
            return Err(Error::new(ErrorCode::CannotRead, "standard input is the terminal")
                .hint("pipe rows into it: cat rows.csv | tierbook eval -"));
        }
        return Ok((Origin::Standard, arguments.from.unwrap_or(Form::Csv)));
    }
    let form = arguments.from.map_or_else(|| Form::of_path(&arguments.file), Ok)?;
    Ok((Origin::File(arguments.file.clone()), form))
}

fn target<'a>(
    session: &Session,
    arguments: &EvalArguments,
    console: &'a mut ConsoleWriter,
) -> Result<(Target<'a>, Form), Error> {
    if let Some(file) = arguments.output.as_ref().filter(|file| file.as_os_str() != "-") {
        let form = arguments.to.map_or_else(|| Form::of_path(file), Ok)?;
        return Ok((Target::File(file.clone()), form));
    }
    let form = match (arguments.to, session.format) {
        (Some(form), _) => form,
        (None, Format::Json | Format::Jsonl) => Form::JsonLines,
        (None, _) => Form::Csv,
    };
    session.console.refuse_on_terminal(form)?;
    Ok((Target::Stream(console), form))
}

fn report(session: &Session, arguments: &EvalArguments, done: &Done) -> ExitStatus {
    session.notices(&done.notices);
    let shown = done.errors.len().min(limits::EVAL_ERRORS_SHOWN);
    for error in done.errors.iter().take(shown) {
        session.report(error);
    }
    let without = done.without_rule - done.unreadable;
    let mut parts = vec![counted(done.rows, "row")];
    if without > 0 {
        parts.push(format!("{without} without a value (see the column `status`)"));
    }
    if done.unreadable > 0 {
        parts.push(format!("{} unreadable", done.unreadable));
    }
    if arguments.output.is_some() || done.without_rule > 0 {
        session.console.message(&format!("{}\n", parts.join(", ")));
    }
    let is_fine = done.without_rule == 0 || arguments.allow_unknown;
    ExitStatus::of(if is_fine { 0 } else { 3 })
}
