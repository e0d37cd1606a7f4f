//! The folder of shared texts, for tests inside the library and for those from outside.

use std::io::Write;
use std::path::PathBuf;

/// The shared folder, or `None` with a visible line where it is absent. `TIERBOOK_SHARED` names another
/// place; with `TIERBOOK_REQUIRE_SHARED=1` its absence is a failure.
pub fn shared() -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let folder = std::env::var_os("TIERBOOK_SHARED").map_or(beside, PathBuf::from);
    if folder.join("announcements").is_dir() {
        return Some(folder);
    }
    let required = std::env::var("TIERBOOK_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(!required, "{} is absent, but required", folder.display());
    // Not `eprintln!`, which passing tests swallow.
    writeln!(std::io::stderr(), "skipped: {} is absent", folder.display()).expect("standard error");
    None
}
