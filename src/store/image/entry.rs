//! The entry of a record of an image: where it is, and how it is checked.

use crate::limits;

/// Bytes of the entry of a record: where it is (8), its length (4) and its checksum (4).
pub(super) const ENTRY: u64 = 16;

/// Where a record is, its length and its checksum.
pub(super) struct Entry {
    pub offset: u64,
    pub length: u32,
    pub checksum: u32,
}

impl Entry {
    /// The entry in 16 bytes.
    pub fn of(bytes: &[u8]) -> Entry {
        let number = |from: usize, to: usize| {
            bytes.get(from..to).unwrap_or(&[]).iter().rev().fold(0, |all, byte| (all << 8) | u64::from(*byte))
        };
        Entry { offset: number(0, 8), length: number(8, 12) as u32, checksum: number(12, 16) as u32 }
    }

    pub fn bytes(&self) -> [u8; ENTRY as usize] {
        let mut bytes = [0; ENTRY as usize];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.length.to_le_bytes());
        bytes[12..].copy_from_slice(&self.checksum.to_le_bytes());
        bytes
    }

    /// Its length, unless it is too large for a record.
    pub fn bounded_length(&self) -> Option<usize> {
        let length = self.length as usize;
        (length <= limits::RECORD_BYTES).then_some(length)
    }

    pub fn has(&self, bytes: &[u8]) -> bool {
        self.length as usize == bytes.len() && self.checksum == checksum(bytes)
    }
}

/// The checksum of a record.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}
