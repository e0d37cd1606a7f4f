//! `help` and `help TOPIC`: what can be asked, with examples that run on what is stored. Measures, statements
//! and commands explain themselves from the tables of the language and of clap.

use super::commands::{self, topics};
use super::names::Names;
use tierbook::Program;
use tierbook::language::{Measure, StatementKind, Takes, statement_names};
use tierbook::render::wrap;
use tierbook::text::nearest;

/// How wide help is at most: longer lines are hard to read.
const HELP_COLUMNS: usize = 100;

const TIMES: &str = "\
times: as of V: the rule in force at V (now, if it is left out)
known at K: only what was published by K; recorded by R: only what was recorded by R
a time: 2026-02-06T07:00Z, 2026-02-06 06:30 (UTC), 2026-02-06, now, 3 days ago
to answer as on a past day: set as of V and set known at V; later unset
  mmr of {} at 60000 as of 30 days ago
  mmr of {} at 60000 known at 30 days ago
  set as of 30 days ago
";

/// The help on a topic, or on everything where it is empty, for a terminal of that width.
pub fn help(topic: &str, names: &Names, width: Option<usize>) -> String {
    let width = width.map_or(HELP_COLUMNS, |width| width.min(HELP_COLUMNS));
    wrap::lines(&text(topic, names), Some(width))
}

fn text(topic: &str, names: &Names) -> String {
    let contract = names.example(&Program::has_contracts);
    let contract = contract.map_or("ACTUSDT".to_string(), |subject| subject.name().to_string());
    let topic = topic.trim().to_lowercase();
    if let Some(measure) = Measure::ALL.iter().find(|measure| measure.words() == topic) {
        return measure_help(*measure, names);
    }
    match topic.as_str() {
        "" => general(&contract),
        "times" => TIMES.replace("{}", &contract),
        "commands" => commands::list(),
        "explain" => explain(&contract),
        topic => statement_help(topic, &contract)
            .or_else(|| commands::help(topic))
            .unwrap_or_else(|| unknown_topic(topic)),
    }
}

fn measure_help(measure: Measure, names: &Names) -> String {
    let (name, on) = match names.example(&|program| measure.applies_to(program)) {
        Some(subject) if subject.program().has_contracts() => (subject.name().to_string(), String::new()),
        Some(subject) => (subject.name().to_string(), format!(" on {}", subject.program().name())),
        None => ("ACTUSDT".to_string(), String::new()),
    };
    let at = match measure.takes() {
        Takes::Amount | Takes::AmountIfTiered => " at 60000",
        Takes::Leverage => " at 10x",
        Takes::Position => " long 60k entry 0.02 with 5x",
        Takes::Nothing => "",
    };
    let words = measure.words();
    let question = format!("{words} of {name}{at}{on}");
    format!("{words}: {}\n  {question}\n  explain {question}\n", measure.meaning())
}

fn explain(contract: &str) -> String {
    let meaning =
        "explain: why an answer is what it is: every candidate, why another one won, the words of the source";
    format!("{meaning}\n  explain mmr of {contract} at 60000\n")
}

/// The help on the statements that start with a word; examples are about a contract that is stored.
fn statement_help(word: &str, contract: &str) -> Option<String> {
    let is_named = |kind: &&StatementKind| !word.is_empty() && kind.row().words == word;
    let texts: Vec<String> = StatementKind::ALL
        .iter()
        .filter(is_named)
        .map(|kind| {
            let meaning = kind.row().meaning;
            let examples = kind.row().examples.iter().map(|example| format!("  {example}\n"));
            format!("{}\n{meaning}\n{}", kind.form(), examples.collect::<String>())
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n").replace("ACTUSDT", contract))
}

fn unknown_topic(topic: &str) -> String {
    let near = nearest(topic, topics()).map_or(String::new(), |near| format!("did you mean `help {near}`? "));
    let all = topics().collect::<Vec<_>>().join(", ");
    format!("no help on `{topic}`. {near}The topics are: {all}\n")
}

fn general(contract: &str) -> String {
    let measures: Vec<&str> = Measure::ALL.iter().map(|measure| measure.words()).collect();
    let statements: Vec<&str> = statement_names().collect();
    format!(
        "a question is a measure of a subject, at a notional, as of a time; Tab shows what can come next\n\
         \u{20} mmr of {contract} at 60000\n\
         \u{20} tiers of {contract} as of yesterday\n\
         \u{20} explain mmr of {contract} at 60000          why, and by which words\n\
         \u{20} changes of {contract}                       when it changed, and how\n\
         \u{20} impact positions.csv                    what announced changes do to my positions\n\
         measures: {}\n\
         others:   {}\n\
         clauses:  as of, known at, recorded by, on PROGRAM, as published\n\
         more:     help TOPIC: a measure, a statement, a command, or `times`; help commands lists the commands\n\
         Ctrl-R searches earlier lines, Ctrl-C drops the line, Ctrl-D or `exit` ends the session\n",
        measures.join(", "),
        statements.join(", "),
    )
}
