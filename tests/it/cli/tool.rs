//! Running the program on a database of its own: in this process, or as the built program where a test needs
//! a process.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::console::Console;
use crate::program::environment::Environment;
use crate::program::run::run;

/// The folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The seed that comes with the repository.
pub fn seed() -> PathBuf {
    root().join("seed/binance-2026-02-03.txt")
}

/// Copies a folder with what is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A text of the shared folder, or `None` with a visible line where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    crate::shared_folder::shared().map(|folder| folder.join(path))
}

/// A database in a temporary folder, gone with the value.
pub struct Tool {
    folder: TempDir,
}

/// What one run of the program gave.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Tool {
    /// No database yet.
    pub fn empty() -> Tool {
        Tool { folder: TempDir::new().unwrap() }
    }

    /// A database with one file.
    pub fn holding(file: &Path) -> Tool {
        let tool = Tool::empty();
        let ran = tool.run([OsStr::new("load"), file.as_os_str()]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        tool
    }

    /// A database with the seed.
    pub fn seeded() -> Tool {
        Tool::holding(&seed())
    }

    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("db")
    }

    pub fn journal_file(&self) -> PathBuf {
        self.dir().join("journal.zst")
    }

    pub fn journal(&self) -> Option<Vec<u8>> {
        std::fs::read(self.journal_file()).ok()
    }

    /// The built program with its environment, in the folder of the repository.
    pub fn command(&self) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_tierbook"))
    }

    /// Any program, with the environment of the tool.
    pub fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(root()).env("TIERBOOK_DB", self.dir()).env("HOME", self.folder.path());
        command.env_remove("XDG_DATA_HOME").env_remove("XDG_CONFIG_HOME").env_remove("NO_COLOR");
        command.env_remove("TIERBOOK_CONFIG");
        command
    }

    /// Runs the program in this process.
    pub fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, arguments: I) -> Ran {
        self.run_with_input(arguments, b"")
    }

    /// Runs the program in this process, with standard input.
    pub fn run_with_input<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
        &self,
        arguments: I,
        mut input: &[u8],
    ) -> Ran {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_os_string());
        let arguments = std::iter::once(OsString::from("tierbook")).chain(arguments);
        let home = self.folder.path();
        let environment = Environment {
            database: Some(self.dir()),
            config: None,
            data_folder: Some(home.join(".local/share/tierbook")),
            config_folder: Some(home.join(".config/tierbook")),
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let status = run(arguments, &Console::of_buffers(&mut input, &mut out, &mut err), &environment);
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Ran { out: text(out), err: text(err), code: status.code().into() }
    }

    /// The rows of a query as JSON, and the exit code.
    pub fn rows(&self, query: &str) -> (Vec<Value>, i32) {
        let ran = self.run(["--format", "jsonl", "query", query]);
        let rows = ran.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        (rows, ran.code)
    }

    /// The one row of a query.
    pub fn row(&self, query: &str) -> Value {
        let (rows, _) = self.rows(query);
        assert_eq!(rows.len(), 1, "{query} gives {} rows", rows.len());
        rows.into_iter().next().unwrap()
    }
}

impl Ran {
    /// Everything printed, the answer first.
    pub fn text(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

impl Tool {
    /// Loads a table of the exchange that shows one rate for ACTUSDT at a time.
    pub fn load_other_rule(&self, stamp: &str, rate: f64) {
        let bracket = serde_json::json!({
            "bracket": 1, "initialLeverage": 5, "notionalCap": 100000, "notionalFloor": 0,
            "maintMarginRatio": rate, "cum": 0.0,
        });
        let table = serde_json::json!([{"symbol": "ACTUSDT", "brackets": [bracket]}]).to_string();
        let path = self.dir().with_file_name(format!("leverage-brackets-{stamp}.json"));
        std::fs::write(&path, table).unwrap();
        let ran = self.run(["load", path.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }

    /// Retracts a source, as published now.
    pub fn retract(&self, source: &str) {
        let reason = tierbook::Reason::new("it was wrong").published_at(tierbook::Timestamp::now());
        let database = tierbook::Database::open(self.dir()).unwrap();
        database.writer().unwrap().retract(source, reason).unwrap();
    }
}
