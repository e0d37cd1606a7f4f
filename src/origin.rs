//! Where a publication is: a folder, or an address. What is fetched is bounded, and trusted in nothing.

mod wanted;
mod folder;
#[cfg(feature = "replicate")]
mod http;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use self::folder::Folder;
#[cfg(feature = "replicate")]
use self::http::Http;
use self::wanted::{Wanted, bad};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::publication::{self, HEAD, INDEX, Index, PublishedHead, SEGMENTS, Segment};

/// How often head and index are fetched that do not belong together: a publisher may have replaced them in between, or a
/// cache may have an older one.
const TRIES: u32 = 4;

/// How long it is waited before that.
const PAUSE: Duration = Duration::from_millis(250);

/// A place where a journal is published.
///
/// ```
/// use tierbook::JournalOrigin;
/// assert_eq!(JournalOrigin::of("public/rules", None)?.place(), "public/rules");
/// assert!(JournalOrigin::of("ftp://example.com/rules", None).is_err());
/// # Ok::<(), tierbook::Error>(())
/// ```
#[derive(Debug)]
pub struct JournalOrigin {
    place: String,
    from: From,
    /// How long an answer may take that does not wait for something new.
    within: Duration,
}

#[derive(Debug)]
enum From {
    Folder(Folder),
    #[cfg(feature = "replicate")]
    Http(Http),
}

impl JournalOrigin {
    /// The origin that a folder or an `http` or `https` address names. With a token, every request has it; it is sent to this
    /// machine and over `https` only.
    ///
    /// ```
    /// use tierbook::{ErrorCode, JournalOrigin};
    /// let error = JournalOrigin::of("http://example.com/rules?key=1", None).unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::BadOrigin);
    /// ```
    ///
    /// # Errors
    /// It is another address ([`ErrorCode::BadOrigin`]), or one that this build cannot fetch.
    pub fn of(text: &str, token: Option<String>) -> Result<JournalOrigin> {
        let (place, from) = match text.split_once("://") {
            None => (text.to_string(), From::Folder(Folder::of(PathBuf::from(text)))),
            Some(("file", path)) if path.starts_with('/') => {
                (path.to_string(), From::Folder(Folder::of(PathBuf::from(path))))
            }
            #[cfg(feature = "replicate")]
            Some(("http" | "https", _)) => {
                let http = Http::of(text, token)?;
                (text.trim_end_matches('/').to_string(), From::Http(http))
            }
            Some((scheme, _)) => return Err(bad(&format!("`{scheme}://` is not fetched by this program"))),
        };
        #[cfg(not(feature = "replicate"))]
        drop(token);
        Ok(JournalOrigin { place, from, within: Duration::from_secs(limits::ORIGIN_SECONDS) })
    }

    /// The same, of which each answer may take so long: [`limits::ORIGIN_SECONDS`] by default.
    ///
    /// ```
    /// # use tierbook::JournalOrigin;
    /// let origin = JournalOrigin::of("http://127.0.0.1:8787", None)?.within(std::time::Duration::from_secs(5));
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    #[must_use]
    pub fn within(self, within: Duration) -> JournalOrigin {
        JournalOrigin { within, ..self }
    }

    /// The same, which trusts the certificates of these authorities, in PEM, and no others.
    ///
    /// ```
    /// # use tierbook::{ErrorCode, JournalOrigin};
    /// let origin = JournalOrigin::of("https://rules.example.com", None)?;
    /// assert_eq!(origin.trusting(b"no certificate").unwrap_err().code(), ErrorCode::CannotRead);
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    ///
    /// # Errors
    /// There is no certificate in it ([`ErrorCode::CannotRead`]).
    #[cfg(feature = "tls")]
    pub fn trusting(self, pem: &[u8]) -> Result<JournalOrigin> {
        let from = match self.from {
            From::Http(http) => From::Http(http.trusting(pem)?),
            folder @ From::Folder(_) => folder,
        };
        Ok(JournalOrigin { from, ..self })
    }

    /// The origin as messages name it.
    ///
    /// ```
    /// # use tierbook::JournalOrigin;
    /// assert_eq!(JournalOrigin::of("http://127.0.0.1:8787/", None)?.place(), "http://127.0.0.1:8787");
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The head that is published now. With `after`, an origin that can waits up to [`limits::ORIGIN_WAIT_SECONDS`] for a
    /// transaction after that one.
    ///
    /// # Errors
    /// There is no publication, or none that can be reached (`origin_unreachable`), or it is damaged
    /// (`damaged_publication`).
    pub(crate) fn head(&self, after: Option<u64>) -> Result<PublishedHead> {
        let wait = if after.is_some() { limits::ORIGIN_WAIT_SECONDS } else { 0 };
        let query = after.map_or(String::new(), |tx| format!("after={tx}&wait={wait}"));
        let within = self.within + Duration::from_secs(wait);
        let wanted = Wanted { path: HEAD.to_string(), query, most: limits::PUBLISHED_HEAD_BYTES, within };
        let bytes = self.get(&wanted)?.ok_or_else(|| self.nothing_there())?;
        PublishedHead::read(&self.place, &bytes)
    }

    /// The head and the index that belongs to it.
    ///
    /// # Errors
    /// As [`JournalOrigin::head`].
    pub(crate) fn head_and_index(&self) -> Result<(PublishedHead, Index)> {
        let mut tries = 0;
        loop {
            let head = self.head(None)?;
            head.check_length_of_index(&self.place)?;
            tries += 1;
            let index = match self.index(&head) {
                Err(error) if error.code() == ErrorCode::DamagedPublication && tries < TRIES => Err(error),
                index => return Ok((head, index?)),
            };
            // In a folder, what does not change does not become right.
            if self.is_cached() {
                thread::sleep(PAUSE);
            } else if self.head(None)? == head {
                return Ok((head, index?));
            }
        }
    }

    /// Whether there may be a cache between it and here.
    fn is_cached(&self) -> bool {
        !matches!(self.from, From::Folder(_))
    }

    fn index(&self, head: &PublishedHead) -> Result<Index> {
        let (path, query) = (INDEX.to_string(), format!("tx={}", head.tx()));
        let wanted = Wanted { path, query, most: limits::PUBLISHED_INDEX_BYTES, within: self.within };
        let bytes = self.get(&wanted)?;
        let bytes =
            bytes.ok_or_else(|| publication::damaged(&self.place, &format!("`{INDEX}` is missing")))?;
        Index::read(&self.place, &bytes, head)
    }

    /// The bytes of a segment, which have the length and the hash that the index states.
    ///
    /// # Errors
    /// It is missing or others are given (`damaged_publication`), or the origin cannot be reached (`origin_unreachable`).
    pub(crate) fn segment(&self, segment: &Segment) -> Result<Vec<u8>> {
        let path = format!("{SEGMENTS}/{}", segment.file());
        let wrong = |what: &str| {
            publication::damaged(&self.place, &format!("{path} ({}) {what}", segment.transactions()))
        };
        segment.check_length(&self.place)?;
        // One byte more, so that a longer one is noticed.
        let (query, most) = (format!("to={}", segment.last), segment.bytes + 1);
        let wanted = Wanted { path: path.clone(), query, most, within: self.within };
        let bytes = self.get(&wanted)?.ok_or_else(|| wrong("is missing"))?;
        let is_it = segment.is(&bytes);
        is_it
            .then_some(bytes)
            .ok_or_else(|| wrong("does not have the length and the hash that its index states"))
    }

    /// What an origin gives for a path, cut off at its limit; `None` where it has no such file.
    fn get(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>> {
        match &self.from {
            From::Folder(folder) => folder.get(wanted),
            #[cfg(feature = "replicate")]
            From::Http(http) => http.get(wanted),
        }
    }

    fn nothing_there(&self) -> Error {
        let what = format!("nothing is published at {}: it has no file `{HEAD}`", self.place);
        Error::new(ErrorCode::OriginUnreachable, what)
            .hint("name the folder that `tierbook publish` wrote, or its address")
            .hint("a running `tierbook serve` publishes too: http://HOST:8787")
    }
}
