//! Several statements in machine forms: one array, and each row with the number of its statement.

use serde_json::Value;

use super::tool::{Ran, Tool};

const QUERY: &str = "mmr of ACTUSDT at 1k, 60k as of 2026-02-07; limit of NOPEUSDT; upcoming; limit of IPUSDT as of 2026-02-07";

fn array(ran: &Ran) -> Vec<Value> {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.text()))
}

fn numbers(rows: &[Value], field: &str) -> Vec<u64> {
    rows.iter().map(|row| row[field].as_u64().unwrap_or_else(|| panic!("{field} in {row}"))).collect()
}

fn ask(tool: &Tool, format: &str, query: &str) -> Ran {
    tool.run(["--format", format, "query", query])
}

#[test]
fn several_statements_are_one_array_and_an_error_in_the_middle_leaves_it_whole() {
    let tool = Tool::seeded();
    let ran = ask(&tool, "json", QUERY);
    let rows = array(&ran);
    assert_eq!(numbers(&rows, "statement"), [1, 1, 4], "the second is an error, the third has no rows");
    assert!(ran.code == 2 && ran.err.contains("unknown_subject"), "{}", ran.text());
    let lines: Vec<Value> =
        ask(&tool, "jsonl", QUERY).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, rows);
    let csv = ask(&tool, "csv", QUERY).out;
    assert_eq!(csv.split("\n\n").count(), 2, "a header for each statement: {csv}");
    let first_cells: Vec<&str> = csv.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(first_cells, ["statement", "1", "1", "", "statement", "4"]);
}

#[test]
fn the_array_is_the_same_from_a_file_from_standard_input_and_at_the_prompt() {
    let tool = Tool::seeded();
    let answered = ask(&tool, "json", QUERY).out;
    let path = tool.dir().with_file_name("ask.tb");
    std::fs::write(&path, QUERY).unwrap();
    assert_eq!(tool.run(["--format", "json", "query", "--file", path.to_str().unwrap()]).out, answered);
    assert_eq!(tool.run_with_input(["--format", "json", "query", "-"], QUERY.as_bytes()).out, answered);
    assert_eq!(tool.run_with_input(["--format", "json", "repl"], QUERY.as_bytes()).out, answered);
}

#[test]
fn an_array_without_rows_is_empty_and_a_text_that_cannot_be_read_prints_nothing() {
    let tool = Tool::seeded();
    assert_eq!(ask(&tool, "json", "limit of NOPEUSDT; upcoming").out, "[]\n");
    assert_eq!(ask(&tool, "json", "upcoming; upcoming").out, "[]\n");
    assert_eq!(ask(&tool, "jsonl", "upcoming; upcoming").out, "");
    let unread = ask(&tool, "json", "limit of ACTUSDT; limit off ACTUSDT");
    assert_eq!((unread.code, unread.out.as_str()), (2, ""));
}

#[test]
fn one_statement_has_no_number_and_several_have_the_same_rows_besides_it() {
    let tool = Tool::seeded();
    for kind in tierbook::language::StatementKind::ALL {
        for example in kind.row().examples {
            // The clock must not move between the two.
            let example = example.split(" | ").next().unwrap();
            let alone = ask(&tool, "json", example);
            let Ok(alone) = serde_json::from_str::<Vec<Value>>(&alone.out) else { continue };
            let mut rows = array(&ask(&tool, "json", &format!("sources; {example}")));
            rows.retain_mut(|row| {
                let fields = row.as_object_mut().unwrap();
                let own = fields.keys().filter(|name| *name == "statement").count();
                let number = fields.shift_remove("statement_number");
                let number = number.or_else(|| fields.shift_remove("statement"));
                assert!(own <= 1);
                number == Some(Value::from(2))
            });
            assert_eq!(rows.len(), alone.len(), "{example}");
            for (row, alone) in rows.iter().zip(&alone) {
                let names = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
                assert_eq!(names(row), names(alone), "{example}");
                assert!(!alone["statement"].is_u64() && alone["statement_number"].is_null(), "{example}");
                assert_eq!(row.get("statement"), alone.get("statement"), "{example}");
            }
        }
    }
}
