//! Sources: the documents that statements come from, identified by their hash.

use std::fmt;

use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp};

/// The id of a source: the first twelve hexadecimal digits of the SHA-256 of its bytes.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// assert_eq!(rules.sources()?[0].source.id.to_string(), "ee2413a8367c");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceId([u8; 12]);

impl SourceId {
    /// The id of the document with that SHA-256.
    ///
    /// ```
    /// use tierbook::{Sha256, SourceId};
    /// let bytes = std::fs::read("seed/binance-2026-02-03.txt")?;
    /// assert_eq!(SourceId::of(&Sha256::of(&[&bytes])).as_str(), "ee2413a8367c");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(sha256: &Sha256) -> SourceId {
        let digit = |place: usize| {
            let byte = sha256.0[place / 2];
            let half = if place.is_multiple_of(2) { byte >> 4 } else { byte & 0xf };
            b"0123456789abcdef"[usize::from(half)]
        };
        SourceId(std::array::from_fn(digit))
    }

    /// Reads twelve lower-case hexadecimal digits.
    ///
    /// ```
    /// use tierbook::SourceId;
    /// assert_eq!(SourceId::parse("ee2413a8367c").unwrap().as_str(), "ee2413a8367c");
    /// assert!(SourceId::parse("no id").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<SourceId> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        text.bytes().all(hex).then(|| text.as_bytes().try_into().ok().map(SourceId))?
    }

    /// The twelve digits.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(rules.sources()?[0].source.id.as_str(), "ee2413a8367c");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn as_str(&self) -> &str {
        // Only digits are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl SourceId {
    /// Bits of the number.
    pub(crate) const BITS: u32 = 48;

    /// Its digits as a number.
    pub(crate) fn number(&self) -> u64 {
        // Only hexadecimal digits are ever stored.
        u64::from_str_radix(self.as_str(), 16).unwrap_or_default()
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A SHA-256; printed as 64 lower-case hexadecimal digits.
///
/// ```
/// use tierbook::Sha256;
/// assert_eq!(Sha256::of(&[b"text"]).to_string().len(), 64);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The hash of the parts, one after the other.
    ///
    /// ```
    /// use tierbook::Sha256;
    /// assert_eq!(Sha256::of(&[b"a", b"b"]), Sha256::of(&[b"ab"]));
    /// ```
    pub fn of(parts: &[&[u8]]) -> Sha256 {
        use sha2::Digest;
        let mut hasher = sha2::Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        Sha256(hasher.finalize().into())
    }

    /// Its first eight bytes as a number.
    pub(crate) fn short(&self) -> u64 {
        self.0.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// Reads 64 lower-case hexadecimal digits.
    ///
    /// ```
    /// use tierbook::Sha256;
    /// let hash = Sha256::of(&[b"text"]);
    /// assert_eq!(Sha256::parse(&hash.to_string()), Some(hash));
    /// ```
    pub fn parse(text: &str) -> Option<Sha256> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Sha256(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How exactly the publication of a source is known.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Precision;
/// assert_eq!(rules.sources()?[0].source.precision, Precision::Exact);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Precision {
    /// To the second or better.
    Exact,
    /// To the day only: the source counts as known from 12:00Z of the next day, when that day is over everywhere.
    Day,
    /// Not at all: the source counts as published when it was recorded.
    Recorded,
}

impl Precision {
    /// `instant`, `day` or `recorded`.
    ///
    /// ```
    /// assert_eq!(tierbook::Precision::Day.name(), "day");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Precision::Exact => "instant",
            Precision::Day => "day",
            Precision::Recorded => "recorded",
        }
    }
}

/// Where the publication time of a source comes from.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Origin;
/// assert_eq!(rules.sources()?[0].source.origin, Origin::Text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Origin {
    /// The document states it.
    Text,
    /// The name of its file states it.
    FileName,
    /// The history of its file has it: when the version was committed.
    Commit,
    /// The user gave it as an option.
    Option,
    /// The file was changed then, which counts where the user says so.
    FileTime,
    /// Nobody stated it: it is the time of recording.
    Clock,
    /// The source is no document, but a command such as `retract`.
    Command,
    /// The transaction is lost: nothing that it stated can be read any more.
    Lost,
    /// The database is older than this field.
    NotStored,
}

impl Origin {
    /// Every origin that is stored.
    pub(crate) const STORED: [Origin; 8] = [
        Origin::Text,
        Origin::FileName,
        Origin::Option,
        Origin::Commit,
        Origin::FileTime,
        Origin::Clock,
        Origin::Command,
        Origin::Lost,
    ];

    /// `text`, `file_name`, `option`, `commit`, `file_time`, `clock`, `command`, `lost` or `not_stored`.
    ///
    /// ```
    /// assert_eq!(tierbook::Origin::FileName.name(), "file_name");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Origin::Text => "text",
            Origin::FileName => "file_name",
            Origin::Option => "option",
            Origin::Commit => "commit",
            Origin::FileTime => "file_time",
            Origin::Clock => "clock",
            Origin::Command => "command",
            Origin::Lost => "lost",
            Origin::NotStored => "not_stored",
        }
    }

    /// The same in words, as after "published …,"; empty where it is not stored.
    ///
    /// ```
    /// assert_eq!(tierbook::Origin::FileName.words(), "from the file name");
    /// ```
    pub fn words(self) -> &'static str {
        match self {
            Origin::Text => "from the text",
            Origin::FileName => "from the file name",
            Origin::Option => "from an option",
            Origin::Commit => "from the commit",
            Origin::FileTime => "from the time of the file",
            Origin::Clock => "not stated: when it was recorded",
            Origin::Command => "by command",
            Origin::Lost => "the transaction is lost",
            Origin::NotStored => "",
        }
    }
}

/// A document that statements come from.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let source = &rules.sources()?[0].source;
/// assert_eq!(source.file, "binance-2026-02-03.txt");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// Its id, which follows from its hash.
    pub id: SourceId,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// The file it was loaded from, without folders.
    pub file: String,
    /// Its title, or an empty text.
    pub title: String,
    /// When the exchange made it known.
    pub published_at: PublishedTime,
    /// How exactly that is known.
    pub precision: Precision,
    /// Where the publication time comes from.
    pub origin: Origin,
}

/// The number of a transaction, counted from 1 without gaps.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// assert_eq!(rules.tx(), tierbook::TxId(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TxId(pub u64);

impl fmt::Display for TxId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// From the start of a printed day until the document counts as known: noon of the next day, which is the end
/// of that day everywhere on Earth.
const DAY_UNTIL_KNOWN: TimeSpan = TimeSpan::from_micros(36 * 3_600 * 1_000_000);

impl PublishedTime {
    /// When a document of which only the day is known counts as published: when that day is over everywhere
    /// on Earth, at 12:00Z of the next one.
    pub(crate) fn of_day(day: Timestamp) -> PublishedTime {
        PublishedTime(day.start_of_day().plus(DAY_UNTIL_KNOWN))
    }
}

impl Source {
    /// The start of the printed day where only the day is known; else the time of publication. A database that
    /// is older than the rule of [`PublishedTime::of_day`] has the start of the day itself.
    pub(crate) fn stated_from(published_at: PublishedTime, precision: Precision) -> Timestamp {
        let is_start = published_at.0 == published_at.0.start_of_day();
        match precision {
            Precision::Day if !is_start => published_at.0.minus(DAY_UNTIL_KNOWN),
            _ => published_at.0,
        }
    }

    /// Whether it is no document but what a command such as `retract` recorded.
    pub(crate) fn is_command(&self) -> bool {
        self.origin == Origin::Command
    }

    /// Whether it is neither: the transaction that recorded it is lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.origin == Origin::Lost
    }

    /// The start of the day that the document prints, where only the day is known.
    pub(crate) fn published_day(&self) -> Option<Timestamp> {
        (self.precision == Precision::Day).then(|| Source::stated_from(self.published_at, self.precision))
    }

    /// From when the document shows what is in force at its publication.
    pub(crate) fn shows_at(&self) -> Timestamp {
        Source::stated_from(self.published_at, self.precision)
    }

    /// The order of what may be stated about the publication of one document: what sorts first is nearer to
    /// the truth.
    ///
    /// An earlier day is, because the document was known then; of one day the exact time is, because it
    /// states more; any publication is, rather than none.
    ///
    /// ```
    /// use tierbook::{Precision, PublishedTime, Source};
    /// let (morning, noon) = ("2026-02-03T06:00Z".parse()?, "2026-02-03T12:00Z".parse()?);
    /// let order = |at, precision| Source::publication_order(PublishedTime(at), precision);
    /// assert!(order(noon, Precision::Exact) < order(morning, Precision::Recorded));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn publication_order(published_at: PublishedTime, precision: Precision) -> impl Ord {
        let day = Source::stated_from(published_at, precision).start_of_day();
        (precision == Precision::Recorded, day, precision, published_at)
    }
}

/// A source with everything known about its record.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let recorded = &rules.sources()?[0];
/// assert!(recorded.recorded_at.0 > recorded.source.published_at.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct RecordedSource {
    /// The source.
    pub source: Source,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The transaction that recorded it.
    pub tx: TxId,
    /// Whether it shows what was in force and announces nothing, as the tables of an exchange do. Each posting
    /// of such a document at another time is an observation of its own.
    pub observes: bool,
}
