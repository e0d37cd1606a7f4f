//! Export and load: another database that was filled from an export answers as the first one does.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tests::common::answers::{answers, load_all, questions};
use proptest::prelude::*;
use tierbook::database::Database;
use tierbook::database::folder::files_of;
use tierbook::decimal;
use tierbook::finding::{Finding, FindingCode};
use tierbook::render::seed::seed;
use tierbook::rule::{Leverage, Number, PlacedRule, PrintedTier, Rate, Rule};
use tierbook::snapshot::records::curves;
use tierbook::statement::*;
use tierbook::store::{self, Writer};
use tierbook::text::Span;
use tierbook::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// Times are small counts of ticks; one tick is half an hour.
pub const TICKS: i64 = 16;

const SUBJECTS: [&str; 9] = [
    "binance:usdm:AUSDT",
    "binance:usdm:B\\USDT",
    "binance:coinm:AUSDT",
    "binance:pm:LTC",
    "binance:pm:龙虾",
    "binance:pm-pro:LTC",
    "binance:cross:ENA",
    "binance:cross:class-7",
    "binance:token:A2Z",
];

pub fn timestamp(ticks: i64) -> Timestamp {
    Timestamp::from_micros(1_770_000_000_000_000 + ticks * 1_800_000_000).expect("within the years known")
}

fn number(text: &str, value: &str) -> Number {
    Number::with_text(text, decimal::parse(value).expect("digits"))
}

/// Prints of leverage, floor, cap and rate of the rows of a table, plain and misprinted, with what they mean.
type Printed = (
    (&'static str, Option<u32>, u32),
    (&'static str, &'static str),
    (&'static str, &'static str),
    (&'static str, &'static str),
);

const TABLES: [&[Printed]; 4] = [
    &[
        (("6 - 10x", Some(6), 10), ("0", "0"), ("10,000", "10000"), ("5.00", "0.05")),
        (("1–5x", Some(1), 5), ("10,000", "10000"), ("1,00,000", "100000"), ("16.670", "0.1667")),
    ],
    &[
        (("6 - 10x", Some(6), 10), ("0", "0"), ("10000.00", "10000.00"), ("5", "0.05")),
        (("5", None, 5), ("70,000", "70000"), ("60,000", "60000"), ("10.0", "0.1")),
        (("", None, 1), (" 60 000", "60000"), ("1e11", "100000000000"), ("0.125", "0.125")),
    ],
    &[(("75x", None, 75), ("0", "0"), ("500", "500"), ("0.65", "0.0065"))],
    &[
        (("2x - 10 x", Some(2), 10), ("0", "0"), ("9,999", "9999"), ("50 %", "0.5")),
        (("1x", Some(1), 1), ("9,999", "9999"), ("9,999", "9999"), ("100", "1")),
    ],
];

fn rule(subject: &Subject, table: usize, row_spans: &[Span]) -> PlacedRule {
    let program = subject.program();
    let rows = TABLES[table % TABLES.len()].iter().enumerate();
    let span = |index: usize| row_spans[index % row_spans.len()];
    let rate = |(text, fraction): (&str, &str)| {
        Rate::from_parts(text.to_string(), decimal::parse(fraction).unwrap())
    };
    PlacedRule::from(match program {
        Program::Usdm | Program::Coinm | Program::Linear | Program::Inverse => {
            let rows = rows.map(|(index, (leverage, floor, cap, mmr))| PrintedTier {
                leverage: Some(Leverage { min: leverage.1, max: leverage.2, text: leverage.0.to_string() }),
                floor: number(floor.0, floor.1),
                cap: number(cap.0, cap.1),
                rate: rate(*mmr),
                cells: vec![span(index); 4],
            });
            let unit = if program == Program::Usdm { "USDT" } else { "\"quoted\" unit" };
            Rule::contract(unit, rows.collect()).expect("a reading")
        }
        Program::Pm => Rule::flat(rate(TABLES[table % TABLES.len()][0].3), span(0)),
        Program::Cross if !subject.name().starts_with("class-") => Rule::class(1 + table as u32 % 10),
        Program::PmPro | Program::Cross | Program::Token => {
            let rows = rows.map(|(index, (_, floor, cap, ratio))| PrintedTier {
                leverage: None,
                floor: number(floor.0, floor.1),
                cap: number(cap.0, cap.1),
                rate: rate(*ratio),
                cells: vec![span(index); 3],
            });
            let rank = (!table.is_multiple_of(3)).then_some(table as u32);
            Rule::collateral("USD", rank, rows.collect()).expect("a reading")
        }
    })
}

/// One random statement: subject, kind, time, table, roll-out, and its place: that of the statement before,
/// or the byte counts that make one.
#[derive(Clone, Debug)]
struct RandomStatement {
    subject: usize,
    kind: u8,
    at: i64,
    table: usize,
    rollout: i64,
    same_place: bool,
    layout: (usize, usize, usize),
}

/// One random finding: code, whom it names (a bit a subject), and its place.
#[derive(Clone, Debug)]
struct RandomFinding {
    code: usize,
    names: u16,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Whole(usize),
    Row(usize, usize),
    Rows(usize, usize),
    Anywhere(usize, usize),
}

#[derive(Clone, Debug)]
pub struct Document {
    published: i64,
    precision: u8,
    statements: Vec<RandomStatement>,
    found: Vec<RandomFinding>,
    retracts: Vec<(usize, Option<usize>, bool)>,
    snapshot: Option<(usize, i64)>,
    corrected: Option<i64>,
}

fn arb_statement() -> impl Strategy<Value = RandomStatement> {
    let layout = (0..4_usize, 0..3_usize, 1..6_usize);
    (0..SUBJECTS.len(), 0..9_u8, 0..TICKS, 0..TABLES.len(), 0..4_i64, any::<bool>(), layout).prop_map(
        |(subject, kind, at, table, rollout, same_place, layout)| RandomStatement {
            subject,
            kind,
            at,
            table,
            rollout,
            same_place,
            layout,
        },
    )
}

fn arb_finding() -> impl Strategy<Value = RandomFinding> {
    let place = prop_oneof![
        (0..8_usize).prop_map(Place::Whole),
        (0..8_usize, 0..3_usize).prop_map(|(statement, row)| Place::Row(statement, row)),
        (0..8_usize, 0..8_usize).prop_map(|(a, b)| Place::Rows(a, b)),
        (0..300_usize, 0..40_usize).prop_map(|(start, length)| Place::Anywhere(start, length)),
    ];
    (0..FindingCode::ALL.len(), any::<u16>(), place).prop_map(|(code, names, place)| RandomFinding {
        code,
        names,
        place,
    })
}

pub fn arb_document() -> impl Strategy<Value = Document> {
    let retracts =
        proptest::collection::vec((0..4_usize, proptest::option::of(0..4_usize), any::<bool>()), 0..2);
    (
        (0..6_i64, 0..4_u8),
        proptest::collection::vec(arb_statement(), 0..7),
        proptest::collection::vec(arb_finding(), 0..8),
        retracts,
        proptest::option::weighted(0.2, (0..4_usize, 0..TICKS)),
        proptest::option::weighted(0.2, 0..TICKS),
    )
        .prop_map(|((published, precision), statements, found, retracts, snapshot, corrected)| {
            Document { published, precision, statements, found, retracts, snapshot, corrected }
        })
}

fn text_of(place: usize) -> String {
    format!("document {place}\n{}", "x".repeat(400))
}

fn id_of(place: usize) -> SourceId {
    SourceId::of(&Sha256::of(&[text_of(place).as_bytes()]))
}

/// The statements of a document, each in a place of its own or in that of the one before.
fn statements(document: &Document) -> Vec<Statement> {
    let (mut at, mut statements): (usize, Vec<Statement>) = (0, Vec::new());
    let mut spans = (Span::new(0, 0), vec![Span::new(0, 0)]);
    for random in &document.statements {
        // Assets of classes, tokens and lives have lines of their own.
        let is_plain = |random: &RandomStatement| random.subject < 6 && random.kind < 6;
        let before = document.statements.get(statements.len().wrapping_sub(1));
        let shares = random.same_place && is_plain(random) && before.is_some_and(is_plain);
        if !shares {
            let (before, between, row) = random.layout;
            let start = at;
            let rows: Vec<Span> = (0..3)
                .map(|_| {
                    at += before + between + row;
                    Span::new(at - row, at)
                })
                .collect();
            at += between;
            spans = (Span::new(start, at), rows);
        }
        let subject = Subject::parse(SUBJECTS[random.subject]).expect("a subject");
        let rule = || rule(&subject, random.table, &spans.1);
        let rollout = [
            TimeSpan::ZERO,
            TimeSpan::minutes(60),
            TimeSpan::minutes(90),
            TimeSpan::from_micros(5_400_000_001),
        ];
        let valid_at = ValidTime(timestamp(random.at));
        // Of a token only ends and postponements are stated.
        let kind = match subject.program() {
            Program::Token if random.kind < 6 => 5,
            Program::Token => 8,
            _ => random.kind,
        };
        let claim = match kind {
            0..=2 => Claim::Change {
                effective_at: valid_at,
                rollout: rollout[random.rollout as usize],
                rule: rule(),
            },
            3 | 4 => {
                let seen = random.rollout != 0 || kind == 3;
                Claim::Observation { seen_at: valid_at, rule: seen.then(rule) }
            }
            5 => Claim::End { effective_at: valid_at },
            6 => Claim::Launch {
                effective_at: valid_at,
                max_leverage: (random.table > 0).then_some(random.table as u32 * 25),
            },
            7 => Claim::Conversion { effective_at: valid_at, rollout: rollout[random.rollout as usize] },
            _ => Claim::Postponed {
                from: valid_at,
                to: (random.rollout > 0).then(|| ValidTime(timestamp(random.at + random.rollout))),
            },
        };
        statements.push(Statement { subject, claim, span: spans.0 });
    }
    statements
}

fn finding(found: &RandomFinding, statements: &[Statement]) -> Finding {
    let statement = |index: usize| statements.get(index % statements.len().max(1));
    let row = |index: usize, row: usize| {
        let rows = statement(index).map(Statement::rows).filter(|rows| !rows.is_empty())?;
        Some(rows[row % rows.len()])
    };
    let anywhere = Span::new(0, 3);
    let span = match found.place {
        Place::Whole(index) => statement(index).map_or(anywhere, |statement| statement.span),
        Place::Row(index, number) => row(index, number).unwrap_or(anywhere),
        Place::Rows(a, b) => row(a, 0).zip(row(b, 1)).map_or(anywhere, |(a, b)| a.join(b)),
        Place::Anywhere(start, length) => Span::new(start, start + length),
    };
    let mut named =
        Finding::new(FindingCode::ALL[found.code], span, format!("found \"{}\" at {span}", found.code));
    let mut names: Vec<&str> = SUBJECTS.iter().map(|subject| subject.rsplit(':').next().unwrap()).collect();
    names.dedup();
    named.subjects = (0..names.len())
        .filter(|bit| found.names >> bit & 1 == 1)
        .map(|bit| names[bit].to_string())
        .collect();
    named.subjects.dedup();
    named
}

/// The content of a document, as it is recorded. It retracts only what came before it: nothing can name the
/// hash of a document that names its own.
fn batch(place: usize, document: &Document, all: &[Document]) -> Batch {
    let text = text_of(place);
    let sha256 = Sha256::of(&[text.as_bytes()]);
    let precision = [Precision::Exact, Precision::Exact, Precision::Day, Precision::Recorded];
    let statements = statements(document);
    let retraction = |(source, ordinal, revise): &(usize, Option<usize>, bool)| {
        let source = source % place.max(1);
        let count = all[source].statements.len();
        let ordinal = ordinal.filter(|_| count > 0).map(|ordinal| (ordinal % count) as u32 + 1);
        let kind = if *revise { RetractionKind::Revise } else { RetractionKind::Retract };
        (source != place).then(|| Retraction {
            source: id_of(source),
            ordinal,
            kind,
            reason: "why \"so\"\n".into(),
        })
    };
    let snapshot = |(program, seen): (usize, i64)| CompleteSnapshot {
        venue: "binance".to_string(),
        program: Program::ALL[program],
        currencies: (seen % 3 == 0).then(|| ["USDT".to_string(), "coin".to_string()].into()),
        except: if seen % 2 == 0 { ["A\"B".to_string()].into() } else { BTreeSet::default() },
        seen_at: ValidTime(timestamp(seen)),
    };
    Batch {
        findings: document.found.iter().map(|found| finding(found, &statements)).collect(),
        statements,
        complete_snapshots: document.snapshot.map(snapshot).into_iter().collect(),
        retractions: document.retracts.iter().filter_map(retraction).collect(),
        source: Source {
            id: SourceId::of(&sha256),
            sha256,
            file: format!("file \"{place}\".txt"),
            title: if place == 0 { String::new() } else { "U本位\\ \"title\"".to_string() },
            published_at: PublishedTime(timestamp(document.published)),
            precision: precision[document.precision as usize],
            origin: Origin::Text,
        },
        text,
    }
}

/// A database with these documents; those that are corrected are recorded again with another publication.
pub fn recorded(dir: &Path, documents: &[Document]) -> Database {
    store::create(dir, timestamp(0)).expect("a database");
    let mut writer = Writer::open(dir, curves).expect("a writer");
    let batches = documents.iter().enumerate().map(|(place, document)| batch(place, document, documents));
    let corrected = documents.iter().enumerate().filter_map(|(place, document)| {
        let published = document.corrected?;
        Some(batch(place, &Document { published, precision: 0, ..document.clone() }, documents))
    });
    for batch in batches.chain(corrected) {
        writer.commit(timestamp(TICKS), |_| batch).expect("recorded");
    }
    Database::at(dir)
}

fn everything_asked(database: &Database) -> Vec<String> {
    let mut asked = vec!["findings".to_string()];
    for subject in database.subjects().expect("subjects") {
        for valid_at in (0..=TICKS + 4).step_by(3) {
            for known_at in [None, Some(1), Some(4)] {
                let known_at = known_at.map(timestamp);
                asked.extend(questions(
                    &subject,
                    "0, 9999, 10000, 55000, 70000",
                    timestamp(valid_at),
                    known_at,
                ));
            }
        }
    }
    asked
}

/// A list of findings as a set: one that is at several places of an export is listed for each.
fn findings_once(answers: Vec<serde_json::Value>) -> Vec<String> {
    let mut listed: Vec<String> = answers.iter().map(ToString::to_string).collect();
    let count = answers.iter().take_while(|row| row.get("code").is_some()).count();
    let others = listed.split_off(count);
    listed.sort();
    listed.dedup();
    listed.into_iter().chain(others).collect()
}

proptest! {
    #[test]
    fn a_seed_has_the_content_of_its_source(
        documents in proptest::collection::vec(arb_document(), 1..5)
    ) {
        for (place, document) in documents.iter().enumerate() {
            is_kept_by_its_seed(&batch(place, document, &documents));
        }
    }
}

proptest! {
    // Each case makes and fills two databases.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_database_loaded_from_an_export_answers_as_the_first_does(
        documents in proptest::collection::vec(arb_document(), 1..5)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let first = recorded(&folder.path().join("first"), &documents);
        let files = folder.path().join("export");
        first.export(&files, &mut |_| {}).unwrap();
        let second = Database::at(&folder.path().join("second"));
        prop_assert_eq!(load_all(&second, &files), files_of(&files).unwrap().len());
        let (asked, now) = (everything_asked(&first), timestamp(TICKS));
        prop_assert_eq!(findings_once(answers(first.dir(), &asked, now)), findings_once(answers(second.dir(), &asked, now)));

        let again = folder.path().join("again");
        second.export(&again, &mut |_| {}).unwrap();
        for file in files_of(&files).unwrap() {
            let copy = again.join(file.file_name().unwrap());
            prop_assert_eq!(std::fs::read_to_string(&file).unwrap(), std::fs::read_to_string(&copy).unwrap());
        }
        let verified = second.verify(None).unwrap();
        prop_assert!(verified.problems.is_empty(), "{:?}", verified.problems);
    }
}

/// Exports `first`, loads that into a second database, and compares what both answer for every subject at
/// these pairs of valid time and publication.
fn same_answers_after_export(first: &Database, folder: &Path, sources: usize, at: &[(&str, Option<&str>)]) {
    let files = folder.join("export");
    first.export(&files, &mut |_| {}).unwrap();
    let second = Database::at(&folder.join("second"));
    assert_eq!(load_all(&second, &files), sources);
    let timestamp = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
    let mut asked = vec!["findings".to_string()];
    for subject in first.subjects().unwrap() {
        for (valid_at, known_at) in at {
            let amounts = "0, 60000, 300000, 10000000";
            asked.extend(questions(&subject, amounts, timestamp(valid_at), known_at.map(timestamp)));
        }
    }
    let now = timestamp("2026-08-01T00:00:00Z");
    let (before, after) = (answers(first.dir(), &asked, now), answers(second.dir(), &asked, now));
    assert!(before.len() > asked.len());
    let (before, after) = (findings_once(before), findings_once(after));
    assert_eq!(before.len(), after.len());
    before.iter().zip(&after).for_each(|(before, after)| assert_eq!(before, after));
    let (mut before, mut after) = (first.subjects().unwrap(), second.subjects().unwrap());
    before.sort();
    after.sort();
    assert_eq!(before, after);
}

#[test]
fn the_seed_of_the_repository_answers_alike_after_export() {
    let folder = tempfile::tempdir().unwrap();
    let first = Database::at(&folder.path().join("first"));
    assert_eq!(load_all(&first, Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/seed"))), 1);
    let at = [
        ("2026-02-01T00:00:00Z", None),
        ("2026-02-03T06:00:46Z", None),
        ("2026-02-06T07:00:00Z", None),
        ("2026-02-07T00:00:00Z", None),
        ("2026-02-07T00:00:00Z", Some("2026-02-02T00:00:00Z")),
    ];
    same_answers_after_export(&first, folder.path(), 1, &at);
}

#[test]
fn the_shared_announcements_answer_alike_after_export() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let first = Database::at(&folder.path().join("first"));
    let files = folder.path().join("announcements");
    std::fs::create_dir(&files).unwrap();
    for (name, bytes) in crate::tests::common::announcements(&shared) {
        std::fs::write(files.join(name), bytes).unwrap();
    }
    let count = load_all(&first, &files);
    assert_eq!(count, 19, "one of the nineteen was published twice, and both postings are recorded");
    let at = [
        ("2025-10-20T00:00:00Z", None),
        ("2026-02-06T06:40:00Z", None),
        ("2026-06-01T00:00:00Z", Some("2025-12-01T00:00:00Z")),
    ];
    // The later posting changes nothing and is left out.
    same_answers_after_export(&first, folder.path(), count - 1, &at);
}

/// Which rows of which statements have which findings.
fn findings_of_rows(batch: &Batch) -> BTreeSet<(usize, usize, String)> {
    let mut findings_of_rows = BTreeSet::new();
    for (number, statement) in batch.statements.iter().enumerate() {
        let name = statement.subject.name();
        for (row, span) in statement.rows().into_iter().enumerate() {
            let touching = batch.findings.iter().filter(|found| found.touches(span, statement.span));
            let about = touching.filter(|found| found.subjects.iter().any(|subject| subject == name));
            findings_of_rows.extend(
                about.map(|found| (number, row, format!("{} {}", found.code.as_str(), found.message))),
            );
        }
    }
    findings_of_rows
}

/// Everything in a batch except its text and its places: its source, statements, retractions, complete
/// snapshots, and each finding once.
type Content = (Source, Vec<String>, Vec<Retraction>, Vec<CompleteSnapshot>, BTreeSet<String>);

fn content(batch: &Batch) -> Content {
    let statement = |statement: &Statement| {
        let rule = statement.claim.rule().map_or(String::new(), |rule| crate::tests::common::show_rule(rule));
        let more = match statement.claim {
            Claim::Change { rollout, .. } | Claim::Conversion { rollout, .. } => {
                format!("within {}", rollout.micros())
            }
            Claim::Launch { max_leverage, .. } => format!("up to {max_leverage:?}"),
            Claim::Postponed { to, .. } => format!("to {to:?}"),
            _ => String::new(),
        };
        let (subject, claim) = (&statement.subject, &statement.claim);
        format!("{subject} {} at {} {more} {rule}", claim.kind(), claim.valid_at())
    };
    let finding = |finding: &Finding| {
        format!("{} {} {}", finding.code.as_str(), finding.message, finding.subjects.join(","))
    };
    (
        batch.source.clone(),
        batch.statements.iter().map(statement).collect(),
        batch.retractions.clone(),
        batch.complete_snapshots.clone(),
        batch.findings.iter().map(finding).collect(),
    )
}

/// Checks that the seed of a batch has the content of the batch, and that the same rows have the same
/// findings.
fn is_kept_by_its_seed(batch: &Batch) {
    let text = seed(batch);
    let draft = crate::tests::common::draft("export.toml", text.as_bytes());
    assert!(draft.is_export && draft.text == text);
    let again = draft.batch(RecordedTime(timestamp(0)));
    assert_eq!(content(batch), content(&again), "{text}");
    assert_eq!(findings_of_rows(batch), findings_of_rows(&again), "{text}");
    assert_eq!(seed(&again), text);
}

#[test]
fn the_content_of_the_shared_documents_is_kept_by_their_seeds_in_the_same_order() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let mut documents = crate::tests::common::announcements(&shared);
    let snapshots = shared.join("exchange/snapshots");
    for name in ["binance-usdm-20220213T050207Z.json", "binance-usdm-20250403T031419Z.json"] {
        documents.push((name.to_string(), std::fs::read(snapshots.join(name)).unwrap()));
    }
    for (name, bytes) in documents {
        let batch = crate::tests::common::draft(&name, &bytes).batch(RecordedTime(timestamp(0)));
        is_kept_by_its_seed(&batch);
        let text = seed(&batch);
        assert!(text.len() < 12 * bytes.len(), "{name}: {} bytes of {}", text.len(), bytes.len());
    }
}

#[test]
fn a_finding_about_two_sides_of_a_line_is_not_one_about_what_is_between_them() {
    let random = |at: i64, kind: u8, table: usize, same_place: bool, layout: (usize, usize, usize)| {
        RandomStatement { subject: 3, kind, at, table, rollout: 1, same_place, layout }
    };
    let document = Document {
        published: 0,
        precision: 0,
        statements: vec![
            random(4, 0, 0, false, (0, 0, 5)),
            random(4, 3, 1, true, (0, 0, 5)),
            random(6, 0, 2, false, (0, 0, 5)),
        ],
        found: vec![RandomFinding { code: 0, names: 0xff, place: Place::Whole(0) }],
        retracts: Vec::new(),
        snapshot: None,
        corrected: None,
    };
    let mut batch = batch(0, &document, std::slice::from_ref(&document));
    is_kept_by_its_seed(&batch);
    assert_eq!(seed(&batch).matches("[[finding]]").count(), 1, "its two sides are next to each other");
    batch.statements.swap(1, 2);
    is_kept_by_its_seed(&batch);
    assert_eq!(seed(&batch).matches("[[finding]]").count(), 2, "another statement is between them");
}
