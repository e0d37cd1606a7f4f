//! A certificate made by somebody else.

use serde_json::Value;
use tierbook::language::parse;

use super::support::{check_error, with_stored};

/// Checks it: only what the database certifies itself has no problem.
pub fn check(bytes: &[u8]) {
    with_stored(|stored| {
        let file = stored.folder.path().join("certificate.json");
        std::fs::write(&file, bytes).unwrap();
        match stored.database.check_certificate(&file) {
            Err(error) => check_error(&error),
            Ok(problems) => assert!(
                problems.iter().all(|it| !it.is_empty() && !it.contains(char::is_control)),
                "{problems:?}"
            ),
        }
        let Ok(certificate) = serde_json::from_slice::<Value>(bytes) else { return };
        let problems = stored.database.check(&certificate).unwrap();
        if !problems.is_empty() {
            return;
        }
        let statement = parse(certificate["query"].as_str().unwrap()).unwrap().remove(0);
        let now = "2026-03-15T00:00Z".parse().unwrap();
        let made = stored.database.certificate(&statement, now).unwrap();
        if made["head"] == certificate["head"] && made["format"] == certificate["format"] {
            assert_eq!(made, certificate, "a forgery without a problem");
        }
    });
}
