//! `docs/errors.md`: every code of an error and of a finding, made from the two tables in the code.

use std::fmt::Write;
use std::path::Path;

use tierbook::{ErrorCode, ErrorKind, FindingCode, Severity};

const HEAD: &str = "# Errors and findings

Every error and every finding has a code. The code is stable; the message beside it names the place and may be reworded.
This page is made from the tables in `src/error/codes.rs` and `src/finding.rs` (`TIERBOOK_BLESS=1 cargo test --test it errors`).

An **error** ends a command. Its kind decides the exit code: 2 if the command or the query is wrong, 4 if an input or the
database is. A **finding** is stored with a source: something in it is wrong, unexpected or contradictory. Findings of severity
`error` stop a document from being recorded unless `--allow-unread` is given, but for those that cost one side of a table,
one row or one start, which is not stored while the rest is (`--strict` refuses all of it); warnings and notes stop nothing.
";

const KINDS: &[(ErrorKind, &str)] = &[
    (ErrorKind::Query, "The query or the command is wrong"),
    (ErrorKind::UnknownSubject, "The subject is not stored"),
    (ErrorKind::Input, "A document, a log or another input cannot be used"),
    (ErrorKind::NotFound, "There is no database"),
    (ErrorKind::Locked, "Another process is writing"),
    (ErrorKind::Damaged, "The database is damaged"),
    (ErrorKind::Io, "The operating system refused"),
];

const SEVERITIES: &[(Severity, &str)] = &[
    (Severity::Error, "Findings that stop a document"),
    (Severity::Warning, "Warnings"),
    (Severity::Note, "Notes"),
];

#[test]
fn every_code_is_on_the_page_of_errors_with_its_meaning_and_what_to_do() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    let made = page();
    if std::env::var("TIERBOOK_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &made).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/errors.md is not what the tables give; TIERBOOK_BLESS=1 writes it again");
}

#[test]
fn every_code_has_a_name_of_its_own_a_meaning_and_a_fix() {
    let errors = ErrorCode::ALL.iter().map(|code| (code.as_str(), code.meaning(), code.fix()));
    let findings = FindingCode::ALL.iter().map(|code| (code.as_str(), code.meaning(), code.fix()));
    let mut names = std::collections::BTreeSet::new();
    for (name, meaning, fix) in errors.chain(findings) {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        assert!(meaning.ends_with('.') && fix.ends_with('.'), "{name}: {meaning} {fix}");
        // Text that is not UTF-8 has one name, and two codes: as a document (exit code 4) and as a query (2).
        assert!(names.insert(name) || name == "not_text", "{name} is used twice");
    }
}

fn page() -> String {
    let mut page = format!("{HEAD}\n## Errors\n");
    for (kind, title) in KINDS {
        let codes = ErrorCode::ALL.iter().filter(|code| code.kind() == *kind);
        let rows = codes.map(|code| (code.as_str(), code.meaning(), code.fix()));
        section(&mut page, &format!("{title} (exit code {})", kind.exit_code()), rows);
    }
    page += "\n## Findings\n";
    for (severity, title) in SEVERITIES {
        let codes = FindingCode::ALL.iter().filter(|code| code.severity() == *severity);
        section(&mut page, title, codes.map(|code| (code.as_str(), code.meaning(), code.fix())));
    }
    page
}

fn section<'a>(page: &mut String, title: &str, rows: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
    write!(page, "\n### {title}\n\n| code | when it comes | what to do |\n|---|---|---|\n").unwrap();
    for (name, meaning, fix) in rows {
        let cell = |text: &str| text.replace('|', "\\|");
        writeln!(page, "| `{name}` | {} | {} |", cell(meaning), cell(fix)).unwrap();
    }
}
