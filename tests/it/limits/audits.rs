//! How much is checked of logs and certificates, and how much of what is wrong is shown.

use std::path::PathBuf;

use tierbook::language::parse;
use tierbook::positions::{PositionsForm, read};
use tierbook::{Database, ErrorCode, Timestamp, limits};

use crate::cli::tool::{Ran, Tool};

fn file(tool: &Tool, name: &str, text: &str) -> PathBuf {
    let path = tool.dir().with_file_name(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn audited(tool: &Tool, name: &str, log: &str) -> Ran {
    tool.run(["audit", file(tool, name, log).to_str().unwrap()])
}

#[test]
fn a_file_of_certificates_of_the_most_bytes_is_checked_and_one_more_is_refused() {
    let tool = Tool::seeded();
    let database = Database::open(tool.dir()).unwrap();
    let statement = parse("mmr of ACTUSDT at 60000 as of 2026-02-06T08:00Z").unwrap().remove(0);
    let certificate = database.certificate(&statement, Timestamp::now()).unwrap().to_string();
    let most = limits::CERTIFICATE_BYTES;
    let blanks = " ".repeat(most as usize - 2 * certificate.len());
    let path = file(&tool, "certificates.json", &format!("{certificate}{blanks}{certificate}"));
    assert_eq!(database.check_certificate(&path).unwrap(), [""; 0]);
    // The last one is cut off no more than the first.
    file(&tool, "certificates.json", &format!("{certificate} {blanks}{certificate}"));
    let error = database.check_certificate(&path).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooLarge);
    let message = format!("{} has more than {most} bytes, the most that are checked", path.display());
    assert_eq!((error.message(), error.hints().len()), (message.as_str(), 1));
}

/// A line of the bytes, without its end, which has a cell of a column that is not read.
fn csv_line(bytes: usize) -> String {
    let row = "2026-02-07,ACTUSDT,60000,0.1,";
    format!("{row}{}", "x".repeat(bytes - row.len()))
}

fn json_line(bytes: usize) -> String {
    let row = r#"{"time": "2026-02-07", "symbol": "ACTUSDT", "side": "long", "notional": 60000, "rate": 0.1, "note": ""#;
    format!("{row}{}\"}}", "x".repeat(bytes - row.len() - 2))
}

#[test]
fn a_line_of_a_log_may_have_the_most_bytes_wherever_it_is_and_however_it_ends() {
    let tool = Tool::seeded();
    let most = limits::AUDIT_LINE_BYTES;
    let short = csv_line(100);
    for end in ["\n", "\r\n", "\r"] {
        for before in [0, 1, 500] {
            let log = |bytes: usize| {
                let lines = [vec![short.clone(); before], vec![csv_line(bytes), short.clone()]].concat();
                format!("time,subject,notional,rate,note{end}{}{end}", lines.join(end))
            };
            let ran = audited(&tool, "log.csv", &log(most));
            assert!(
                ran.code == 0 && ran.out.contains(&format!("{} figures", before + 2)),
                "{end:?} {}",
                ran.text()
            );
            let ran = audited(&tool, "log.csv", &log(most + 1));
            let message = format!("line {} is longer than {most} bytes", before + 2);
            assert!(ran.code == 4 && ran.err.contains(&message), "{end:?} {before}: {}", ran.text());
        }
    }
}

#[test]
fn a_line_of_json_may_have_the_most_bytes_wherever_it_is_and_however_it_ends() {
    let tool = Tool::seeded();
    let most = limits::AUDIT_LINE_BYTES;
    let lines: Option<PositionsForm> = Some("jsonl".parse().unwrap());
    for end in ["\n", "\r\n"] {
        let log = |bytes: usize| format!("{}{end}{}{end}", json_line(bytes), json_line(200));
        let ran = audited(&tool, "log.jsonl", &log(most));
        assert!(ran.code == 0 && ran.out.contains("2 figures"), "{}", ran.text());
        let ran = audited(&tool, "log.jsonl", &log(most + 1));
        assert!(
            ran.code == 4 && ran.err.contains(&format!("line 1 is longer than {most} bytes")),
            "{}",
            ran.text()
        );
        // Files of positions have lines too, and the last one needs no end.
        for text in [log(most), json_line(200) + end + &json_line(most)] {
            assert_eq!(read::read(text.as_bytes(), lines).unwrap().account.positions.len(), 2);
        }
        for (line, text) in [(1, log(most + 1)), (2, json_line(200) + end + &json_line(most + 1))] {
            let error = read::read(text.as_bytes(), lines).unwrap_err();
            assert_eq!(error.message(), format!("line {line} is longer than {most} bytes"));
            assert_eq!(error.hints(), ["write one row a line: a row has a hundred bytes"]);
        }
    }
}

#[test]
fn a_line_of_positions_in_csv_may_have_the_most_bytes() {
    let most = limits::AUDIT_LINE_BYTES;
    let text = |bytes: usize| format!("symbol,side,note\nACTUSDT,long,{}\n", "x".repeat(bytes - 13));
    assert_eq!(read::read(text(most).as_bytes(), None).unwrap().account.positions.len(), 1);
    let error = read::read(text(most + 1).as_bytes(), None).unwrap_err();
    assert!(error.message().contains(&format!("line 2 is longer than {most} bytes")), "{}", error.message());
    assert_eq!(error.hints(), ["write one row a line: a row has a hundred bytes"]);
}

#[test]
fn the_most_lines_that_cannot_be_read_are_shown_and_the_rest_is_counted() {
    let tool = Tool::seeded();
    let most = limits::AUDIT_SHOWN;
    let log = |count: usize| format!("time,subject,notional,rate\n{}", "x,ACTUSDT,1,0.1\n".repeat(count));
    let shown = |ran: &Ran| ran.err.matches("error[").count();
    let ran = audited(&tool, "log.csv", &log(most));
    assert!(shown(&ran) == most && !ran.err.contains("more lines"), "{}", ran.err);
    let ran = audited(&tool, "log.csv", &log(most + 1));
    assert!(shown(&ran) == most && ran.err.contains("1 more lines cannot be read"), "{}", ran.err);
}

#[test]
fn the_most_judgements_are_shown_and_the_rest_is_counted() {
    let tool = Tool::seeded();
    let most = limits::AUDIT_SHOWN;
    let log = |count: usize| {
        format!("time,subject,notional,rate\n{}", "2026-02-07,ACTUSDT,60000,0.3\n".repeat(count))
    };
    let ran = audited(&tool, "log.csv", &log(most));
    assert!(ran.out.matches("wrong").count() >= most && !ran.out.contains("more;"), "{}", ran.out);
    let ran = audited(&tool, "log.csv", &log(most + 1));
    assert!(ran.out.contains("and 1 more; --format csv or jsonl gives every line"), "{}", ran.out);
}

#[cfg(feature = "columnar")]
#[test]
fn the_most_rows_of_a_file_of_questions_that_cannot_be_read_are_kept_and_all_are_counted() {
    use tierbook::evaluation::{Evaluation, Form, OnError, Origin, Target, evaluate};
    use tierbook::language::Measure;

    let tool = Tool::seeded();
    let rules = Database::open(tool.dir()).unwrap().snapshot().unwrap();
    let most = limits::AUDIT_SHOWN;
    for (wrong, kept) in [(most, most), (most + 1, most)] {
        let rows = "ACTUSDT,many,2026-02-07\n".repeat(wrong);
        let path = file(&tool, "rows.csv", &format!("symbol,notional,time\n{rows}"));
        let (origin, target) = (Origin::File(path), Target::File(tool.dir().with_file_name("answers.csv")));
        let mut evaluation = Evaluation::of(&[Measure::Mmr]);
        evaluation.on_error = OnError::Null;
        let done =
            evaluate(&rules, &evaluation, (&origin, Form::Csv), (target, Form::Csv), &|_, _| {}).unwrap();
        assert_eq!((done.unreadable, done.errors.len()), (wrong as u64, kept));
    }
}
