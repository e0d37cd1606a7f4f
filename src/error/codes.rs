//! The codes of errors, each with its kind, when it comes and what to do. docs/errors.md is made from this
//! table.

use std::fmt;

use super::ErrorKind;
use super::define::codes;

codes! {
    AboveLimit "above_limit" NoAnswer "The notional or leverage is above what the rule allows."
        "Ask for a smaller one; `limit` and `max position` give the largest.";
    AddressIncomplete "address_incomplete" Query
        "A citation lacks a part that its measure needs, such as the notional."
        "Copy the whole line after `cite` from an answer.";
    AliasIncomplete "alias_incomplete" Query "An alias in the configuration has no query."
        "Add a line `query = \"…\"` to the alias.";
    AliasName "alias_name" Query "An alias has a name with characters that names may not have."
        "Use letters, digits, `_` and `-`, and start with a letter.";
    AliasShadows "alias_shadows" Query "An alias has the name of a word of the language."
        "Choose another name.";
    AmbiguousSource "ambiguous_source" Query "More than one source id starts with the digits given."
        "Write more digits; `sources` lists the ids.";
    AmbiguousSubject "ambiguous_subject" Query "A name means several contracts or assets, and one is needed."
        "Write it with its program: `pm-pro:STRK`.";
    AmountMissing "amount_missing" Query "A measure of one notional is asked without a notional."
        "Add `at` and the notional, for example `at 60000`.";
    AnswerTooLong "answer_too_long" Query
        "The subjects and notionals of one statement make more rows than one answer may have."
        "Ask for fewer subjects or notionals at a time.";
    AtNotTaken "at_not_taken" Query "The statement has `at`, but its measure does not depend on a notional."
        "Leave `at` out.";
    BadOrigin "bad_origin" Query "What is named as an origin is no folder and no address that can be fetched."
        "Name a folder, or an address: https://example.com/rules.";
    BadSetName "bad_set_name" Query "A saved set of positions cannot have this name."
        "Use letters, digits, `-` and `_`.";
    BoundTwice "bound_twice" Query "One parameter is given two values."
        "Keep one `--set` for each name.";
    BrokenAlias "broken_alias" Query "A statement uses an alias whose query cannot be read."
        "Fix its query in the configuration; `tierbook aliases` shows what is wrong.";
    CannotListen "cannot_listen" Io "The operating system does not let the server listen on an address."
        "Choose a port that no other program uses: `--listen 127.0.0.1:8788`.";
    CannotRead "cannot_read" Io "The operating system could not read a file."
        "Check the path and that you may read the file.";
    CannotReadConfig "cannot_read_config" Io "The configuration file exists but could not be read."
        "Check that you may read it, or name another one with TIERBOOK_CONFIG.";
    CannotReadStdin "cannot_read_stdin" Query "Standard input could not be read."
        "Check the command at the other end of the pipe.";
    CannotWrite "cannot_write" Io "The operating system could not write a file."
        "Check that the folder exists, that you may write there and that the disk has room.";
    ClauseNotTaken "clause_not_taken" Query "The statement has a clause that it does not take."
        "Leave the clause out; `help` and the statement's name show the ones it takes.";
    ClauseTwice "clause_twice" Query "The statement has one clause twice."
        "Keep one of them.";
    ColumnMissing "column_missing" Input "A file lacks a column that an audit, an evaluation or positions need."
        "Name the columns as `tierbook help audit` lists them, or by the options of `tierbook eval`.";
    ColumnTwice "column_twice" Input "A file has two columns of one name, or that mean the same."
        "Rename the column that is not meant.";
    CommandFailed "command_failed" Io "A command that `--exec` names could not be run, or it failed."
        "Try it alone; its input is the rows of the affected positions as JSON lines.";
    ConditionMissing "condition_missing" Query "`where` is followed by nothing."
        "Write a condition, for example `where limit down`.";
    ColumnsDiffer "columns_differ" Query "The columns of questions to be evaluated have different lengths."
        "Give each row one subject, one notional and one time.";
    ConfigKey "config_key" Query "The configuration has a key that is not known."
        "Use one of the keys that the message lists.";
    ConfigSyntax "config_syntax" Input "The configuration is not valid TOML."
        "Fix the marked line.";
    ConfigTooLong "config_too_long" Input "The configuration is larger than any real one."
        "Check that TIERBOOK_CONFIG names the right file.";
    ConfigType "config_type" Query "A key of the configuration has a value of the wrong type."
        "Write a value of the type that the message names.";
    DamagedArchive "damaged_archive" Input "A compressed file or an archive cannot be unpacked."
        "Fetch the file again; nothing of it was recorded.";
    DamagedIndex "damaged_index" Damaged "The index of the database cannot be read."
        "Remove the folder that the message names; it is made again from the journal and nothing is lost.";
    DamagedJournal "damaged_journal" Damaged
        "The journal fails its checksums, or a transaction in it cannot be read. Nothing is answered from it."
        "Restore a backup (`tierbook restore`), or make a new database of what can be read (`tierbook salvage`); docs/store.md explains each kind of damage.";
    DamagedPublication "damaged_publication" Damaged
        "What an origin publishes is not what its index and its chain of hashes state."
        "Ask its publisher, or pull from another copy; nothing was recorded.";
    DatabaseExists "database_exists" Input "A database is to be made where one exists already."
        "Use `tierbook load` to add to it, or another folder; `tierbook restore --replace` keeps the old one.";
    Disk "disk" Io "The operating system could not read or write a file of the database."
        "Check that the disk has room and that you may read and write the folder.";
    DocumentEmpty "document_empty" Input "The document has no text."
        "Save the announcement again.";
    DocumentTooLarge "document_too_large" Input "The document is larger than any real one of its kind."
        "Check that it is the right file; split it if it is.";
    DuplicateKey "duplicate_key" Input
        "A JSON object has the same key twice, so it is not clear which value is meant."
        "Save the reply again, or remove the wrong one.";
    EmptyLog "empty_log" Input "The log to audit has no line."
        "Write a first line that names the columns.";
    EmptyQuery "empty_query" Query "There is no statement to answer."
        "Write a statement, for example `mmr of ACTUSDT at 60000`.";
    EmptyRange "empty_range" Query "The end of a range is not after its start."
        "Write a range whose start is before its end.";
    EmptyTable "empty_table" Input "The tables of a page have no row: the page was saved without its content."
        "Save the page again once the browser shows its tables, or copy its text into a .txt file.";
    EndOfTime "end_of_time" Input "The last transaction is recorded at the last time that can be stored."
        "Check the clock of the machine that recorded it.";
    Ended "ended" NoAnswer "The rule has ended before the time asked for."
        "Ask for an earlier time.";
    EntryMissing "entry_missing" Query "`liquidation` is asked of a position without the price at which it was opened."
        "Add `entry` and the price, for example `entry 0.02`.";
    ErrorReply "error_reply" Input
        "The document is an error message of the exchange, not a reply with tables."
        "Ask the exchange again and load the reply with the tables.";
    FileExists "file_exists" Input "An export would overwrite a file with other content."
        "Move the file away, or export into an empty folder.";
    ForeignHandle "foreign_handle" Query "The handle of a subject is of another snapshot."
        "Take the handles from the snapshot that is asked.";
    ForeignJournal "foreign_journal" Damaged "The journal is not the one that the index was made from."
        "Restore the right journal; if it was replaced on purpose, remove the folder of the index.";
    FormMissing "form_missing" Query "The name of a file of columns does not say of which form it is, or the form is not known."
        "Name the form with `--from` or `--to`: csv, jsonl, parquet or arrow.";
    FrontMatterKey "front_matter_key" Input "The front matter of an announcement has a key that is not known."
        "Use one of the keys that the message lists.";
    FrontMatterOpen "front_matter_open" Input
        "The front matter of an announcement starts with `---` and has no end."
        "Add a line `---` before the announcement.";
    FrontMatterValue "front_matter_value" Input
        "A value in the front matter of an announcement cannot be read."
        "Write the value as the message shows.";
    HistoryForked "history_forked" Damaged
        "An origin has another transaction in the place of one that is here: its history was rewritten, or is another one."
        "Ask the publisher; what is here stays as it is.";
    HistoryShortened "history_shortened" Damaged
        "An origin has fewer transactions than were seen before."
        "Ask the publisher; it may be an older copy, or a cache with an old copy.";
    IndexBusy "index_busy" Locked "Another process uses the index."
        "Wait until it has finished.";
    IsFolder "is_folder" Input "A path is a folder where a file is expected."
        "Name a file.";
    JournalMissing "journal_missing" Damaged
        "A folder has an index, but not the journal that it was made from."
        "Put a copy of the journal back, or use another folder.";
    LeverageMissing "leverage_missing" Query "`max position` is asked without a leverage, or `liquidation` without leverage and margin."
        "Add the leverage, for example `at 10x`, of `liquidation` `with 5x` or `margin 12000`.";
    LoadedAlready "loaded_already" Input "A document is loaded as a newer edition, but it was loaded before."
        "Supersede the older source with the command that the hint shows.";
    Locked "locked" Locked "Another process writes to the database."
        "Wait until it has finished; reading is possible meanwhile.";
    LogTooLong "log_too_long" Input "A log has more lines than one audit takes."
        "Audit it in parts.";
    LoginPage "login_page" Input "A page asks to log in; it is not the announcement."
        "Open the announcement in a browser where it can be read, and save the page there.";
    MeasureMissing "measure_missing" Query "A statement that needs a measure has none."
        "Name one, for example `history of mmr of ACTUSDT at 60000`.";
    NamedLater "named_later" Query "A transaction is to be undone, but later ones name what it recorded."
        "Undo those first, the newest first; the message lists them.";
    NestedTooDeep "nested_too_deep" Query "`explain` is written inside `explain`."
        "Write it once.";
    NoAnnouncement "no_announcement" Input "A folder has no file that can be read as a document."
        "Name the files themselves, give them an extension that the message lists, or read subfolders with `--recursive`.";
    NoDatabase "no_database" NotFound "There is no database in the folder."
        "`tierbook load PATH` makes one; `--db DIR` or TIERBOOK_DB names another folder.";
    NoFolder "no_folder" Query "An export has no folder to write to."
        "Name one: `tierbook export sources DIR`.";
    NoHome "no_home" Query "The user has no home folder, so there is no default place for the database."
        "Name a folder with `--db DIR` or TIERBOOK_DB.";
    NoLimit "no_limit" NoAnswer "A limit was asked for, and the rule has none; or no price liquidates a position."
        "Nothing: any notional is allowed.";
    NoRepository "no_repository" Input "The history of a file in a git repository cannot be read."
        "Install git, and name the folder of a repository and the path of a file in it.";
    NoRule "no_rule" Input "The document is a reply of the exchange without any rule in it."
        "Ask the exchange for all contracts and save that reply.";
    NoObservation "no_sighting" Input "A file to reconcile shows no table at a known time."
        "Use tables of the exchange in JSON, or an announcement with Previous tables.";
    NoTable "no_table" Input "The document announces a margin rule that is not found in it, or it is no announcement."
        "Check that it announces leverage tiers or collateral ratios, and that it was saved with its tables.";
    NoTerminal "no_terminal" Query "The prompt cannot use the terminal."
        "Pipe the statements in, or use `tierbook query`.";
    NotABinding "not_a_binding" Query "A value of `--set` is not of the form NAME=VALUE."
        "Write `--set NAME=VALUE`.";
    NotACertificate "not_a_certificate" Input "A file is not a certificate."
        "Make one with `tierbook certificate QUERY`.";
    NotAChange "not_a_change" Input "Only a change can be rescheduled, and the statement named is not one."
        "`tierbook query source ID` shows which statements are changes.";
    NotADrawing "not_a_drawing" Query "`--format svg` is used with a statement that draws nothing."
        "Use it with one `chart` statement.";
    NotAHash "not_a_hash" Query "A text is not a hash of a transaction."
        "Give the 64 hexadecimal digits that `tierbook head` printed.";
    NotATimeSpan "not_a_length" Query "A text is not a time span."
        "Write a number and a unit: `72h`, `3 days`, `2 weeks`.";
    NotALeverage "not_a_leverage" Query "A text is not a leverage."
        "Write a whole number and an x: `10x`.";
    NotALog "not_a_log" Input "A file is neither CSV with a header nor JSON lines."
        "Write one object a line: `jq -c '.[]'`.";
    NotAName "not_a_name" Query "A parameter is used for more than one name."
        "Write the pattern or `all` in the statement itself.";
    NotANumber "not_a_number" Query
        "A text is not a number, or not the kind of number that the measure needs."
        "Write `60000`, `60_000`, `60,000`, `60k` or `1.5m`.";
    NotAPrice "not_a_price" Query "The price at which a position was opened is 0."
        "Write the price in the quote currency of the contract.";
    NotAParameter "not_a_parameter" Query "A text is not a name of a parameter."
        "Use letters, digits and `_`, and start with a letter; in the statement write `$name`.";
    NotAPublication "not_a_publication" Query "A folder to publish in has files of something else."
        "Name an empty folder, or a new one.";
    NotAReplica "not_a_replica" Query
        "A database that has what was recorded in it cannot take the transactions of another one."
        "Pull into a new folder: `tierbook --db FOLDER pull …`.";
    NotATransaction "not_a_transaction" Query "A text is not the number of a transaction."
        "Write a whole number; `sources` shows the transactions.";
    NotAValue "not_a_value" Query "The value of a parameter is empty or too long."
        "Give a value that fits into the statement.";
    NotAVenue "not_a_venue" Query "The name after `--venue` cannot be that of an exchange."
        "Write it in one word, for example `--venue bybit`.";
    NotAZone "not_a_zone" Query "A text is not a zone of times."
        "Write `UTC`, or an offset from it: `+08:00`.";
    NotATimestamp "not_an_instant" Query "A text is not a time."
        "Write `2026-02-06T07:00Z`, `2026-02-06 06:30 (UTC)` or `2026-02-06`.";
    NotAnOrigin "not_an_origin" Query "`--allow-origin` names no site as browsers name it."
        "Write the scheme and the host, without a path: `https://risk.example.com`.";
    NotCertifiable "not_certifiable" Query "The statement has no single answer that can be proved."
        "Ask for a measure, a table, a `diff` or `changes`.";
    NotColumns "not_columns" Input "A file is not of the form that it should have, or a column has a type that is not taken."
        "Check the form of the file, or convert the column to text, numbers or times.";
    NotDrawable "not_drawable" Query "The measure has no value for each notional, so it cannot be drawn."
        "Draw `mmr`, `margin`, `amount` or `max leverage`.";
    NotExplainable "not_explainable" Query "The statement lists what is stored; there is nothing to explain."
        "Explain a measure or a table.";
    NotStored "not_held" Input "A document names a source or a statement that is not stored."
        "Load that document first, then this one again.";
    NotInColumns "not_in_columns" Query "A measure that is no number of a notional is asked for columns."
        "Ask for it one subject at a time.";
    NotJson "not_json" Input "The document starts like JSON but is not valid JSON."
        "Save the whole reply again.";
    NotKnownThen "not_known_then" NoAnswer "A rule is known for that time, but it was not known yet at the state of knowledge asked for."
        "Ask with a later `known at` or `recorded by`, or without them.";
    NotOnProgram "not_on_program" Query "The subject is not stored for the program after `on`."
        "Write the program that the message names, or leave `on` out.";
    NotOpen "not_open" Input "The database was closed while a document was to be recorded."
        "Run the command again.";
    NotText "not_text" Input "The document is not UTF-8 text."
        "Save it as plain text, HTML or JSON in UTF-8.";
    QueryNotText "not_text" Query "What was typed or piped in is not UTF-8 text."
        "Write the statements as plain UTF-8 text.";
    OfMissing "of_missing" Query "A measure and its subject have no `of` between them."
        "Write `of` before the subject.";
    OldFormat "old_format" Damaged "The journal is of format 1, which cannot be published."
        "`tierbook migrate` writes it anew, and keeps the old one.";
    OneStatement "one_statement" Query "More than one statement is given where one is expected."
        "Give one statement; a script is run by `tierbook query --file FILE`.";
    OriginMissing "origin_missing" Query "`pull` names no origin, and the database has none."
        "Name the folder or the address of a publication.";
    OriginUnreachable "origin_unreachable" Io "An origin does not answer, or not as one does."
        "Check the address and the network, and try again; what was fetched is not fetched again.";
    OtherEncoding "other_encoding" Input "The document is text in UTF-16 or UTF-32, not UTF-8."
        "Save it again with the encoding UTF-8, or convert it with the command that the hint shows.";
    OtherVenue "other_venue" Input "A document is of another exchange than the command says."
        "Load it with the `--venue` that the message names, or without it.";
    OwnOutput "own_output" Input
        "The document was written by tierbook: its tables are inferred from statements, not observed."
        "Load the announcements and replies that they were inferred from.";
    PdfFile "pdf_file" Input "The document is a PDF."
        "Copy the text of the announcement into a .txt file, or save its page as HTML.";
    PositionMissing "position_missing" Query
        "`liquidation` is asked without the side and the size of the position, or `impact` without a saved set."
        "Add `long` or `short` and the notional at the entry price, for example `long 60k`; after `impact`, `of` and the name.";
    PositionsNotGiven "positions_not_given" Query "`impact of` names a set of positions that only the user has."
        "Ask `tierbook impact`, or in the library `Snapshot::impact` with the positions.";
    ProgramNotTaken "program_not_taken" Input
        "A document names its contracts itself, so that `--venue` and `--program` are not for it."
        "Load it without them.";
    PythonText "python_text" Input "The document is a dictionary as Python prints it, not JSON."
        "Save it with `json.dump`.";
    QueryTooLong "query_too_long" Query "The query is longer than any real one."
        "Ask in several queries, or use `all`.";
    RangeNotTaken "range_not_taken" Query
        "A range of time is written in a way or in a place that the language does not have."
        "Write `since A until B` with statements over time; a measure has one time, `as of`.";
    RecordedInFuture "recorded_in_future" Query "`recorded by` is later than now, so the answer could change."
        "Leave it out, or write a time in the past.";
    Replica "replica" Query "Nothing is recorded in a replica but what its origin has."
        "Load documents at the origin, or make it a database of its own with `tierbook detach`.";
    SeedEmpty "seed_empty" Input "A seed has no statement."
        "Add at least one statement; docs/seeds.md shows the form.";
    SeedField "seed_field" Input "A seed has a field that is not known, or in the wrong place."
        "Use one of the fields that the message lists.";
    SeedMissing "seed_missing" Input "A seed lacks a field that its table needs."
        "Add the field that the message names.";
    SeedRule "seed_rule" Input "The rule in a seed is not a rule that can be used."
        "Fix the table as the message says.";
    SeedSyntax "seed_syntax" Input "A seed is not valid TOML."
        "Fix the line that the message names; names and figures need quotes.";
    SeedType "seed_type" Input "A value or a table in a seed has the wrong type."
        "Write it as the message shows.";
    SeedValue "seed_value" Input "A value in a seed cannot be read."
        "Write the value as the message shows.";
    ShortJournal "short_journal" Damaged "The journal ends before the last transaction that the index, the head file or a backup knows."
        "Restore the journal from a copy that has that transaction.";
    SourceMissing "source_missing" Query "A statement that needs a source has none."
        "Write the id after it; `sources` lists the ids.";
    StatementMissing "statement_missing" Query "A command needs a statement, and none is named."
        "Name one, for example `ID.3` as `tierbook query source ID` numbers them.";
    SubjectMissing "subject_missing" Query "A statement names no contract and no asset."
        "Add one after `of`, for example `of ACTUSDT`.";
    TiersOverTime "tiers_over_time" Query "`tiers` is asked as a value over time."
        "Use `history of ACTUSDT` for the versions of a table.";
    TooManyPositions "too_many_positions" Input "More positions share a margin than are judged together."
        "Ask for one account at a time.";
    TwoTimelines "two_timelines" Query "A value over time is asked of an asset that has the tiers of its class."
        "Ask for the history of the asset, which has its classes, and for that of a class.";
    TokenNeeded "token_needed" Query "Other machines could reach the server, and it asks for no token that is worth its name."
        "Listen on this machine only, or give `--token-file` with tokens of 16 characters or more.";
    TooLarge "too_large" Input "A file or a transaction is larger than the program takes."
        "Split the document; nothing was recorded.";
    TooManyCertificates "too_many_certificates" Input "A file has more certificates than are checked at a time."
        "Split the file: each certificate is checked alone.";
    TooManyCommits "too_many_commits" Input "Git lists more of a repository than is read."
        "Load the newest version of the file alone, or a clone with fewer commits.";
    TooSlow "too_slow" Query "An answer could not be made within the time that there is for it."
        "Ask for fewer contracts, or a shorter time.";
    TooWide "too_wide" Input "A value has more digits than its column, and would have to be rounded."
        "Write notionals with fewer digits.";
    TooManyAliases "too_many_aliases" Query "The configuration has more aliases than any real one."
        "Remove some; those after the limit are ignored.";
    TooManyLines "too_many_lines" Input "An announcement has more lines than any real one."
        "Check that it is the right file; split it if it is.";
    TooManyRows "too_many_rows" Input "The tables of an announcement have more rows than any real one."
        "Check that it is the right file; split it if it is.";
    TooManyStatements "too_many_statements" Query "The query has more statements than one text may have."
        "Ask in several queries.";
    TooManySubjects "too_many_subjects" Input "A document names more contracts than any exchange has."
        "Check that it is the right file; split it if it is.";
    UnboundParameter "unbound_parameter" Query "A statement uses a parameter that has no value."
        "Give it one: `--set NAME=VALUE`.";
    UnexpectedText "unexpected_text" Query "The text cannot be read as a statement from the marked place on."
        "Fix or remove the marked text.";
    UnexpectedWord "unexpected_word" Query "A word is where the language expects another one."
        "Use one of the words that the message lists.";
    UnknownCommand "unknown_command" Query "There is no such command."
        "`tierbook help` lists the commands.";
    UnknownCondition "unknown_condition" Query
        "`where` is followed by a condition that the statement does not know."
        "Use one of the conditions that the message lists.";
    UnknownForm "unknown_form" Input "The document is JSON, but not one of the forms that can be read."
        "docs/exchange-tables.md lists the forms.";
    UnknownFormat "unknown_format" Damaged "The journal has a format that this version does not know."
        "Use the version that wrote it, or a newer one.";
    UnknownMeasure "unknown_measure" Query "A citation names a measure that does not exist."
        "Copy the whole line after `cite` from an answer.";
    UnknownPart "unknown_part" Query "A citation has a part that does not exist."
        "Copy the whole line after `cite` from an answer.";
    UnknownProgram "unknown_program" Query "There is no such program, after `on` or `--program`."
        "Use one of the programs that the message lists.";
    UnknownRule "unknown_rule" NoAnswer "No statement reaches the time asked for."
        "Load an older announcement or snapshot, or ask for a later time.";
    UnknownSetting "unknown_setting" Query "`set` or `unset` names a setting that does not exist."
        "`set` alone lists the settings.";
    UnknownSource "unknown_source" Query "No source with this id is stored."
        "`sources` lists the ids; the first digits are enough.";
    UnknownStatement "unknown_statement" Query "The text starts with a word that starts no statement."
        "Start with a measure or one of the statements that `help` lists.";
    UnknownSubject "unknown_subject" UnknownSubject "The contract or asset is not stored."
        "Check the name; `subjects` lists what is stored.";
    UnknownTime "unknown_time" Query "`by` is followed by a word that it does not know."
        "Use one of the words that the message lists.";
    UnknownTopic "unknown_topic" Query "There is no help on this word."
        "`tierbook help` lists the topics.";
    UnknownTransaction "unknown_transaction" Query "There is no transaction with this number."
        "Use a number up to the last one, which the message names.";
    Unread "unread" Input
        "Part of a document that looks like a table of rules could not be read, so nothing was recorded."
        "`tierbook check FILE` shows each place; `load --allow-unread` records the rest.";
    UnreadableLine "unreadable_line" Input "A line or row of a file, or a cell of it, cannot be read."
        "Fix the line that the message names.";
    UnsupportedForm "unsupported_form" Input
        "The document is a reply of the exchange that states another kind of rule."
        "docs/exchange-tables.md lists what is read.";
    UnusedParameter "unused_parameter" Query "A parameter has a value, but no statement uses it."
        "Write `$NAME` where the value belongs, or remove it.";
    ValueMissing "value_missing" Query "A clause has no value."
        "Write the value after it, as the example in the message shows.";
    VsMissing "vs_missing" Query "`diff` has several subjects and no time."
        "Write two times, `as of A vs B`; or `as of now` to compare each with its next announced change.";
    RetractedAlready "withdrawn_already" Input
        "A statement is to be retracted or rescheduled, but it already is."
        "Nothing to do; `tierbook query source ID` shows what became of it.";
    WrongMeasure "wrong_measure" Query "The measure does not exist for this kind of subject."
        "Contracts have rates and margins, assets have ratios; the message names the right ones.";
}
