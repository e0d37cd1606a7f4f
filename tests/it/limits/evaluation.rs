//! The bounds of `eval`.

use std::fs;

use tierbook::limits;

use crate::cli::tool::{Ran, Tool};

/// What `eval` says of a file in which so many rows cannot be read.
fn unreadable(tool: &Tool, rows: usize) -> Ran {
    let file = tool.dir().with_file_name("rows.csv");
    let rows = "ACTUSDT,many,2026-02-06T08:00Z\n".repeat(rows);
    fs::write(&file, format!("symbol,notional,time\n{rows}")).unwrap();
    tool.run(["eval", file.to_str().unwrap(), "--on-error", "null"])
}

#[test]
fn the_most_errors_of_rows_are_shown_and_one_more_is_counted() {
    let (tool, most) = (Tool::seeded(), limits::EVAL_ERRORS_SHOWN);
    let shown = |ran: &Ran| ran.err.lines().filter(|line| line.starts_with("error")).count();
    for (rows, expected) in [(most, most), (most + 1, most)] {
        let ran = unreadable(&tool, rows);
        assert_eq!(shown(&ran), expected, "{}", ran.err);
        assert!(ran.err.contains(&format!("{rows} rows, {rows} unreadable")), "{}", ran.err);
    }
}
