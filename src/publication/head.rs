//! The head of a publication: its last segment, and how much of the index belongs to it.

use super::segment::Segment;
use super::{HEAD, damaged};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::statement::Sha256;

/// How the line begins in every version.
const NAME: &str = "tierbook publication ";

/// How the line of this version begins.
const BEFORE: &str = "tierbook publication 1: ";

/// The head of a publication: one line, `tierbook publication 1: index <bytes> <SHA-256> last <segment>`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PublishedHead {
    /// How many bytes of the index belong to it: what comes after them is newer.
    pub index_bytes: u64,
    /// The hash of these bytes.
    pub index_sha256: Sha256,
    /// The last segment, which has the last transaction. Who has the one before needs nothing else.
    pub last: Segment,
}

impl PublishedHead {
    /// The number of the last transaction.
    pub fn tx(&self) -> u64 {
        self.last.last
    }

    /// The hash of the last transaction.
    pub fn hash(&self) -> Sha256 {
        self.last.hash
    }

    /// Refuses an index that nobody reads, before it is read.
    ///
    /// # Errors
    /// It has more than [`limits::PUBLISHED_INDEX_BYTES`] (`damaged_publication`).
    pub fn check_length_of_index(&self, place: &str) -> Result<()> {
        let (bytes, most) = (self.index_bytes, limits::PUBLISHED_INDEX_BYTES);
        if bytes <= most {
            return Ok(());
        }
        Err(damaged(place, &format!("its index has {bytes} bytes, more than the limit of {most}")))
    }

    /// The line.
    pub fn text(&self) -> String {
        let PublishedHead { index_bytes, index_sha256, last } = self;
        format!("{BEFORE}index {index_bytes} {index_sha256} last {}\n", last.text())
    }

    /// Reads what `place` gave as its head.
    ///
    /// # Errors
    /// It is no head of a publication (`damaged_publication`), or of a newer form (`unknown_format`).
    pub fn read(place: &str, bytes: &[u8]) -> Result<PublishedHead> {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        parse(text).ok_or_else(|| match newer(text) {
            Some(form) => {
                let what =
                    format!("{place} has the form `{form}`, but this program knows only `{}`", BEFORE.trim());
                Error::new(ErrorCode::UnknownFormat, what).hint("use a newer version of tierbook")
            }
            None if text.starts_with("tierbook head ") => {
                damaged(place, "it is a database, which is not published there").hint(format!(
                    "publish it first: the command `tierbook publish`, with `--db {place}` before it"
                ))
            }
            None => damaged(place, &format!("`{HEAD}` is not the line that a publisher writes"))
                .hint("name the folder or the address that `tierbook publish` or `tierbook serve` gives"),
        })
    }
}

fn parse(text: &str) -> Option<PublishedHead> {
    let words: Vec<&str> = text.strip_suffix('\n')?.strip_prefix(BEFORE)?.split(' ').collect();
    let ["index", index_bytes, index_sha256, "last", segment @ ..] = &words[..] else { return None };
    let (index_bytes, index_sha256) = (index_bytes.parse().ok()?, Sha256::parse(index_sha256)?);
    let head = PublishedHead { index_bytes, index_sha256, last: Segment::parse(segment)? };
    // Only the form that is written: no sign, no zeros before a number.
    (head.text() == text).then_some(head)
}

/// The form of a newer version.
fn newer(text: &str) -> Option<&str> {
    let (form, _) = text.split_once(": ")?;
    let number: u32 = form.strip_prefix(NAME)?.parse().ok()?;
    (number > 1 && form.len() < 40).then_some(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> PublishedHead {
        let (hash, sha256) = (Sha256::of(&[b"a"]), Sha256::of(&[b"b"]));
        let last = Segment { first: 12, last: 15, hash, bytes: 3120, sha256 };
        PublishedHead { index_bytes: 412, index_sha256: Sha256::of(&[b"c"]), last }
    }

    #[test]
    fn a_segment_has_the_highest_number_of_a_transaction_and_not_one_more() {
        let up_to = |last| PublishedHead { last: Segment { last, ..head().last }, ..head() };
        let read = |last| PublishedHead::read("here", up_to(last).text().as_bytes());
        assert_eq!(read(limits::JOURNAL_TRANSACTIONS).unwrap().tx(), limits::JOURNAL_TRANSACTIONS);
        for last in [limits::JOURNAL_TRANSACTIONS + 1, u64::MAX] {
            assert_eq!(read(last).unwrap_err().code(), ErrorCode::DamagedPublication);
        }
    }

    #[test]
    fn a_head_is_read_as_it_was_written_and_in_no_other_form() {
        let text = head().text();
        assert_eq!(PublishedHead::read("here", text.as_bytes()).unwrap(), head());
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert!(PublishedHead::read("here", &bytes).ok() != Some(head()), "{at}");
        }
        for other in [
            text.trim_end(),
            &text.replace(" 412 ", " 0412 "),
            &text.to_uppercase(),
            &format!("{text}\n"),
            "",
        ] {
            assert!(PublishedHead::read("here", other.as_bytes()).is_err(), "{other}");
        }
        let newer = text.replace("publication 1", "publication 2");
        let error = PublishedHead::read("here", newer.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UnknownFormat);
    }
}
