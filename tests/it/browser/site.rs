//! A server of a database of its own, in this process, on a free port of this machine.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use tempfile::TempDir;
use tierbook::server::{Options, Server};
use tierbook::{Database, LoadInput, LoadOptions};

/// The seed that comes with the repository.
pub fn seed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seed/binance-2026-02-03.txt")
}

/// A server that ends with the value.
pub struct Site {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    database: Database,
    is_ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    _folder: TempDir,
}

impl Site {
    /// A server of a database with the seed.
    pub fn seeded() -> Site {
        Site::of(|database| {
            database.writer().unwrap().load(seed().as_path(), LoadOptions::default()).unwrap();
        })
    }

    /// A server of a database with the seed and one more document.
    pub fn with(name: &str, text: &str) -> Site {
        Site::of(|database| {
            let mut writer = database.writer().unwrap();
            writer.load(seed().as_path(), LoadOptions::default()).unwrap();
            let report = writer.load(LoadInput::bytes(name, text), LoadOptions::default()).unwrap();
            assert_eq!(report.loaded(), 1, "{report:?}");
        })
    }

    /// A server of a database with everything in folders.
    pub fn holding(folders: &[&Path]) -> Site {
        Site::of(|database| {
            for folder in folders {
                database.writer().unwrap().load(*folder, LoadOptions::default()).unwrap();
            }
        })
    }

    /// A server of a database with the seed that asks for a token.
    pub fn guarded(token: &str) -> Site {
        let mut options = Options::default();
        options.tokens = vec![token.to_string()];
        Site::with_options(options, |database| {
            database.writer().unwrap().load(seed().as_path(), LoadOptions::default()).unwrap();
        })
    }

    fn of(fill: impl FnOnce(&Database)) -> Site {
        Site::with_options(Options::default(), fill)
    }

    fn with_options(options: Options, fill: impl FnOnce(&Database)) -> Site {
        let folder = TempDir::new().unwrap();
        let database = Database::create(folder.path().join("db")).unwrap();
        fill(&database);
        let server = Arc::new(Server::new(database.clone(), options).unwrap());
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", socket.local_addr().unwrap());
        let is_ended = Arc::new(AtomicBool::new(false));
        let ended = is_ended.clone();
        let serve = move || server.serve(socket, &|| ended.load(Ordering::Relaxed), |_| {}).unwrap();
        let thread = Some(std::thread::spawn(serve));
        Site { address, database, is_ended, thread, _folder: folder }
    }

    /// Loads one more document while the server runs.
    pub fn load(&self, name: &str, text: &str) {
        let report =
            self.database.writer().unwrap().load(LoadInput::bytes(name, text), LoadOptions::default());
        assert_eq!(report.unwrap().loaded(), 1);
    }

    /// The address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.is_ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
