//! What a disk may have after a power cut, by the calls that were done before it.
//!
//! Only what was synced is sure: the content of a file by a sync of the file, its name by a sync of its folder.
//! Everything else may be there, or not, or in part, in any order: the variants.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tierbook::store::faults::{Call, What};

/// What became of names that were not synced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NamesThen {
    Kept,
    Undone,
    AllButTheLast,
    OnlyTheLast,
}

/// What became of content that was not synced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BytesThen {
    Kept,
    Lost,
    /// The last write to each file is torn in half.
    Torn,
    /// The file is as long as it was, with zeros.
    Zeroed,
    /// As `Zeroed`, but for the last write.
    OnlyTheLast,
    /// Every other sector is lost, from the first or the second on.
    Sectors(usize),
}

/// Every variant.
pub fn variants() -> Vec<(NamesThen, BytesThen)> {
    use BytesThen::{Lost, OnlyTheLast, Sectors, Torn, Zeroed};
    let names = [NamesThen::Kept, NamesThen::Undone, NamesThen::AllButTheLast, NamesThen::OnlyTheLast];
    let bytes = [BytesThen::Kept, Lost, Torn, Zeroed, OnlyTheLast, Sectors(0), Sectors(1)];
    names.iter().flat_map(|names| bytes.map(|bytes| (*names, bytes))).collect()
}

const SECTOR: usize = 512;

/// A disk before a power cut.
#[derive(Default)]
pub struct SimulatedDisk {
    files: Vec<Content>,
    /// A folder has no content.
    names: BTreeMap<PathBuf, Option<usize>>,
    unsynced: Vec<Change>,
}

#[derive(Clone, Default)]
struct Content {
    synced: Vec<u8>,
    unsynced: Vec<Written>,
}

#[derive(Clone)]
enum Written {
    Bytes(usize, Vec<u8>),
    Length(usize),
}

#[derive(Clone)]
enum Change {
    Add(PathBuf, Option<usize>),
    Move(PathBuf, PathBuf, Option<usize>),
    Remove(PathBuf),
}

/// The files after a power cut; a folder has no bytes.
pub type Files = BTreeMap<PathBuf, Option<Vec<u8>>>;

impl SimulatedDisk {
    /// A disk that has these files, all synced.
    pub fn of(files: &Files) -> SimulatedDisk {
        let mut disk = SimulatedDisk::default();
        for (path, bytes) in files {
            let file = bytes.as_ref().map(|bytes| {
                disk.files.push(Content { synced: bytes.clone(), unsynced: Vec::new() });
                disk.files.len() - 1
            });
            disk.names.insert(path.clone(), file);
        }
        disk
    }

    /// Does a call; its paths are those in `root`.
    pub fn call(&mut self, root: &Path, call: &Call) {
        let within = |path: &Path| path.strip_prefix(root).unwrap_or(Path::new("")).to_path_buf();
        let path = within(&call.path);
        match &call.what {
            What::Create => match self.now().get(&path) {
                Some(Some(file)) => self.files[*file].unsynced.push(Written::Length(0)),
                _ => {
                    self.files.push(Content::default());
                    self.unsynced.push(Change::Add(path, Some(self.files.len() - 1)));
                }
            },
            What::CreateFolder => self.unsynced.push(Change::Add(path, None)),
            What::Write { offset, bytes } => {
                self.file(&path).unsynced.push(Written::Bytes(*offset as usize, bytes.clone()));
            }
            What::SetLength(length) => self.file(&path).unsynced.push(Written::Length(*length as usize)),
            What::Sync => {
                let file = self.file(&path);
                (file.synced, file.unsynced) = (file.after(BytesThen::Kept), Vec::new());
            }
            // What was written is never on the disk unless it is written again.
            What::FailedSync => {
                let file = self.file(&path);
                (file.synced, file.unsynced) = (file.after(BytesThen::Zeroed), Vec::new());
            }
            // What is not there is refused, and nothing happens.
            What::Rename(to) => {
                if let Some(file) = self.now().get(&path).copied() {
                    self.unsynced.push(Change::Move(path, within(to), file));
                }
            }
            What::Link(to) => {
                if let Some(file) = self.now().get(&path).copied() {
                    self.unsynced.push(Change::Add(within(to), file));
                }
            }
            What::SyncFolder => {
                let changes = std::mem::take(&mut self.unsynced);
                for change in changes {
                    if change.folder() == path {
                        change.apply(&mut self.names);
                    } else {
                        self.unsynced.push(change);
                    }
                }
            }
            What::Remove => self.unsynced.push(Change::Remove(path)),
            What::Open | What::Begun(_) | What::Acknowledged(_) => {}
        }
    }

    /// Notes a folder that is made by another program.
    pub fn add_folder(&mut self, path: &Path) {
        self.names.insert(path.to_path_buf(), None);
    }

    fn now(&self) -> BTreeMap<PathBuf, Option<usize>> {
        self.named(NamesThen::Kept)
    }

    fn file(&mut self, path: &Path) -> &mut Content {
        let file = self.now()[path].unwrap();
        &mut self.files[file]
    }

    fn named(&self, then: NamesThen) -> BTreeMap<PathBuf, Option<usize>> {
        let (mut names, last) = (self.names.clone(), self.unsynced.len().saturating_sub(1));
        let kept = match then {
            NamesThen::Kept => &self.unsynced[..],
            NamesThen::Undone => &[],
            NamesThen::AllButTheLast => &self.unsynced[..last],
            NamesThen::OnlyTheLast => &self.unsynced[last..],
        };
        kept.iter().for_each(|change| change.clone().apply(&mut names));
        names
    }

    /// The files after a power cut.
    pub fn after(&self, (names, bytes): (NamesThen, BytesThen)) -> Files {
        let mut files = Files::new();
        for (path, file) in self.named(names) {
            let is_root = path.parent().is_none_or(|parent| parent.as_os_str().is_empty());
            // What is in a folder that was lost is lost.
            if is_root || files.contains_key(path.parent().unwrap()) {
                files.insert(path, file.map(|file| self.files[file].after(bytes)));
            }
        }
        files
    }
}

impl Change {
    fn folder(&self) -> PathBuf {
        let (Change::Add(path, _) | Change::Move(path, ..) | Change::Remove(path)) = self;
        path.parent().unwrap().to_path_buf()
    }

    fn apply(self, names: &mut BTreeMap<PathBuf, Option<usize>>) {
        match self {
            Change::Add(path, file) => {
                names.insert(path, file);
            }
            Change::Move(from, to, file) => {
                names.remove(&from);
                names.insert(to, file);
            }
            Change::Remove(path) => {
                names.remove(&path);
            }
        }
    }
}

impl Content {
    fn after(&self, then: BytesThen) -> Vec<u8> {
        let mut all = self.synced.clone();
        if then == BytesThen::Lost {
            return all;
        }
        for (at, written) in self.unsynced.iter().enumerate() {
            let is_last = at + 1 == self.unsynced.len();
            match written {
                Written::Length(length) => all.resize(*length, 0),
                Written::Bytes(offset, bytes) => {
                    let bytes = survived(then, is_last, *offset, bytes);
                    all.resize(all.len().max(offset + bytes.len()), 0);
                    all[*offset..offset + bytes.len()].copy_from_slice(&bytes);
                }
            }
        }
        all
    }
}

/// What is left of a write.
fn survived(then: BytesThen, is_last: bool, offset: usize, bytes: &[u8]) -> Vec<u8> {
    match then {
        BytesThen::Torn if is_last => bytes[..bytes.len() / 2].to_vec(),
        BytesThen::Zeroed => vec![0; bytes.len()],
        BytesThen::OnlyTheLast if !is_last => vec![0; bytes.len()],
        BytesThen::Sectors(lost) => {
            let is_lost = |at: usize| ((offset + at) / SECTOR) % 2 == lost;
            bytes.iter().enumerate().map(|(at, byte)| if is_lost(at) { 0 } else { *byte }).collect()
        }
        _ => bytes.to_vec(),
    }
}

/// Makes the files in an empty folder.
pub fn put(root: &Path, files: &Files) {
    for (path, bytes) in files {
        match bytes {
            Some(bytes) => fs::write(root.join(path), bytes).unwrap(),
            None => fs::create_dir(root.join(path)).unwrap(),
        }
    }
}
