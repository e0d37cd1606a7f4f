//! A document of any form, recorded: what was read is what is stored, verified and exported.

use std::collections::BTreeSet;

use tierbook::{Database, LoadInput, LoadOptions, ReadOptions, read};

use super::support::{check_error, chosen};

/// The names of files, by the first byte of an input.
const FILES: [(u8, &str); 5] = [
    (b't', "20260203T060046Z.txt"),
    (b'h', "20260203T060046Z.html"),
    (b'm', "20260203T060046Z.eml"),
    (b'j', "seen-20260310T000000Z.json"),
    (b's', "notice.toml"),
];

/// Loads it into a new database.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = chosen(bytes);
    let file = FILES.iter().find(|(known, _)| *known == form).map_or("any", |(_, file)| file);
    let Ok(document) = read(bytes, &ReadOptions { file: file.to_string(), ..ReadOptions::default() }) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    let options = LoadOptions { allow_unread: true, ..LoadOptions::default() };
    match database.writer().unwrap().load(LoadInput::bytes(file, bytes), options).unwrap().into_result() {
        Err(error) => return check_error(&error),
        Ok(report) if report.loaded() == 0 => return,
        Ok(_) => {}
    }
    let verified = database.verify(None).unwrap();
    assert_eq!(verified.problems, [""; 0]);
    assert_eq!(verified.statements, document.statements().len() as u64);
    let stated: BTreeSet<String> = document.statements().iter().map(|it| it.subject.to_string()).collect();
    let rules = database.snapshot().unwrap();
    let stored: BTreeSet<String> = rules.subjects().iter().map(ToString::to_string).collect();
    assert!(stored.is_subset(&stated), "{stored:?} are stored, {stated:?} were stated");
    for name in &stored {
        rules.query(&format!("history of \"{name}\"")).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let id = document.sha256().to_string()[..12].to_string();
    let (seed, losses) = database.export_source(&id).unwrap();
    let again =
        read(seed.as_bytes(), &ReadOptions { file: "export.toml".to_string(), ..ReadOptions::default() });
    let again = again.unwrap_or_else(|error| panic!("an export that cannot be read: {error}\n{seed}"));
    if losses.is_empty() {
        let exported: BTreeSet<String> = again.statements().iter().map(|it| it.subject.to_string()).collect();
        assert_eq!(exported, stated, "{seed}");
    }
}
