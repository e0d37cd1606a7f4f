//! What is true of every document that is read, whatever its form.

use std::collections::BTreeSet;

use tierbook::{ReadOptions, Subject, limits, read};

use super::support::check_error;

/// Reads a document twice: it gives the same, and every place in it is a place of its text.
pub fn check(file: &str, bytes: &[u8], complete: Option<bool>) {
    let options = ReadOptions { file: file.to_string(), complete, ..ReadOptions::default() };
    let document = match (read(bytes, &options), read(bytes, &options)) {
        (Ok(one), Ok(other)) => {
            assert!(one == other, "the same bytes give another document");
            one
        }
        (Err(one), Err(other)) => {
            assert_eq!(one.to_string(), other.to_string());
            return check_error(&one);
        }
        _ => panic!("the same bytes are read and refused"),
    };
    let text = document.text();
    for statement in document.statements() {
        assert!(text.get(statement.span.range()).is_some(), "no place of the text: {statement:?}");
        let name = statement.subject.to_string();
        assert!(name.len() <= limits::SUBJECT_BYTES + 32, "{name}");
        assert_eq!(Subject::parse(&name).as_ref(), Some(&statement.subject), "{name}");
    }
    for finding in document.findings() {
        assert!(text.get(finding.span.range()).is_some(), "no place of the text: {finding:?}");
        let texts = finding.subjects.iter().chain([&finding.message]);
        assert!(
            texts.clone().all(|text| !text.is_empty() && !text.contains(char::is_control)),
            "{finding:?}"
        );
    }
    let subjects: BTreeSet<_> = document.statements().iter().map(|it| &it.subject).collect();
    assert!(subjects.len() <= limits::SNAPSHOT_SUBJECTS);
}
