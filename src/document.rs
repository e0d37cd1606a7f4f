//! A document that was read without a database: what it states, and what was found in it.

use crate::error::Result;
use crate::finding::Finding;
use crate::ingest::{self, Draft, DraftStatement, Input};
use crate::statement::{Market, Precision, Sha256};
use crate::time::{PublishedTime, Timestamp};

/// How a document is to be read.
///
/// ```
/// use tierbook::ReadOptions;
/// # fn main() -> tierbook::Result<()> {
/// let options = ReadOptions {
///     published_at: Some("2026-02-03T06:00:46Z".parse()?),
///     ..ReadOptions::default()
/// };
/// # let _ = options;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReadOptions {
    /// The name of its file, without folders; a time in it (`20260203T060046Z`) tells when it was published.
    pub file: String,
    /// When it was published; takes precedence over what the document itself says.
    pub published_at: Option<Timestamp>,
    /// Whether a table of an exchange names everything that the exchange has under a program, so that what it
    /// does not name has no rule; `None` to tell by the number of names.
    pub complete: Option<bool>,
    /// Whose contracts tables in the form of public tools are about.
    pub market: Market,
}

/// A document that was read: an announcement, a page, a table of an exchange or a seed.
///
/// ```
/// use tierbook::{ReadOptions, read};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
/// let document = read(&bytes, &ReadOptions::default())?;
/// assert_eq!(document.statements().len(), 68);
/// assert_eq!(document.findings().len(), 16);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    draft: Draft,
}

/// Reads a document. Needs no database, no file and no clock: the same bytes give the same document.
///
/// What cannot be read is a finding of the document, with its place, and reading goes on.
///
/// ```
/// use tierbook::{ErrorKind, ReadOptions, read};
///
/// let error = read(b"", &ReadOptions::default()).unwrap_err();
/// assert_eq!((error.kind(), error.code().as_str()), (ErrorKind::Input, "document_empty"));
/// ```
///
/// # Errors
/// Of kind [`ErrorKind::Input`](crate::ErrorKind::Input): the bytes are not text, are of no form that is
/// known, or contain no rule at all.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Document> {
    let ReadOptions { file, published_at, complete, market } = options;
    let input = Input { file, bytes, published_at: *published_at, complete: *complete };
    Ok(Document { draft: ingest::read_of(&input, market)? })
}

impl Document {
    /// The title; empty where there is none.
    ///
    /// ```
    /// let text = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// let document = tierbook::read(&text, &tierbook::ReadOptions::default())?;
    /// assert!(!document.title().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn title(&self) -> &str {
        &self.draft.title
    }

    /// The SHA-256 of the bytes, which names the document.
    ///
    /// ```
    /// let text = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// let document = tierbook::read(&text, &tierbook::ReadOptions::default())?;
    /// assert!(document.sha256().to_string().starts_with("ee2413a8367c")); // the id of its source
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sha256(&self) -> Sha256 {
        self.draft.sha256
    }

    /// When it was published and how exactly that is known; `None` where nothing tells.
    ///
    /// ```
    /// use tierbook::{ReadOptions, read};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// let (published_at, _) = read(&bytes, &ReadOptions::default())?.publication().unwrap();
    /// assert_eq!(published_at.to_string(), "2026-02-03T06:00:46Z");
    /// # Ok(())
    /// # }
    /// ```
    pub fn publication(&self) -> Option<(PublishedTime, Precision)> {
        self.draft.publication
    }

    /// What it states, in the order of the document.
    ///
    /// ```
    /// use tierbook::{ReadOptions, read};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// let document = read(&bytes, &ReadOptions::default())?;
    /// let first = &document.statements()[0];
    /// assert_eq!(first.subject.to_string(), "binance:pm:LTC");
    /// assert!(first.span.of(document.text()).contains("80"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn statements(&self) -> &[DraftStatement] {
        &self.draft.statements
    }

    /// What is wrong, suspicious or unread in it, in the order of the document.
    ///
    /// ```
    /// use tierbook::{FindingCode, ReadOptions, read};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// let document = read(&bytes, &ReadOptions::default())?;
    /// let gaps = document.findings().iter().filter(|finding| finding.code == FindingCode::Gap);
    /// assert_eq!(gaps.count(), 6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.draft.findings
    }

    /// Whether something in it could not be read, so that it is not loaded unless the user allows it.
    ///
    /// ```
    /// let text = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// assert!(!tierbook::read(&text, &tierbook::ReadOptions::default())?.has_unread());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn has_unread(&self) -> bool {
        self.draft.has_unread()
    }

    /// The whole text, in which the spans of statements and findings are places.
    ///
    /// ```
    /// let text = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// let document = tierbook::read(&text, &tierbook::ReadOptions::default())?;
    /// let finding = &document.findings()[0];
    /// assert!(!finding.span.of(document.text()).is_empty()); // the place, to be shown to a user
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn text(&self) -> &str {
        &self.draft.text
    }
}
