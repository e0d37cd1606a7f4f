//! Writing the image: whole, under a temporary name.

use std::path::Path;

use super::entry::{ENTRY, Entry, checksum};
use super::{FILE, MAGIC, RULES_VERSION, RULES_VERSION_WITH_LOST, SECTIONS, START};
use crate::error::Result;
use crate::statement::Sha256;
use crate::store::disk::{self, DiskFile};
use crate::store::errors::{disk_error, too_large};
use crate::store::schema::HeadV1;
use crate::store::schema::compact::{ImageHeaderV1, SectionV1};
use crate::store::schema::scalars::HashV1;
use crate::store::{codec, journal};

/// The records of one section.
pub(in crate::store) type Records = Vec<Vec<u8>>;

/// Where a new image is written before it takes the place of the old one.
const DRAFT: &str = "image.new";

/// Writes an image that [`put`] puts in force. Nothing waits for the disk: what is lost or torn is found by its
/// checksum.
///
/// # Errors
/// The disk refuses.
pub(in crate::store) fn draft(dir: &Path, bytes: &[u8]) -> Result<()> {
    let draft = dir.join(DRAFT);
    let written = DiskFile::create(&draft).and_then(|file| file.write_at(bytes, 0));
    written.map_err(|error| disk_error("write", &draft, error))
}

/// Replaces the image of a database by the one that was written last.
///
/// # Errors
/// The disk refuses; the old image, or none, is there then.
pub(in crate::store) fn put(dir: &Path) -> Result<()> {
    let path = dir.join(FILE);
    disk::rename(&dir.join(DRAFT), &path).map_err(|error| disk_error("write", &path, error))
}

/// The bytes of an image of what is recorded up to `head`; `has_lost` is whether a transaction up to there is lost.
///
/// # Errors
/// The journal cannot be read.
pub(in crate::store) fn bytes(
    dir: &Path,
    head: &HeadV1,
    has_lost: bool,
    sections: [Records; SECTIONS],
) -> Result<Vec<u8>> {
    let journal_end = journal::open(dir)?.end_hash(head.line.end)?.unwrap_or(Sha256([0; 32]));
    let mut header = ImageHeaderV1 {
        rules_version: if has_lost { RULES_VERSION_WITH_LOST } else { RULES_VERSION },
        head: head.clone(),
        journal_end: HashV1(journal_end),
        sections: vec![SectionV1 { offset: 0, count: 0 }; SECTIONS],
    };
    // The numbers of the header have no fixed length, so that it is encoded again until nothing moves.
    let mut length = 0;
    let encoded = loop {
        let mut offset = START + length;
        for (section, records) in header.sections.iter_mut().zip(&sections) {
            *section = SectionV1 { offset, count: records.len() as u32 };
            offset += records.iter().map(|record| ENTRY + record.len() as u64).sum::<u64>();
        }
        let encoded = codec::encode(&header).map_err(too_large)?;
        if encoded.len() as u64 == length {
            break encoded;
        }
        length = encoded.len() as u64;
    };
    let start = Entry { offset: 0, length: encoded.len() as u32, checksum: checksum(&encoded) };
    let mut all = start.bytes().to_vec();
    all[..MAGIC.len()].copy_from_slice(MAGIC);
    all.extend(encoded);
    for (section, records) in header.sections.iter().zip(sections) {
        let mut offset = section.offset + ENTRY * records.len() as u64;
        for record in &records {
            let entry = Entry { offset, length: record.len() as u32, checksum: checksum(record) };
            all.extend(entry.bytes());
            offset += u64::from(entry.length);
        }
        records.into_iter().for_each(|record| all.extend(record));
    }
    Ok(all)
}
