//! Logs that others wrote: no line means two things, and none fills the memory.

use tierbook::limits;

use super::tool::{Ran, Tool};

fn audited(tool: &Tool, name: &str, log: &str) -> Ran {
    let path = tool.dir().with_file_name(name);
    std::fs::write(&path, log).unwrap();
    tool.run(["--format", "jsonl", "audit", path.to_str().unwrap()])
}

#[test]
fn a_line_with_a_field_twice_is_not_judged() {
    let tool = Tool::seeded();
    let line = |fields: &str| {
        format!("{{\"time\":\"2026-02-07\",\"subject\":\"ACTUSDT\",\"notional\":60000,{fields}}}\n")
    };
    for fields in ["\"rate\":\"0.5\",\"rate\":\"0.1\"", "\"rate\":\"0.5\",\"r\\u0061te\":\"0.1\""] {
        let ran = audited(&tool, "log.jsonl", &(line("\"rate\":\"0.1\"") + &line(fields)));
        assert_eq!(ran.out.matches("\"judgement\":\"right\"").count(), 1, "{}", ran.text());
        assert!(ran.text().contains("line 2 has the field `rate` twice"), "{}", ran.text());
        assert_ne!(ran.code, 0);
    }
}

#[test]
fn a_record_of_many_lines_is_refused_where_it_is_longer_than_a_line_may_be() {
    let tool = Tool::seeded();
    let log = |bytes: usize| {
        let cell = "a\n".repeat(bytes / 2);
        format!(
            "time,subject,notional,rate,note\n2026-02-07,ACTUSDT,60000,0.1,\"{cell}\"\n2026-02-07,ACTUSDT,60000,0.1,\n"
        )
    };
    let others = "2026-02-07ACTUSDT600000.1".len() + 1;
    let most = limits::AUDIT_LINE_BYTES - others;
    let ran = audited(&tool, "log.csv", &log(most));
    assert!(ran.code == 0 && ran.out.matches("\"judgement\":\"right\"").count() == 2, "{}", ran.text());
    for bytes in [most + 2, 4 << 20] {
        let ran = audited(&tool, "log.csv", &log(bytes));
        assert!(ran.code == 4 && ran.err.contains("a record is longer than 65536 bytes"), "{}", ran.err);
        let questions = tool.dir().with_file_name("questions.csv");
        std::fs::write(&questions, log(bytes).replace("rate", "measure").replace("0.1", "mmr")).unwrap();
        let ran = tool.run(["eval", questions.to_str().unwrap()]);
        assert!(ran.code != 0 && ran.err.contains("a record is longer than 65536 bytes"), "{}", ran.err);
    }
}

#[test]
fn a_name_is_no_longer_than_that_of_a_subject() {
    let tool = Tool::seeded();
    let log =
        |bytes: usize| format!("time,subject,notional,rate\n2026-02-07,{},60000,0.1\n", "A".repeat(bytes));
    let ran = audited(&tool, "log.csv", &log(limits::SUBJECT_BYTES));
    assert!(ran.out.contains("\"judgement\":\"unknown\""), "{}", ran.text());
    let ran = audited(&tool, "log.csv", &log(limits::SUBJECT_BYTES + 1));
    assert!(
        ran.text().contains("line 2 column `subject`: a name of 65 bytes; at most 64 are read"),
        "{}",
        ran.text()
    );
}
