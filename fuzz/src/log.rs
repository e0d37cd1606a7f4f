//! A log of decisions, for the look-ahead audit.

use super::support::{check_error, with_stored};

/// Audits it.
pub fn check(bytes: &[u8]) {
    with_stored(|stored| {
        let file = stored.folder.path().join("log.csv");
        std::fs::write(&file, bytes).unwrap();
        let now = "2026-03-15T00:00Z".parse().unwrap();
        match stored.database.audit(&file, now, &mut |done, all| assert!(done <= all)) {
            Err(error) => check_error(&error),
            Ok(audit) => {
                audit.errors.iter().for_each(check_error);
                assert!(audit.objections().count() <= audit.len());
                for row in audit.rows() {
                    assert!(row.line > 0, "{row:?}");
                }
            }
        }
    });
}
