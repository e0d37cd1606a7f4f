//! `eval`: files of questions as people and tools write them, in every form, and the same answers as the language.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray, StringViewArray,
    TimestampMillisecondArray, TimestampNanosecondArray,
};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use serde_json::Value;

use super::tool::{Ran, Tool, shared};

fn file(tool: &Tool, name: &str, bytes: &[u8]) -> PathBuf {
    let path = tool.dir().with_file_name(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn eval(tool: &Tool, text: &str, options: &[&str]) -> Ran {
    let path = file(tool, "rows.csv", text.as_bytes());
    tool.run([&["eval", path.to_str().unwrap()], options].concat())
}

/// The last line of the answers to one row, after the cells of the file.
fn answer(tool: &Tool, row: &str, options: &[&str]) -> String {
    let ran = eval(tool, &format!("symbol,notional,time\n{row}\n"), options);
    let line = ran.out.lines().last().unwrap_or_default();
    line.strip_prefix(row).unwrap_or_else(|| panic!("{row}: {}", ran.text())).to_string()
}

#[test]
fn rows_are_answered_as_tools_and_people_write_them() {
    let tool = Tool::seeded();
    let expected = ",0.1,5500,value,settled,0.9,ee2413a8367c";
    for row in [
        "ACTUSDT,60000,2026-02-06T08:00Z",
        "ACT/USDT:USDT,60000,2026-02-06T08:00:00.000Z",
        "usdm:ACTUSDT,-60000,2026-02-06 08:00:00+00:00",
        "binance:usdm:ACTUSDT,60000.00,2026-02-06 16:00:00.000000+08:00",
        "ACTUSDT,6E4,1770364800",
        "ACTUSDT,6.0e+04,1770364800.0",
        "ACTUSDT,60k,1770364800000",
        "ACTUSDT,60_000,1770364800000000",
        "ACTUSDT, 60000 ,1770364800000000000",
    ] {
        assert_eq!(answer(&tool, row, &[]), expected, "{row}");
    }
    let quoted = eval(&tool, "symbol,notional,time\nACTUSDT,\"60,000\",2026-02-06T08:00Z\n", &[]);
    assert_eq!(quoted.out.lines().last().unwrap(), format!("ACTUSDT,\"60,000\",2026-02-06T08:00Z{expected}"));
    assert_eq!(answer(&tool, "ACTUSDT,60000,2026-02-06 08:00:00", &["--zone", "UTC"]), expected);
    assert_eq!(answer(&tool, "ACTUSDT,60000,2026-02-06 16:00", &["--zone", "+08:00"]), expected);
}

#[test]
fn a_file_of_another_system_is_read() {
    let tool = Tool::seeded();
    let text = "\u{feff}Symbol;Size;Timestamp\r\n\r\nACTUSDT;-60000;2026-02-06T08:00Z\r\n;;\r\nACTUSDT;1;2026-02-06T08:00Z";
    let ran = eval(&tool, text, &[]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[0], "Symbol,Size,Timestamp,mmr,margin,status,certainty,holds,source");
    assert_eq!(lines[1], "ACTUSDT,-60000,2026-02-06T08:00Z,0.1,5500,value,settled,0.9,ee2413a8367c");
    assert_eq!((lines.len(), ran.code), (3, 0), "{}", ran.text());
    let tabs = eval(&tool, "symbol\tnotional\ttime\nACTUSDT\t60,000\t2026-02-06T08:00Z\n", &[]);
    assert!(tabs.out.ends_with(",0.1,5500,value,settled,0.9,ee2413a8367c\n"), "{}", tabs.text());
}

#[test]
fn a_cell_that_cannot_be_read_is_named_with_its_line_its_column_and_what_to_write() {
    let tool = Tool::seeded();
    for (row, place, hint) in [
        ("ACTUSDT,60000,2026-02-06 08:00:00", "line 2 column `time`", "--zone UTC"),
        (
            "ACTUSDT,60000,06/02/2026 08:00",
            "line 2 column `time`",
            "write 2026-02-06T08:00Z or 2026-06-02T08:00Z",
        ),
        ("ACTUSDT,60000,46059.3333", "line 2 column `time`", "Excel"),
        ("ACTUSDT,60000,", "line 2 column `time`: it is empty", "leave the row out"),
        ("ACTUSDT,60000,yesterdy", "line 2 column `time`", "2026-02-06T07:00Z"),
        ("ACTUSDT,\"60.000,00\",2026-02-06", "line 2 column `notional`", "60,000 or 60000"),
        ("ACTUSDT,$60000,2026-02-06", "line 2 column `notional`", "write the number alone: 60000"),
        ("ACTUSDT,nan,2026-02-06", "line 2 column `notional`: `nan`", "write 60000"),
        ("ACTUSDT,,2026-02-06", "line 2 column `notional`: it is empty", "leave the row out"),
        ("ACTUSDT,10x,2026-02-06", "line 2 column `notional`", "a notional: at 60000"),
        (",60000,2026-02-06", "line 2 column `symbol`: it is empty", "leave the row out"),
        ("LTC,60000,2026-02-06", "line 2 column `symbol`: binance:pm:LTC has no `mmr`", "apart"),
        ("STRK,60000,2026-02-06", "line 2 column `symbol`: STRK has no `mmr`", "apart"),
        ("ACTUSDT,60000,2026-02-06,more", "line 2 has 4 cells, but the header names 3 columns", "quotes"),
        ("ACTUSDT,60000", "line 2 has 2 cells, but the header names 3 columns", "quotes"),
    ] {
        let ran = eval(&tool, &format!("symbol,notional,time\n{row}\n"), &[]);
        assert!(ran.err.contains(place) && ran.err.contains(hint), "{row}: {}", ran.text());
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{row}");
    }
}

#[test]
fn what_will_be_recorded_is_not_asked_about() {
    let ran = eval(
        &Tool::seeded(),
        "symbol,notional,time\nACTUSDT,1,2026-02-06\n",
        &["--recorded-by", "2999-01-01"],
    );
    assert!(ran.err.contains("`recorded by` is in the future"), "{}", ran.text());
    assert_eq!(ran.out, "");
}

#[test]
fn unreadable_cells_are_null_where_that_is_asked_for() {
    let tool = Tool::seeded();
    let text = "symbol,notional,time\nACTUSDT,x,2026-02-06T08:00Z\nACTUSDT,60000,2026-02-06T08:00Z\nACTUSDT,60000,\n";
    let ran = eval(&tool, text, &["--on-error", "null"]);
    let lines: Vec<&str> = ran.out.lines().skip(1).collect();
    assert_eq!(lines[0], "ACTUSDT,x,2026-02-06T08:00Z,,,unreadable,,,");
    assert_eq!(lines[1], "ACTUSDT,60000,2026-02-06T08:00Z,0.1,5500,value,settled,0.9,ee2413a8367c");
    assert_eq!(lines[2], "ACTUSDT,60000,,,,unreadable,,,");
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("line 2 column `notional`") && ran.err.contains("line 4 column `time`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("3 rows, 2 unreadable"), "{}", ran.err);
    assert_eq!(eval(&tool, text, &["--on-error", "null", "--allow-unknown"]).code, 0);
}

#[test]
fn a_row_without_a_rule_has_its_status_and_the_exit_code_says_so() {
    let tool = Tool::seeded();
    for (row, status) in [
        ("NOSUCHUSDT,60000,2026-02-07", ",,,unknown_subject,,,"),
        ("ACTUSDT,800000.01,2026-02-07", ",,,above_limit,settled,0.9,ee2413a8367c"),
        ("ACTUSDT,60000,2026-02-01", ",,,unknown,,,"),
    ] {
        assert_eq!(answer(&tool, row, &[]), status, "{row}");
        assert_eq!(eval(&tool, &format!("symbol,notional,time\n{row}\n"), &[]).code, 3);
        assert_eq!(eval(&tool, &format!("symbol,notional,time\n{row}\n"), &["--allow-unknown"]).code, 0);
    }
    let row = "ACTUSDT,60000,2026-02-07";
    assert_eq!(answer(&tool, row, &["--known-at", "2026-02-03T06:00:45Z"]), ",,,not_known_then,,,");
    assert_eq!(answer(&tool, row, &["--recorded-by", "2026-02-04"]), ",,,not_known_then,,,");
}

#[test]
fn the_columns_are_those_that_are_named() {
    let tool = Tool::seeded();
    let text = "pair,qty,opened,seen,x\nACTUSDT,60000,2026-02-07,2026-02-01,1\n";
    let options = ["--notional", "qty", "--time", "opened", "--symbol", "pair"];
    let at = |more: &[&str]| eval(&tool, text, &[&options[..], more].concat());
    assert!(at(&[]).out.ends_with("1,0.1,5500,value,settled,0.9,ee2413a8367c\n"), "{}", at(&[]).text());
    assert!(at(&["--known-at", "seen"]).out.ends_with("1,,,not_known_then,,,\n"));
    let as_of = eval(&tool, text, &["--size", "qty", "--as-of", "opened", "--measures", "mmr"]);
    assert!(as_of.out.ends_with("1,0.1,value,settled,0.9,ee2413a8367c\n"), "{}", as_of.text());
    let missing = eval(&tool, text, &["--notional", "qtty", "--time", "opened"]);
    assert!(missing.err.contains("there is no column `qtty`") && missing.err.contains("did you mean `qty`?"));
    let none = eval(&tool, "symbol,notional\nACTUSDT,1\n", &[]);
    assert!(none.err.contains("--as-of 2026-02-06T07:00Z"), "{}", none.text());
    assert_eq!((missing.code, none.code), (4, 4));
}

#[test]
fn names_that_the_file_has_already_stay_its_own() {
    let tool = Tool::seeded();
    let ran = eval(
        &tool,
        "symbol,notional,time,status,mmr\nACTUSDT,60000,2026-02-07,open,0.2\n",
        &["--measures", "mmr"],
    );
    assert_eq!(
        ran.out,
        "symbol,notional,time,status,mmr,tierbook_mmr,tierbook_status,certainty,holds,source\n\
         ACTUSDT,60000,2026-02-07,open,0.2,0.1,value,settled,0.9,ee2413a8367c\n"
    );
    assert!(ran.err.contains("the answers are in `tierbook_mmr`"), "{}", ran.err);
}

#[test]
fn every_measure_of_one_figure_can_be_asked() {
    let tool = Tool::seeded();
    let text = "symbol,notional,time,leverage\nACTUSDT,60000,2026-02-07,4\nACTUSDT,60000,2026-02-07,10x\n";
    let measures = "mmr,margin,initial_margin,amount,max_leverage,tier,limit,max_position";
    let ran = eval(&tool, text, &["--measures", measures]);
    let rows: Vec<&str> = ran.out.lines().skip(1).collect();
    assert_eq!(
        rows[0],
        "ACTUSDT,60000,2026-02-07,4,0.1,5500,15000,500,5,2,800000,70000,value,settled,0.9,ee2413a8367c"
    );
    // A leverage of 10 is more than the tier allows.
    assert_eq!(
        rows[1],
        "ACTUSDT,60000,2026-02-07,10x,0.1,5500,,500,5,2,800000,10000,above_limit,settled,0.9,ee2413a8367c"
    );
    let assets = "asset,amount,time\npm-pro:STRK,500000,2026-02-07\n";
    let ran = eval(&tool, assets, &["--measures", "ratio,collateral,tier"]);
    assert!(ran.out.ends_with("2026-02-07,0.7,430000,3,value,settled,,ee2413a8367c\n"), "{}", ran.text());
    let no_amount = eval(&tool, "asset,time\nLTC,2026-02-07\n", &["--measures", "ratio"]);
    assert!(
        no_amount.out.ends_with("LTC,2026-02-07,0.8,value,settled,,ee2413a8367c\n"),
        "{}",
        no_amount.text()
    );
    let needed = eval(&tool, "asset,time\npm-pro:STRK,2026-02-07\n", &["--measures", "ratio"]);
    assert!(needed.err.contains("depends on the amount"), "{}", needed.text());
}

#[test]
fn a_statement_with_columns_as_parameters_answers_as_measures_do() {
    let tool = Tool::seeded();
    let text =
        "ticker,size,time\nACTUSDT,-60000,1770364800\nNOSUCHUSDT,1,2026-02-07\nACTUSDT,900000,2026-02-07\n";
    let ran = eval(&tool, text, &["--ask", "margin of $symbol at $notional as of $time known at $time"]);
    assert_eq!(
        ran.out,
        "ticker,size,time,value,unit,status,certainty,holds,source\n\
         ACTUSDT,-60000,1770364800,5500,USDT,value,settled,0.9,ee2413a8367c\n\
         NOSUCHUSDT,1,2026-02-07,,,unknown_subject,,,\n\
         ACTUSDT,900000,2026-02-07,,USDT,above_limit,settled,0.9,ee2413a8367c\n"
    );
    assert_eq!(ran.code, 3);
    let typo = eval(&tool, text, &["--ask", "margin of $ticket at $size"]);
    assert!(typo.err.contains("did you mean `$ticker`?"), "{}", typo.text());
    let several = eval(&tool, text, &["--ask", "tiers of $symbol as of $time"]);
    assert!(several.err.contains("line 2") && several.err.contains("ask one measure"), "{}", several.text());
}

/// Columns of the types that other tools write.
fn typed() -> RecordBatch {
    let columns: Vec<(&str, ArrayRef, DataType)> = vec![
        ("symbol", Arc::new(StringViewArray::from(vec!["ACTUSDT"; 3])), DataType::Utf8View),
        ("notional", Arc::new(Float64Array::from(vec![60_000.0, -60_000.01, 0.1])), DataType::Float64),
        (
            "time",
            Arc::new(TimestampNanosecondArray::from(vec![1_770_364_800_000_000_000; 3]).with_timezone("UTC")),
            DataType::Timestamp(arrow_schema::TimeUnit::Nanosecond, Some("UTC".into())),
        ),
        (
            "naive",
            Arc::new(TimestampMillisecondArray::from(vec![1_770_364_800_000; 3])),
            DataType::Timestamp(arrow_schema::TimeUnit::Millisecond, None),
        ),
        ("epoch", Arc::new(Int64Array::from(vec![1_770_364_800; 3])), DataType::Int64),
        (
            "exact",
            Arc::new(
                Decimal128Array::from(vec![6_000_000_i128, 6_000_001, 10])
                    .with_precision_and_scale(18, 2)
                    .unwrap(),
            ),
            DataType::Decimal128(18, 2),
        ),
        ("note", Arc::new(StringArray::from(vec![Some("a"), None, Some("")])), DataType::Utf8),
    ];
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) =
        columns.into_iter().map(|(name, array, kind)| (Field::new(name, kind, true), array)).unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

#[test]
fn columns_of_other_tools_are_read_by_their_types() {
    let tool = Tool::seeded();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, typed().schema(), None).unwrap();
    writer.write(&typed()).unwrap();
    writer.close().unwrap();
    let path = file(&tool, "typed.parquet", &bytes);
    let margins = |options: &[&str]| {
        let ran = tool.run(
            [
                &["eval", path.to_str().unwrap(), "--format", "jsonl", "--measures", "margin"],
                &["--known-at", "now"][..],
                options,
            ]
            .concat(),
        );
        let rows: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(ran.code, 0, "{}", ran.text());
        (rows.iter().map(|row| row["margin"].as_str().unwrap().to_string()).collect::<Vec<_>>(), ran.err)
    };
    let expected = ["5500", "5500.00125", "0.005"].map(String::from).to_vec();
    for options in
        [&[][..], &["--notional", "exact"], &["--time", "epoch"], &["--time", "naive", "--zone", "UTC"]]
    {
        assert_eq!(margins(options), (expected.clone(), String::new()), "{options:?}");
    }
    let (found, err) = margins(&["--time", "naive"]);
    assert_eq!(found, expected);
    assert!(err.contains("the times of column `naive` have no zone and were read as UTC"), "{err}");
    // What is absent stays absent, and what is empty stays empty.
    let ran = tool.run(["eval", path.to_str().unwrap(), "--format", "jsonl"]);
    let notes: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["note"].clone()).collect();
    assert_eq!(notes, [Value::from("a"), Value::Null, Value::from("")]);
}

#[test]
fn every_form_of_files_gives_the_same_answers() {
    let tool = Tool::seeded();
    let text = "symbol,notional,time,note\nACTUSDT,60000,2026-02-07,\"a, b\"\nNOSUCHUSDT,1,2026-02-07,\nIPUSDT,-600000,2026-02-07,\"\"\"q\"\"\"\n";
    let first = file(&tool, "first.csv", text.as_bytes());
    let expected = tool.run(["eval", first.to_str().unwrap()]).out;
    let mut from = first;
    for name in ["a.parquet", "b.arrow", "c.arrows", "d.jsonl", "e.csv"] {
        // The rows of the file go from form to form, each read from the last one.
        let to = tool.dir().with_file_name(name);
        let ran = tool.run(["eval", from.to_str().unwrap(), "--measures", "mmr", "-o", to.to_str().unwrap()]);
        assert_eq!(ran.code, 3, "{name}: {}", ran.text());
        let again = tool.run(["eval", to.to_str().unwrap(), "--format", "csv"]);
        let kept =
            again.out.lines().zip(text.lines()).filter(|(found, line)| found.starts_with(line)).count();
        assert!(kept >= 3, "{name}: {}", again.out);
        assert_eq!(again.out.matches(",55000,").count(), expected.matches(",55000,").count(), "{name}");
        from = to;
    }
    let jsonl = std::fs::read_to_string(tool.dir().with_file_name("d.jsonl")).unwrap();
    let row: Value = serde_json::from_str(jsonl.lines().next().unwrap()).unwrap();
    assert_eq!((&row["note"], &row["mmr"]), (&Value::from("a, b"), &Value::from("0.1")));
    let same = std::fs::read(tool.dir().with_file_name("a.parquet")).unwrap();
    tool.run([
        "eval",
        tool.dir().with_file_name("first.csv").to_str().unwrap(),
        "--measures",
        "mmr",
        "-o",
        tool.dir().with_file_name("again.parquet").to_str().unwrap(),
    ]);
    assert_eq!(
        std::fs::read(tool.dir().with_file_name("again.parquet")).unwrap(),
        same,
        "same rows, same bytes"
    );
}

#[test]
fn values_of_json_lines_pass_as_they_are_written() {
    let tool = Tool::seeded();
    let text = "{\"symbol\": \"ACT\\u0055SDT\", \"notional\": 6.0e4, \"time\": 1770364800, \"tags\": [1, {\"a\": null}]}\n\n\
                {\"time\": \"2026-02-07\", \"symbol\": \"ACTUSDT\", \"notional\": \"-60,000\"}\r\n";
    let path = file(&tool, "rows.jsonl", text.as_bytes());
    let ran = tool.run(["eval", path.to_str().unwrap(), "--format", "jsonl", "--measures", "mmr"]);
    let answers = "\"mmr\":\"0.1\",\"status\":\"value\",\"certainty\":\"settled\",\"holds\":\"0.9\",\"source\":\"ee2413a8367c\"}";
    assert_eq!(
        ran.out,
        format!(
            "{{\"symbol\":\"ACT\\u0055SDT\",\"notional\":6.0e4,\"time\":1770364800,\"tags\":[1, {{\"a\": null}}],{answers}\n\
             {{\"symbol\":\"ACTUSDT\",\"notional\":\"-60,000\",\"time\":\"2026-02-07\",\"tags\":null,{answers}\n"
        ),
        "{}",
        ran.err
    );
    for (text, message) in [
        ("[{\"symbol\": 1}]", "one JSON array"),
        (
            "{\"symbol\": \"ACTUSDT\", \"notional\": 1, \"time\": 5}\n{\"symbol\"",
            "line 2 is not a JSON object",
        ),
        (
            "{\"symbol\": \"A\", \"symbol\": \"B\", \"notional\": 1, \"time\": 5}",
            "has the field `symbol` twice",
        ),
        ("", "is empty"),
    ] {
        let path = file(&tool, "bad.jsonl", text.as_bytes());
        let ran = tool.run(["eval", path.to_str().unwrap()]);
        assert!(ran.err.contains(message) && ran.code == 4, "{text}: {}", ran.text());
    }
}

#[test]
fn long_files_pass_in_order_and_an_error_in_them_leaves_the_old_file() {
    let tool = Tool::seeded();
    let (rows, wrong) = (200_000, 150_001);
    let mut text = String::from("symbol,notional,time,row\n");
    (0..rows).for_each(|row| text += &format!("ACTUSDT,{},2026-02-07,{row}\n", row % 800_000));
    let path = file(&tool, "long.csv", text.as_bytes());
    let out = file(&tool, "out.csv", b"old");
    let (path, out) = (path.to_str().unwrap(), out.to_str().unwrap());
    let bad = text.replace(&format!(",{wrong}\n"), &format!("x,{wrong}\n")).replacen("2026-02-07x", "x", 1);
    let bad = file(&tool, "bad.csv", bad.as_bytes());
    let ran = tool.run(["eval", bad.to_str().unwrap(), "-o", out]);
    assert!(ran.err.contains(&format!("line {} column `time`", wrong + 2)), "{}", ran.err);
    assert_eq!((ran.code, std::fs::read(out).unwrap().as_slice()), (4, &b"old"[..]));
    let left = std::fs::read_dir(tool.dir().parent().unwrap()).unwrap();
    assert!(left.flatten().all(|entry| !entry.file_name().to_string_lossy().ends_with(".part")));
    let ran = tool.run(["eval", path, "-o", out, "--known-at", "now"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "200000 rows\n"), "{}", ran.text());
    let written = std::fs::read_to_string(out).unwrap();
    assert_eq!(written.lines().count(), rows + 1);
    for (row, line) in written.lines().skip(1).enumerate() {
        assert_eq!(line.split(',').nth(3), Some(row.to_string().as_str()));
    }
}

#[test]
fn standard_input_and_output_are_files_too() {
    let tool = Tool::seeded();
    let mut command = tool.command();
    command.args(["eval", "-", "--from", "jsonl", "--to", "csv", "--measures", "mmr"]);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let row = b"{\"symbol\":\"ACTUSDT\",\"notional\":60000,\"time\":\"2026-02-07\"}\n";
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), row).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().last().unwrap(), "ACTUSDT,60000,2026-02-07,0.1,value,settled,0.9,ee2413a8367c");
}

#[test]
fn files_that_are_no_columns_are_named() {
    let tool = Tool::seeded();
    for (name, bytes, code, message) in [
        ("a.parquet", &b"symbol,notional\n"[..], 4, "is no Parquet file"),
        ("a.arrow", b"symbol,notional\n", 4, "is no Arrow file"),
        ("a.csv", b"PAR1....", 4, "--from parquet or arrow"),
        ("u.csv", b"\xff\xfes\x00", 4, "UTF-16"),
        ("b.csv", b"symbol,notional,time\nACT\xff,1,2026-02-07\n", 4, "line 2 column `symbol`"),
        ("c.csv", b"symbol,symbol,time\nA,1,2026-02-07\n", 4, "two columns `symbol`"),
        ("d.csv", b"", 4, "is empty"),
        ("e.xlsx", b"PK\x03\x04", 2, "does not say of which form"),
    ] {
        let path = file(&tool, name, bytes);
        let ran = tool.run(["eval", path.to_str().unwrap()]);
        assert!(ran.err.contains(message) && ran.err.contains("help: "), "{name}: {}", ran.text());
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{name}");
    }
    let header = eval(&tool, "symbol,notional,time\n", &[]);
    assert_eq!((header.code, header.out.lines().count()), (0, 1));
    let missing = tool.run(["eval", "no/such.csv"]);
    assert!(missing.code == 4 && missing.err.contains("no/such.csv"), "{}", missing.text());
    let unwritable = eval(&tool, "symbol,notional,time\n", &["-o", "/no/such/folder/out.csv"]);
    assert!(unwritable.code != 0 && unwritable.err.contains("cannot write"), "{}", unwritable.text());
}

#[test]
fn random_rows_have_the_answers_of_the_language() {
    let tool = Tool::seeded();
    if let Some(path) = shared("announcements") {
        assert_eq!(tool.run(["load", "--quiet", path.to_str().unwrap()]).code, 0);
    }
    let (subjects, _) = tool.rows("subjects");
    let names: Vec<&str> = subjects
        .iter()
        .filter_map(|row| row["subject"].as_str())
        .filter(|name| name.contains(":usdm:"))
        .collect();
    let mut dice = 17_u64;
    let mut roll = |below: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % below
    };
    let notionals =
        ["0", "5000", "10000", "10000.00000001", "60000", "123456.78", "900000", "50000000", "1e12"];
    let times = [
        "2025-10-07T06:30Z",
        "2026-02-06T06:30Z",
        "2026-02-06T07:15Z",
        "2026-02-07",
        "2026-06-01",
        "2025-01-01",
    ];
    let mut text = String::from("symbol,notional,time,known_at\n");
    let mut asked = Vec::new();
    for _ in 0..400 {
        let name = names[roll(names.len())].rsplit(':').next().unwrap();
        let (notional, time, known) = (notionals[roll(9)], times[roll(6)], times[roll(6)]);
        text += &format!("{name},{notional},{time},{known}\n");
        let plain = if notional == "1e12" { "1000000000000" } else { notional };
        asked.push(format!("margin of {name} at {plain} as of {time} known at {known}"));
    }
    let ran = eval(&tool, &text, &["--format", "jsonl", "--measures", "margin"]);
    let found: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found.len(), asked.len(), "{}", ran.err);
    for (query, row) in asked.iter().zip(&found) {
        let expected = &tool.rows(query).0[0];
        assert_eq!(row["margin"], expected["value"], "{query}");
        assert_eq!(row["status"], expected["status"], "{query}");
        assert_eq!(row["certainty"], expected["certainty"]["kind"], "{query}");
        assert_eq!(row["holds"], expected["holds"], "{query}");
        assert_eq!(row["source"], expected["source"]["id"], "{query}");
    }
}
