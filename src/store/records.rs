//! The records of a database, wherever they are: in the index, or in memory while another process holds the index.
//!
//! Both hold the same keys and the same bytes, so that both give the same answers.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::codec;
use super::index::{Index, Trouble};
use super::layout::{self, Record};
use super::record::RecordedSourceV1;
use crate::statement::RecordedSource;

/// Where the records are.
pub(super) enum Records {
    Index(Index),
    Memory(BTreeMap<Vec<u8>, Vec<u8>>),
}

impl Records {
    /// The record of a key.
    ///
    /// # Errors
    /// [`Trouble`], with the record in words where it is damaged.
    pub fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, Trouble> {
        let bytes = match self {
            Records::Index(index) => index.get(key)?,
            Records::Memory(map) => map.get(key).cloned(),
        };
        bytes.map(|bytes| decode(key, &bytes)).transpose()
    }

    /// The keys that begin with `prefix`, and their records, in order.
    ///
    /// # Errors
    /// [`Trouble`], with the record in words where it is damaged.
    pub fn scan<T: DeserializeOwned>(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, T)>, Trouble> {
        let records: Vec<Record> = match self {
            Records::Index(index) => index.scan(prefix)?,
            Records::Memory(map) => map
                .range(prefix.to_vec()..)
                .take_while(|(key, _)| key.starts_with(prefix))
                .map(|(key, bytes)| (key.clone(), bytes.clone()))
                .collect(),
        };
        let decoded = records.into_iter().map(|(key, bytes)| {
            let record = decode(&key, &bytes)?;
            Ok((key, record))
        });
        decoded.collect()
    }

    /// Adds the records of one transaction, all or none; in an index they are on the disk when this returns.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn add(&mut self, records: Vec<Record>) -> Result<(), Trouble> {
        match self {
            Records::Index(index) => {
                index.apply(records)?;
                index.sync()
            }
            Records::Memory(map) => {
                map.extend(records);
                Ok(())
            }
        }
    }

    /// The recordings of sources whose keys begin with `prefix`, in the order in which they were recorded.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn sources(&self, prefix: &[u8]) -> Result<Vec<RecordedSource>, Trouble> {
        let mut sources = Vec::new();
        for (key, record) in self.scan::<RecordedSourceV1>(prefix)? {
            sources.push(record.read().map_err(|why| damaged(&key, &why))?);
        }
        sources.sort_by_key(|recorded| recorded.tx);
        Ok(sources)
    }
}

fn decode<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, Trouble> {
    codec::decode(bytes).map_err(|why| damaged(key, &why))
}

/// The trouble with one record.
pub(super) fn damaged(key: &[u8], why: &str) -> Trouble {
    Trouble::Damaged(format!("{}: {why}", layout::describe(key)))
}
