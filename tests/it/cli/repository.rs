//! A git repository for a test: each commit has the time that the test gives it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

/// A repository in a temporary folder, gone with the value.
pub struct Repository {
    folder: TempDir,
}

impl Repository {
    pub fn new() -> Repository {
        let repository = Repository { folder: TempDir::new().unwrap() };
        fs::create_dir(repository.path()).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"], "2026-01-01T00:00:00Z");
        repository
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("data set")
    }

    /// Where other files of the test may be.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs git at a time, with nothing of the user's configuration.
    pub fn git(&self, arguments: &[&str], time: &str) -> String {
        git_in(&self.path(), arguments, time)
    }

    /// Writes a file and commits it; gives the commit.
    pub fn commit(&self, file: &str, bytes: &[u8], time: &str) -> String {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self.commit_all(time)
    }

    /// Commits everything as it is; gives the commit.
    pub fn commit_all(&self, time: &str) -> String {
        self.git(&["add", "--all"], time);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=data"], time);
        self.git(&["rev-parse", "HEAD"], time).trim().to_string()
    }
}

/// Runs git in a folder at a time, with nothing of the user's configuration.
pub fn git_in(folder: &Path, arguments: &[&str], time: &str) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false"]);
    command.args(arguments).current_dir(folder);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    // The author's time is another one, which must not count.
    command.env("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z").env("GIT_COMMITTER_DATE", time);
    let ran = command.output().expect("git");
    assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// A table of the exchange that shows one rate for ACTUSDT.
pub fn table(rate: &str) -> Vec<u8> {
    let bracket = json!({"bracket": 1, "initialLeverage": 5, "notionalCap": 100_000, "notionalFloor": 0,
        "maintMarginRatio": rate, "cum": "0"});
    json!([{"symbol": "ACTUSDT", "brackets": [bracket]}]).to_string().into_bytes()
}
