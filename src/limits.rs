//! Every bound of the program, in one place, each with its reason.
//!
//! Bounds are generous: each is at least ten times what the inputs of 2022-2026 needed, and small enough
//! that nothing a user feeds in can exhaust memory, the stack or the clock.
//!
//! ```
//! use tierbook::{ErrorCode, language::parse, limits};
//!
//! let text = " ".repeat(limits::QUERY_BYTES + 1);
//! assert_eq!(parse(&text).unwrap_err().code(), ErrorCode::QueryTooLong);
//! ```

/// Largest input document in bytes. The largest real announcement is 12 KB and the largest exchange
/// snapshot 2.5 MB; a bigger file is an error (a video, a disk image) and is refused before it is read.
pub const DOCUMENT_BYTES: u64 = 16 * 1024 * 1024;

/// Most members of an archive. A year of hourly snapshots has 8,760; the list of names is kept in memory.
pub const ARCHIVE_MEMBERS: usize = 100_000;

/// Largest Markdown file in bytes that may be about its folder, as a README is; to know it, it must be read. The README
/// of a folder of announcements has a few thousand. All those of an archive have [`DOCUMENT_BYTES`] at most.
pub const ABOUT_FOLDER_BYTES: usize = 256 * 1024;

/// Largest announcement text in bytes. The largest real one has 12 KB. Each byte is looked at by some twenty readers,
/// and each bound of what they compare with each other is for a text of this size, so it gets less room than an exchange
/// snapshot.
pub const ANNOUNCEMENT_BYTES: usize = 1024 * 1024;

/// Largest seed in bytes, written by hand or by `export`. The export of the largest exchange snapshot has
/// 190 KB; the parser needs up to a hundred bytes of memory for each byte of a hostile text.
pub const SEED_BYTES: usize = 4 * 1024 * 1024;

/// Most rows in all tables of one seed written by hand, each counted for every subject of its table, because
/// findings about a row name them all. A whole exchange has 7,000.
pub const SEED_ROWS: usize = 250_000;

/// Most errors of one seed that are reported at once; those after them are mostly more of the same.
pub const SEED_ERRORS: usize = 10;

/// Most rows in all tables of one document together, and most tables. The largest real announcement has 260
/// rows in 12 tables.
pub const DOCUMENT_ROWS: usize = 5_000;

/// See [`DOCUMENT_ROWS`].
pub const DOCUMENT_TABLES: usize = 1_000;

/// Most lines between the tables of one document. The longest real announcement has 74.
pub const DOCUMENT_LINES: usize = 100_000;

/// Most sentences about times, changes or contracts times tables of one document: each table is compared with those above
/// it. The largest real announcement has a thousand pairs.
pub const COMPARED_SENTENCES: usize = 2_000_000;

/// Most dates without a clock time in these sentences times tables; to compare them is more work.
pub const COMPARED_DATES: usize = 200_000;

/// Most tags in one page. The tables of the largest real announcement need 5,000, and a site puts as many
/// around it.
pub const PAGE_TAGS: usize = 250_000;

/// Most columns of a table of a page whose place is stored; tables of announcements have at most 9.
pub const PAGE_COLUMNS: usize = 64;

/// Deepest nesting of tables in tables that is followed; pages that are laid out with tables have 3 or 4.
pub const PAGE_TABLES: usize = 16;

/// Most tiers in one table. Exchange tables have at most 20.
pub const TABLE_TIERS: usize = 200;

/// Most contracts that one table may name. The longest real list names 27.
pub const TABLE_SUBJECTS: usize = 500;

/// Most contracts that the sentences and lists of one document may start, and may end, each time counted. The longest
/// real list names 27.
pub const NAMED_CONTRACTS: usize = 500;

/// Most tables of specifications, of classes or of margin assets in one document, each kind for itself. Real ones have
/// up to 4.
pub const SMALL_TABLES: usize = 20;

/// Most contracts or assets in one exchange document. The longest real one names 684.
pub const SNAPSHOT_SUBJECTS: usize = 20_000;

/// From this many subjects of a program on, an exchange document counts as a complete snapshot, so that
/// what it lacks has ended. The shortest complete one since 2022 names 162 contracts; a query about some
/// symbols names a few, and a reply about those must end no other.
pub const COMPLETE_SNAPSHOT_SUBJECTS: usize = 50;

/// Most different keys of one document that are reported as unread. A real row has a dozen keys; a document
/// with more unknown ones has another form.
pub const UNREAD_KEYS: usize = 100;

/// Bytes of contracts in JSON whose tables are kept for the next document that has the same bytes; at most twice
/// as many are in memory.
pub const FRAGMENT_BYTES: usize = 8 * 1024 * 1024;

/// Most bytes of a name, a value or a message of the exchange that a finding or error quotes.
pub const QUOTED_BYTES: usize = 200;

/// Most bytes of a message, a hint or a finding; libraries quote words of a file of any length.
pub const MESSAGE_BYTES: usize = 2000;

/// Most bytes in the name of a subject. The longest real one has 20.
pub const SUBJECT_BYTES: usize = 64;

/// Most digits in a number that is read: with 18 digits before the dot and 10 after it, every product that
/// a measure needs still fits the 28 digits of a decimal, or is refused, never rounded.
pub const NUMBER_DIGITS: usize = 24;

/// Longest query text in bytes, all its statements together.
pub const QUERY_BYTES: usize = 64 * 1024;

/// Most statements in one query text.
pub const QUERY_STATEMENTS: usize = 1000;

/// Longest value of a parameter in bytes. The longest name of a subject has 20, a timestamp 30.
pub const PARAMETER_BYTES: usize = 200;

/// Largest configuration file in bytes, and most aliases in it. A hundred aliases with a line about each have
/// 10 KB.
pub const CONFIG_BYTES: u64 = 1024 * 1024;

/// See [`CONFIG_BYTES`].
pub const CONFIG_ALIASES: usize = 1000;

/// The largest leverage that is understood without its `x`. Exchanges offer up to 150x; a larger bare number
/// is a notional in the wrong place.
pub const BARE_LEVERAGE: u32 = 500;

/// Deepest nesting of `explain explain …` in a query; one level is useful, more is an error.
pub const QUERY_NESTING: usize = 8;

/// Most rows in one answer (subjects times notionals).
pub const ANSWER_ROWS: usize = 1_000_000;

/// Largest journal line in bytes. A document of [`DOCUMENT_BYTES`] can double when escaped as JSON, and its
/// statements repeat its figures.
pub const JOURNAL_LINE_BYTES: usize = 8 * DOCUMENT_BYTES as usize;

/// Largest index record in bytes that is decoded; protects against extreme sizes in damaged records.
pub const RECORD_BYTES: usize = 4 * 1024 * 1024;

/// A journal up to this many bytes (a 32nd of it in format 2, which is compressed) is hashed whole by every writer; of
/// a longer one the last transaction only, and `verify` does the rest.
pub const JOURNAL_BYTES_HASHED_AT_OPEN: u64 = 4 * 1024 * 1024;

/// Memory that sled may use for its page cache; its default is 1 GiB. Not tested: answers do not depend on it.
pub const INDEX_CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// The most bytes of an index beside an empty journal. A longer one is not opened, and made again: sled writes as much as a
/// file states to be long.
pub const INDEX_BYTES: u64 = 1 << 30;

/// How many more the index may have for each byte of its journal. The index of years of snapshots, most of which repeat the one
/// before, has a hundred.
pub const INDEX_BYTES_OF_ONE: u64 = 1000;

/// Seconds after which a command of git is given up: the history of one file takes a minute in the largest repositories.
/// Tested with shorter times.
pub const GIT_SECONDS: u64 = 300;

/// How long a writer waits for another writer, in milliseconds. Tested with shorter times: a test would take as long.
pub const LOCK_WAIT_MS: u64 = 5_000;

/// Documents that are acknowledged together, with one sync of the journal.
pub const GROUP_DOCUMENTS: usize = 64;

/// Bytes of documents that are acknowledged together, but for the last of them.
pub const GROUP_BYTES: usize = 16 * 1024 * 1024;

/// Milliseconds for which a document that is recorded waits for others to be acknowledged with it.
pub const GROUP_MS: u64 = 100;

/// Deepest chain of retractions of retractions that is followed; what is deeper retracts nothing. Only two commands
/// can close a circle, in which the outcome depends on this number and, so that answers stay as they are, on nothing else.
pub const RETRACTION_DEPTH: usize = 12;

/// Largest file of certificates in bytes that is checked. One certificate contains the tables of a subject, a few hundred at most.
pub const CERTIFICATE_BYTES: u64 = 64 * 1024 * 1024;

/// Most certificates of one file that are checked: each is made again. Fifty a day are 18,000 a year.
pub const CERTIFICATES: usize = 20_000;

/// Most transactions that are the heads of the certificates of one file: for each the journal is read again, up to there.
pub const CERTIFICATE_HEADS: usize = 100;

/// Most bytes that git prints of a history: a version of a file has a hundred, and an hour's snapshots of ten years are
/// 90,000 versions.
pub const GIT_LISTED_BYTES: u64 = 64 * 1024 * 1024;

/// Most positions of an account that share a margin: all are in memory. An exchange has a thousand contracts, two sides each.
pub const CROSS_POSITIONS: usize = 100_000;

/// Most digits of the common denominator of all positions of one contract that share a margin, whose price of liquidation is
/// exact. Two positions have a hundred; hundreds that were each opened at a price of their own have 2,000.
pub const EXACT_DIGITS: usize = 2_000;

/// Most rows of affected positions that people see of a file that is judged part by part.
pub const IMPACT_SHOWN: usize = 100;

/// Longest name of a saved set of positions, in bytes: the name of a file.
pub const SET_NAME_BYTES: usize = 64;

/// Most times of changes at which an account is judged: a few weeks of announcements have a hundred.
pub const IMPACT_CHANGES: usize = 1_000;

/// Most prices that one request changes: each passes over all positions. Whoever tries a scenario names a few contracts.
pub const IMPACT_PRICES: usize = 100;

/// Most figures and unreadable lines of a log that is audited: each figure takes some two hundred bytes of memory.
/// Tested with a smaller number: this one takes a minute.
pub const AUDIT_LINES: usize = 3_000_000;

/// Longest Parquet file that is read from a pipe, into memory: its directory is at its end. A file has no limit.
pub const PIPED_PARQUET_BYTES: u64 = 1 << 30;

/// Most bytes of a message of an Arrow file, that what is compressed in a batch of it unpacks to, that all dictionaries of
/// such a file have, and that the pages of a row group of a Parquet file have that are in memory together, one of each
/// column: so much of a file is in memory before it is cut into parts. Tools write some 100,000 rows a batch, which have
/// 10 MB, and pages of 1 MB.
pub const COLUMN_BATCH_BYTES: u64 = 1 << 30;

/// Most bytes that the rows of a part of a file of columns have as text, with the names of their columns in each; a part
/// has fewer rows where they are longer, and one row no more. A dictionary of one long text would else be
/// as many texts as there are rows. 100,000 rows of ten columns have 25 MB.
pub const COLUMN_PART_BYTES: u64 = 32 * 1024 * 1024;

/// Most columns of a file of columns. The widest that tools for positions write have some 100.
pub const COLUMNS: usize = 4096;

/// Most types in the schema of a file of columns, those in lists and structures too.
pub const COLUMN_TYPES: usize = 10_000;

/// Deepest nesting of the types of a file of columns; Arrow's own is 64 tables. Readers go down by recursion.
pub const COLUMN_LEVELS: usize = 64;

/// Most bytes of the names of columns of an Arrow file, with the metadata of all. A thousand columns with the metadata of
/// pandas have 300 KB.
pub const COLUMN_NAMES_BYTES: usize = 16 * 1024 * 1024;

/// Longest directory of a Parquet file: it takes twenty times as much memory. One of 50 million rows has 200 KB.
pub const PARQUET_FOOTER_BYTES: usize = 16 * 1024 * 1024;

/// Most cells of a part of a file of JSON lines, rows times columns.
pub const JSON_PART_CELLS: usize = 1 << 21;

/// Longest text of a part of a file of JSON lines, but for its last line.
pub const JSON_PART_BYTES: u64 = 64 * 1024 * 1024;

/// Longest line of a log in bytes, and longest record of CSV, which has several lines where a cell in quotes has. A real
/// one has a hundred.
pub const AUDIT_LINE_BYTES: usize = 64 * 1024;

/// Most rows that `eval` shows the errors of.
pub const EVAL_ERRORS_SHOWN: usize = 10;

/// Most lines that cannot be read, and most judgements, that are shown to people; the rest is counted.
pub const AUDIT_SHOWN: usize = 100;

/// Most transactions whose fragments and tables one transaction of the journal may refer to: so many frames are
/// read at most to read one.
pub const JOURNAL_BASES: usize = 32;

/// Most bytes of fragments and tables of all transactions together to which one refers: they are in memory while it is
/// read. 32 complete snapshots of the exchange, of 2.5 MB each, have a third of it.
pub const JOURNAL_BASES_BYTES: u64 = 512 * 1024 * 1024;

/// From this many bytes of fragments and tables on, later transactions may refer to a transaction.
pub const JOURNAL_BASE_BYTES: u64 = 4096;

/// Most bytes of fragments and tables that a reader keeps in memory for the frames that it reads next.
pub const JOURNAL_KNOWN_BYTES: u64 = 48 * 1024 * 1024;

/// Shortest fragment of a document that is worth a reference; a journal that has a shorter one was not written by tierbook.
pub const JOURNAL_FRAGMENT_BYTES: usize = 64;

/// No transaction has a higher number: one a millisecond for thirty years. What states more, is damaged.
pub const JOURNAL_TRANSACTIONS: u64 = 1 << 40;

/// Most places of a damaged journal at which one transaction is looked for. Damage makes two or three of one.
pub const SALVAGE_PLACES: usize = 16;

/// Most places at which transactions of a damaged journal may begin: each is memory. A journal of centuries has as many.
pub const SALVAGE_STARTS: usize = 1 << 24;

/// How many times as many bytes as it has are read of a damaged journal to find where its transactions end, and at least
/// [`SALVAGE_LEAST_BYTES`]: only bytes that were made to mislead need more than four.
pub const SALVAGE_READINGS: u64 = 16;

/// See [`SALVAGE_READINGS`].
pub const SALVAGE_LEAST_BYTES: u64 = 16 * 1024 * 1024;

/// Most bytes of documents that a writer keeps in memory between two runs; after more it reads the image again. Not tested:
/// answers do not depend on it.
pub const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// Largest file of positions in bytes that is read whole: JSON, TOML, and what is read into one account. A position of a
/// reply of the exchange has 500 bytes, so that it has room for [`POSITIONS`] of them.
pub const POSITIONS_BYTES: u64 = 64 * 1024 * 1024;

/// Largest file of positions in TOML in bytes, which is written by hand; the parser needs up to a hundred bytes of memory
/// for each byte of a hostile text.
pub const POSITIONS_TOML_BYTES: usize = 4 * 1024 * 1024;

/// Most positions of an account in memory. An account of an exchange has two for each of its 700 contracts; each takes 300
/// bytes here and 2 KB in an answer. A file of more is read part by part.
pub const POSITIONS: usize = 100_000;

/// Most assets of collateral, and most wallet balances, of an account. An exchange has 700 assets.
pub const POSITIONS_ASSETS: usize = 20_000;

/// Most errors of a file of positions that are shown; those after them are mostly more of the same.
pub const POSITIONS_ERRORS: usize = 10;

/// Most bytes of the head of an HTTP request, its path and headers. The longest address of a page that works has 4 KB.
pub const REQUEST_HEAD_BYTES: usize = 16 * 1024;

/// Longest path with its query of an HTTP request. What does not fit is sent in a body, by POST.
pub const REQUEST_TARGET_BYTES: usize = 8 * 1024;

/// Largest body of an HTTP request: half a million rows of questions.
pub const REQUEST_BODY_BYTES: usize = 32 * 1024 * 1024;

/// Largest body of an answer over HTTP: it is made in memory. The tables of a whole exchange have 2 MB.
pub const RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// Most rows of an answer over HTTP; the whole history of an exchange has more, and is what `export` is for.
pub const RESPONSE_ROWS: usize = 100_000;

/// Memory for the bodies of all requests and of all answers from [`LARGE_RESPONSE_BYTES`] on that are read or sent at one
/// time: sixteen of the largest bodies.
pub const BODIES_BYTES: usize = 16 * REQUEST_BODY_BYTES;

/// From this size on the memory of an answer is counted: 256 smaller ones at a time need 64 MB.
pub const LARGE_RESPONSE_BYTES: usize = 256 * 1024;

/// Seconds after which an answer over HTTP that is not made yet is given up. This and the seconds below are tested with
/// shorter times: a test would take as long.
pub const REQUEST_SECONDS: u64 = 20;

/// Seconds for the head of an HTTP request, and for the next one on a connection that is kept.
pub const REQUEST_HEAD_SECONDS: u64 = 15;

/// Seconds for the body of an HTTP request.
pub const REQUEST_BODY_SECONDS: u64 = 30;

/// Seconds for which a client may take nothing of an answer.
pub const RESPONSE_STALL_SECONDS: u64 = 30;

/// Most connections at the same time; more wait until one is closed. Each needs some 20 KB.
pub const CONNECTIONS: usize = 256;

/// Seconds for which the server goes on with what was asked when it is to end.
pub const SHUTDOWN_SECONDS: u64 = 8;

/// Most entries of a feed: what a reader has not seen since yesterday is far less.
pub const FEED_ENTRIES: usize = 200;

/// Most bytes of segments of the journal that a server keeps besides the one that grows, and the last one in any case.
/// Not tested: what is not kept is made again, with the same bytes.
pub const SERVED_SEGMENTS_BYTES: usize = 16 * 1024 * 1024;

/// Bytes of compressed answers that are kept, so that each is compressed once.
pub const COMPRESSED_BYTES: usize = 32 * 1024 * 1024;

/// From this size on an answer over HTTP is compressed: a smaller one fits one packet anyway.
pub const COMPRESSED_FROM_BYTES: usize = 1400;

/// Most bytes of the value of a header of an answer; proxies refuse heads of more than 8 KB.
pub const RESPONSE_HEADER_BYTES: usize = 2048;

/// From this many bytes on a segment of a published journal ends: a fetch that is interrupted loses a few seconds.
pub const SEGMENT_BYTES: usize = 4 * 1024 * 1024;

/// Most transactions of a segment: what a reader who has the one before takes with one request.
pub const SEGMENT_TRANSACTIONS: u64 = 10_000;

/// Longest segment in bytes that is read: one more transaction than [`SEGMENT_BYTES`], as large as the journal takes.
pub const SEGMENT_MOST_BYTES: u64 = (SEGMENT_BYTES + JOURNAL_LINE_BYTES) as u64;

/// Longest head of a publication in bytes. One has 300.
pub const PUBLISHED_HEAD_BYTES: u64 = 1024;

/// Longest index of a publication in bytes: 400,000 segments.
pub const PUBLISHED_INDEX_BYTES: u64 = 64 * 1024 * 1024;

/// Seconds for a connection to an origin. Not tested: no address of this machine leaves one open.
pub const ORIGIN_CONNECT_SECONDS: u64 = 5;

/// Seconds for an answer of an origin that does not wait for something new; a segment of [`SEGMENT_BYTES`] takes that long at 1 Mbit/s.
pub const ORIGIN_SECONDS: u64 = 60;

/// Seconds for which an origin may wait for something new before it answers.
pub const ORIGIN_WAIT_SECONDS: u64 = 25;

/// Longest file of a token or of certificates, in bytes: a whole list of authorities has 200 KB.
pub const TOKEN_FILE_BYTES: u64 = 1024 * 1024;

/// Longest log of a witness in bytes: a head a minute for a year.
pub const WITNESS_LOG_BYTES: u64 = 256 * 1024 * 1024;
