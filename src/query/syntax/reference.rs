//! The reference of the language, made from its tables: `tierbook help language` prints it, and
//! docs/language-reference.md is the same with the outputs of its examples.

use crate::query::syntax::language::{Clause, StatementKind};
use crate::query::syntax::measure::{Measure, Takes};

/// The longest line of the text, tables and forms excepted.
const COLUMNS: usize = 110;

/// The reference as Markdown, which is read as plain text too.
///
/// ```
/// let reference = tierbook::language::reference(); // what `tierbook help language` prints
/// assert!(reference.contains("### `mmr of SUBJECT at NUMBER`"));
/// ```
pub fn reference() -> String {
    let mut page = String::from(INTRODUCTION);
    page +=
        &format!("```text\n{}explain STATEMENT\n{ADDRESS}\nALIAS [clauses of its statement]\n```\n", forms());
    page += "\n## Measures\n\n";
    for measure in Measure::ALL {
        let at = match measure.takes() {
            Takes::Amount if measure.takes_with() => " at NUMBER [with LEVERAGE]",
            Takes::Amount => " at NUMBER",
            Takes::AmountIfTiered => " [at NUMBER]",
            Takes::Leverage => " at LEVERAGE",
            Takes::Position => " long|short NUMBER entry PRICE with LEVERAGE|margin AMOUNT",
            Takes::Nothing => "",
        };
        page += &format!("### `{} of SUBJECT{at}`\n\n", measure.words());
        page += &paragraph(&format!("{} {}", measure.meaning(), measure.details()));
        page += &example(measure.example());
    }
    page += "## Statements\n\n";
    for kind in StatementKind::ALL.iter().filter(|kind| **kind != StatementKind::Measure) {
        let row = kind.row();
        page += &format!("### `{}`\n\n", format!("{} {}", row.words, row.form).trim_end());
        page += &paragraph(row.meaning);
        page += &row.examples.iter().map(|text| example(text)).collect::<String>();
    }
    page += "### `explain STATEMENT`\n\n";
    page += &paragraph(EXPLAIN);
    page += &example("explain mmr of ACTUSDT at 60000 as of 2026-02-07");
    page += "## Clauses\n\n| clause | meaning | where it is left out | taken by |\n|---|---|---|---|\n";
    for clause in Clause::ALL {
        let mut takers: Vec<&str> =
            StatementKind::ALL.iter().filter(|kind| kind.takes(*clause)).map(|kind| kind.name()).collect();
        takers.dedup();
        let row = clause.row();
        page += &format!("| `{}` | {} | {} | {} |\n", row.form, row.meaning, row.left_out, takers.join(", "));
    }
    page
}

const INTRODUCTION: &str = "\
# Reference of the language

Every statement with its clauses. [language.md](language.md) is the guide. What is in brackets may be left out, `…` is a list,
and the clauses of a statement may come in any order, each at most once.

";

const ADDRESS: &str = "\
SUBJECT/MEASURE@[at=NUMBER;][with=LEVERAGE;]v=V;[k=K;]tx=T[;as-published]
SUBJECT/liquidation_price@long|short=NUMBER;entry=PRICE;with=LEVERAGE|margin=AMOUNT;v=V;[k=K;]tx=T[;as-published]";

const EXPLAIN: &str = "Why an answer is what it is: every statement about the subject with what became of it, and the exact words \
     of the one that answers. It goes before a measure, `history`, `knowledge`, `plane`, `diff`, `changes` and `upcoming`.";

fn forms() -> String {
    StatementKind::ALL.iter().map(|kind| format!("{}\n", kind.form())).collect()
}

fn paragraph(text: &str) -> String {
    format!("{}\n\n", textwrap::fill(text.trim(), COLUMNS))
}

/// The command that asks a statement, quoted where a shell needs it.
fn example(text: &str) -> String {
    let quote = match text {
        _ if !text.contains(['*', '(', '$', '#', '"', ';']) => "",
        _ if text.contains('"') => "'",
        _ => "\"",
    };
    format!("```console\n$ tierbook query {quote}{text}{quote}\n```\n\n")
}
