//! The entries of a database, wherever they are: in the index, or in memory where the journal is read
//! instead.
//!
//! Both have the same keys and the same bytes, so that both give the same answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::codec;
use super::index::{self, FOLDER, Index};
use super::layout::{self, Entry};
use crate::error::Result;

/// The entries of the database in a folder.
pub(super) struct Entries {
    /// The folder of the database.
    pub dir: PathBuf,
    place: Place,
}

enum Place {
    Index(Index),
    Memory(BTreeMap<Vec<u8>, Vec<u8>>),
}

impl Entries {
    /// The entries of an open index.
    pub fn in_index(dir: &Path, index: Index) -> Entries {
        Entries { dir: dir.to_path_buf(), place: Place::Index(index) }
    }

    /// No entries yet, in memory.
    pub fn in_memory(dir: &Path) -> Entries {
        Entries { dir: dir.to_path_buf(), place: Place::Memory(BTreeMap::new()) }
    }

    /// The record of a key.
    ///
    /// # Errors
    /// The index cannot be used, or the record is damaged (`damaged_index`).
    pub fn get<R: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<R>> {
        let bytes = match &self.place {
            Place::Index(index) => index.get(key)?,
            Place::Memory(map) => map.get(key).cloned(),
        };
        bytes.map(|bytes| self.checked(key, codec::decode(&bytes))).transpose()
    }

    /// What `read` makes of each key that begins with `prefix` and its record, in order of keys.
    ///
    /// # Errors
    /// The index cannot be used, or a record is damaged (`damaged_index`).
    pub fn read_all<R: DeserializeOwned, T>(
        &self,
        prefix: &[u8],
        mut read: impl FnMut(&[u8], R) -> std::result::Result<T, String>,
    ) -> Result<Vec<T>> {
        let entries: Vec<Entry> = match &self.place {
            Place::Index(index) => index.scan(prefix)?,
            Place::Memory(map) => map
                .range(prefix.to_vec()..)
                .take_while(|(key, _)| key.starts_with(prefix))
                .map(|(key, bytes)| (key.clone(), bytes.clone()))
                .collect(),
        };
        let mut read = |(key, bytes): Entry| {
            let value = codec::decode(&bytes).and_then(|record| read(&key, record));
            self.checked(&key, value)
        };
        entries.into_iter().map(&mut read).collect()
    }

    /// Adds the entries of one transaction, all or none; in an index they are on the disk when this returns.
    ///
    /// # Errors
    /// The index cannot be used.
    pub fn add(&mut self, entries: Vec<Entry>) -> Result<()> {
        match &mut self.place {
            Place::Index(index) => {
                index.apply(entries)?;
                index.sync()
            }
            Place::Memory(map) => {
                map.extend(entries);
                Ok(())
            }
        }
    }

    fn checked<T>(&self, key: &[u8], value: std::result::Result<T, String>) -> Result<T> {
        value.map_err(|why| {
            index::damaged(&self.dir.join(FOLDER), format!("{}: {why}", layout::describe(key)))
        })
    }
}
