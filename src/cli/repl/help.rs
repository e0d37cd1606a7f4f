//! `help` and `help TOPIC`: what can be asked, with examples that run on what is held.

use clap::CommandFactory;

use super::super::arguments::Arguments;
use super::names::Names;
use tierbook::query::syntax::measure::{Measure, Takes};
use tierbook::statement::Program;
use tierbook::text::nearest;

/// A topic: its words, what it is, and examples, in which `{}` stands for a subject that is held.
struct Topic {
    name: &'static str,
    text: &'static str,
    examples: &'static [&'static str],
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "history",
        text: "the versions of a rule over valid time, or a measure as steps",
        examples: &["history of {}", "history of mmr of {} at 60000"],
    },
    Topic {
        name: "knowledge",
        text: "the answer for one valid instant, as more and more became known",
        examples: &["knowledge of mmr of {} at 60000"],
    },
    Topic {
        name: "plane",
        text: "the answer over both times: when it held, and when it was known",
        examples: &["plane of mmr of {} at 60000"],
    },
    Topic {
        name: "diff",
        text: "the rule at two instants, or as two states of knowledge: tier by tier, and what a position pays",
        examples: &["diff {} as of 30 days ago vs now"],
    },
    Topic {
        name: "changes",
        text: "what changed, by when it took effect, was published or was recorded; tightened or loosened",
        examples: &[
            "changes of {}",
            "changes since 30 days ago where tightened",
            "changes by published where limit down",
        ],
    },
    Topic {
        name: "upcoming",
        text: "what is announced and still ahead; with as of V, what was ahead of V as known then",
        examples: &["upcoming within 7d", "upcoming as of 30 days ago within 30d"],
    },
    Topic {
        name: "report",
        text: "what each source did: notice given, changes unseen or not carried out",
        examples: &["report"],
    },
    Topic {
        name: "explain",
        text: "why an answer is what it is: every candidate, what beat it, the words of the source",
        examples: &["explain mmr of {} at 60000"],
    },
    Topic {
        name: "chart",
        text: "a measure over the notional as a drawing, also before and after; set format svg for a file",
        examples: &[
            "chart mmr of {}",
            "chart margin of {} as of 30 days ago vs now",
            "chart history of mmr of {} at 60000",
        ],
    },
    Topic {
        name: "lists",
        text: "what is held: subjects, sources, and what is odd about them",
        examples: &["subjects matching \"A*\"", "sources", "findings of {}"],
    },
    Topic {
        name: "times",
        text: "as of V: the rule that held at V (now, if it is left out)\n\
               known at K: only what was published by K; recorded by T: only what was recorded by T\n\
               an instant: 2026-02-06T07:00Z, 2026-02-06 06:30 (UTC), 2026-02-06, now, 3 days ago\n\
               to stand on a day as one stood then: set as of V and set known at V; then unset",
        examples: &[
            "mmr of {} at 60000 as of 30 days ago",
            "mmr of {} at 60000 known at 30 days ago",
            "set as of 30 days ago",
        ],
    },
    Topic {
        name: "set",
        text: "set as of V, set known at K, set recorded by T, set on PROGRAM: for every statement that gives none\n\
               set format table|json|jsonl|csv; timing on|off; set pager on|off; unset [CLAUSE]\n\
               last: the last answer once more, in the form set now; output FILE: answers go to a file; output: back",
        examples: &["set format json", "last", "timing on"],
    },
    Topic {
        name: "commands",
        text: "load, check, reconcile, audit, export, retract, postpone, verify and head run here as they do outside;\n\
               load PATH --dry-run shows which answers would change before anything is written",
        examples: &["head", "verify"],
    },
];

/// How wide help is written, so that it fits an ordinary terminal.
const HELP_COLUMNS: usize = 78;

/// The names of all topics.
pub fn topics() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().map(|topic| topic.name).chain(Measure::ALL.iter().map(|measure| measure.words()))
}

/// The help on a topic, or on all where it is empty.
pub fn help(topic: &str, names: &Names) -> String {
    let contract = names.first(&Program::holds_contracts);
    let contract = contract.map_or("ACTUSDT".to_string(), |subject| subject.name().to_string());
    let wanted = topic.trim().to_lowercase();
    if wanted.is_empty() {
        return general(&contract);
    }
    if let Some(measure) = Measure::ALL.iter().find(|measure| measure.words() == wanted) {
        return format!(
            "{}: {}\n{}",
            measure.words(),
            measure.meaning(),
            examples(&measure_examples(*measure, names))
        );
    }
    if let Some(command) = Arguments::command().find_subcommand_mut(&wanted) {
        return command.render_help().to_string();
    }
    match TOPICS.iter().find(|topic| {
        topic.name == wanted
            || (topic.name == "lists"
                && ["subjects", "sources", "findings", "source"].contains(&wanted.as_str()))
    }) {
        Some(topic) => {
            let shown: Vec<String> =
                topic.examples.iter().map(|example| example.replace("{}", &contract)).collect();
            format!("{}: {}\n{}", topic.name, topic.text, examples(&shown))
        }
        None => {
            let near = nearest(&wanted, topics())
                .map_or(String::new(), |near| format!("did you mean `help {near}`? "));
            let all = topics().collect::<Vec<_>>().join(", ");
            let text = format!("no help on `{wanted}`. {near}The topics are: {all}");
            textwrap::fill(&text, HELP_COLUMNS) + "\n"
        }
    }
}

/// What a measure is asked with, of a subject that has it.
fn measure_examples(measure: Measure, names: &Names) -> Vec<String> {
    let (name, on) = match names.first(&|program| measure.applies_to(program)) {
        Some(subject) if subject.program().holds_contracts() => (subject.name().to_string(), String::new()),
        Some(subject) => (subject.name().to_string(), format!(" on {}", subject.program().name())),
        None => ("ACTUSDT".to_string(), String::new()),
    };
    let at = match measure.takes() {
        Takes::Amount | Takes::AmountIfTiered => " at 60000",
        Takes::Leverage => " at 10x",
        Takes::Nothing => "",
    };
    let words = measure.words();
    vec![format!("{words} of {name}{at}{on}"), format!("explain {words} of {name}{at}{on}")]
}

fn examples(examples: &[String]) -> String {
    examples.iter().map(|example| format!("  {example}\n")).collect()
}

fn general(contract: &str) -> String {
    let measures: Vec<&str> = Measure::ALL.iter().map(|measure| measure.words()).collect();
    let topics: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    format!(
        "a question is a measure of a subject, at a notional, at an instant; Tab shows what can come next\n\
         \u{20} mmr of {contract} at 60000\n\
         \u{20} tiers of {contract} as of 2026-02-06T07:00Z\n\
         \u{20} explain mmr of {contract} at 60000          why, and by which words\n\
         \u{20} changes of {contract}                       when it changed, and how\n\
         measures: {}\n\
         clauses:  as of, known at, recorded by, on usdm|coinm|pm|pm-pro, as published\n\
         more:     help TOPIC, with one of: {}, or a measure\n\
         Ctrl-R searches earlier lines, Ctrl-C drops the line, Ctrl-D or `exit` ends\n",
        measures.join(", "),
        topics.join(", "),
    )
}
