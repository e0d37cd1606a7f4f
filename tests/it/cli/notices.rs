//! What `eval` says of columns that it had to choose, and of what it was not told.

use super::tool::{Ran, Tool};

const UNBOUNDED: &str = "answers may use what was published after the time of a row";

/// What `eval` prints for a file of one row: the names of the columns, and the cells.
fn eval(tool: &Tool, (names, cells): (&str, &str), options: &[&str]) -> Ran {
    let path = tool.dir().with_file_name("rows.csv");
    std::fs::write(&path, format!("{names}\n{cells}\n")).unwrap();
    let ran = tool.run([&["eval", path.to_str().unwrap()], options].concat());
    assert!(!ran.out.contains("note: "), "notices are no rows: {}", ran.out);
    ran
}

/// The notices about a file of one row that is answered.
fn notices(tool: &Tool, row: (&str, &str), options: &[&str]) -> Vec<String> {
    let ran = eval(tool, row, options);
    assert_eq!(ran.code, 0, "{row:?} {options:?}: {}", ran.text());
    ran.err.lines().map(|line| line.strip_prefix("note: ").expect(line).to_string()).collect()
}

#[test]
fn a_column_that_may_be_a_quantity_is_named_with_the_option_that_chooses() {
    let tool = Tool::seeded();
    let act = "ACTUSDT,60000";
    let at = ["--as-of", "2026-02-07"];
    for name in ["size", "at", "amount", "position_size", "Position Size"] {
        let header = format!("symbol,{name}");
        let found = notices(&tool, (&header, act), &at);
        assert_eq!(found.len(), 1, "{found:?}");
        let quoted = if name.contains(' ') { format!("\"{name}\"") } else { name.to_string() };
        for part in [
            format!("the column `{name}` is taken as the notional"),
            format!("--notional {quoted},"),
            "--notional COLUMN".to_string(),
        ] {
            assert!(found[0].contains(&part), "{found:?} lacks {part}");
        }
        assert_eq!(notices(&tool, (&header, act), &[&at[..], &["--notional", name]].concat()), [""; 0]);
        // A measure that takes no notional says nothing of the column.
        assert_eq!(notices(&tool, (&header, act), &[&at[..], &["--measures", "limit"]].concat()), [""; 0]);
    }
    for name in ["notional", "position_notional", "Position Notional"] {
        assert_eq!(notices(&tool, (&format!("symbol,{name}"), act), &at), [""; 0], "{name}");
    }
    // The size of a position in an asset is its amount.
    let asset = |name: &str| {
        let header = format!("asset,{name}");
        notices(&tool, (&header, "pm-pro:STRK,500000"), &[&at[..], &["--measures", "ratio,tier"]].concat())
    };
    assert_eq!(asset("amount"), [""; 0]);
    assert!(asset("size")[0].contains("is taken as the amount of the asset"), "{:?}", asset("size"));
}

#[test]
fn a_parameter_that_is_bound_to_another_column_is_named_too() {
    let tool = Tool::seeded();
    let row = ("symbol,size", "ACTUSDT,60000");
    let ask = |text: &str| notices(&tool, row, &["--ask", text]);
    let found = ask("mmr of $symbol at $notional as of 2026-02-07");
    assert!(found.len() == 1 && found[0].contains("say so by `$size`"), "{found:?}");
    assert_eq!(ask("mmr of $symbol at $size as of 2026-02-07"), [""; 0]);
}

#[test]
fn what_a_statement_says_itself_is_not_taken_beside_it() {
    let tool = Tool::seeded();
    let row = ("symbol,notional,time", "ACTUSDT,60000,2026-02-07");
    for (option, value, written) in [
        ("--symbol", "symbol", "mmr of $COLUMN"),
        ("--notional", "notional", "at $COLUMN"),
        ("--leverage", "notional", "with $COLUMN"),
        ("--time", "time", "as of $COLUMN"),
        ("--as-of", "2026-02-01", "as of 2026-02-07"),
        ("--known-at", "time", "known at $COLUMN"),
        ("--recorded-by", "2026-02-01", "recorded by 2026-02-07"),
    ] {
        let ran = eval(&tool, row, &["--ask", "mmr of $symbol at $notional as of $time", option, value]);
        assert!(ran.err.contains(&format!("`{option}` is not taken with a statement")), "{}", ran.err);
        assert!(ran.err.contains(written) && ran.code == 2 && ran.out.is_empty(), "{}", ran.text());
    }
}

#[test]
fn times_of_rows_without_a_time_of_knowledge_are_pointed_out_and_change_no_answer() {
    let tool = Tool::seeded();
    let row = ("symbol,notional,opened at", "ACTUSDT,60000,2026-02-07");
    let time = ["--time", "opened at"];
    let found = notices(&tool, row, &time);
    assert!(found.len() == 1 && found[0].starts_with(UNBOUNDED), "{found:?}");
    assert!(
        found[0].contains("--known-at \"opened at\";") && found[0].contains("--known-at now"),
        "{found:?}"
    );
    for known in ["opened at", "now", "2026-02-07"] {
        let options = [&time[..], &["--known-at", known]].concat();
        assert_eq!(notices(&tool, row, &options), [""; 0], "{known}");
        assert_eq!(eval(&tool, row, &options).out, eval(&tool, row, &time).out, "{known}");
    }
    let both = ("symbol,notional,time,decided_at", "ACTUSDT,60000,2026-02-07,2026-02-06");
    assert_eq!(notices(&tool, both, &[]), [""; 0]);
    // One time for all rows is a question of today about then.
    assert_eq!(notices(&tool, row, &["--as-of", "2026-02-07"]), [""; 0]);
    let row = ("symbol,notional,time", "ACTUSDT,60000,2026-02-07");
    let ask = |more: &str| {
        notices(&tool, row, &["--ask", &format!("mmr of $symbol at $notional as of $time{more}")])
    };
    assert!(ask("").len() == 1 && ask("")[0].contains("`known at $time` in the statement"), "{:?}", ask(""));
    assert_eq!(ask(" known at $time"), [""; 0]);
}

#[test]
fn what_is_neither_a_time_nor_a_column_lists_the_columns_and_the_nearest() {
    let tool = Tool::seeded();
    let row = ("symbol,notional,time", "ACTUSDT,60000,2026-02-07");
    for (option, text, near) in [
        ("--as-of", "tiem", "time"),
        ("--known-at", "tme", "time"),
        ("--as-of", "yesterdy", "yesterday"),
        ("--known-at", "todya", "today"),
    ] {
        let ran = eval(&tool, row, &[option, text]);
        let message =
            format!("`{text}` is neither a time nor a column; the columns are symbol, notional, time");
        assert!(ran.err.contains("error[column_missing]") && ran.err.contains(&message), "{}", ran.err);
        assert!(ran.err.contains(&format!("did you mean `{near}`?")), "{}", ran.err);
        assert!(ran.err.contains("2026-02-06T07:00Z"), "{}", ran.err);
    }
    let far = eval(&tool, row, &["--as-of", "opened"]);
    assert!(
        far.err.contains("neither a time nor a column") && !far.err.contains("did you mean"),
        "{}",
        far.err
    );
    // What looks like a time says what is wrong with it.
    for (text, words) in [("2026-02-06 07:00", "no zone"), ("2026-02-30", "2026-02-30")] {
        let ran = eval(&tool, row, &["--as-of", text]);
        assert!(ran.err.contains("error[not_an_instant]") && ran.err.contains(words), "{}", ran.err);
        assert!(ran.err.contains("the column of times, of symbol, notional, time"), "{}", ran.err);
    }
}
