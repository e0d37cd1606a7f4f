//! An image made by somebody else, beside a journal that is whole.

use super::support::{check_error, chosen, with_stored};

/// What is asked of a database with it.
const QUERIES: [&str; 5] = [
    "mmr of ACTUSDT at 1k, 60k as of 2026-02-07",
    "history of ACTUSDT",
    "subjects",
    "sources",
    "changes of * since 2026-01-01",
];

/// Asks it. The first byte is `r` for the bytes as they are; else the checksums of its records are made to belong to them.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = chosen(bytes);
    let image = if form == b'r' { bytes.to_vec() } else { mended(bytes) };
    with_stored(|stored| {
        let file = stored.database.dir().join("image");
        let own = std::fs::read(&file).unwrap();
        std::fs::write(&file, &image).unwrap();
        let verified = stored.database.verify(None);
        let snapshot = stored.database.snapshot();
        let asked = snapshot.as_ref().map(|rules| QUERIES.map(|query| rules.query(query)));
        std::fs::write(&file, own).unwrap();
        let verified = verified.unwrap();
        match asked {
            Err(error) => check_error(error),
            Ok(asked) if verified.problems.is_empty() => {
                for (query, rows) in QUERIES.iter().zip(asked) {
                    let rows = rows.unwrap_or_else(|error| panic!("{query}: {error}"));
                    assert_eq!(rows, stored.rules.query(query).unwrap(), "{query}");
                }
            }
            Ok(asked) => asked.iter().filter_map(|rows| rows.as_ref().err()).for_each(check_error),
        }
    });
}

/// An image in which the checksums of the header and of every record are those of their bytes; src/store/image.rs has the form.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut image = bytes.to_vec();
    let number = |image: &[u8], at: usize| -> Option<usize> {
        let four = image.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(four)).ok()
    };
    let mend = |image: &mut Vec<u8>, at: usize, from: usize, length: usize| -> Option<usize> {
        let to = from.checked_add(length)?;
        let checksum = crc32fast::hash(image.get(from..to)?);
        image.get_mut(at..at + 4)?.copy_from_slice(&checksum.to_le_bytes());
        Some(to)
    };
    let Some(mut next) = number(&image, 8).and_then(|length| mend(&mut image, 12, 16, length)) else {
        return image;
    };
    // The entries of a section end where its first record begins; the next section begins after its last one.
    while let Some(first) = number(&image, next).filter(|first| (next + 1..image.len()).contains(first)) {
        let mut end = first;
        for entry in (next..first).step_by(16) {
            let (from, length) = (number(&image, entry), number(&image, entry + 8));
            let record =
                from.zip(length).and_then(|(from, length)| mend(&mut image, entry + 12, from, length));
            end = record.unwrap_or(end);
        }
        next = end.max(first);
    }
    image
}
