//! One answer: the library, the language, columns, a database with an image, one whose image lacks transactions, and
//! one that has only the journal give the same answer to the same question.

use serde_json::Value;
use tierbook::language::Measure;
use tierbook::{At, Columns, Database, Decimal, LoadOptions, Snapshot, Subject, Timestamp};

use crate::shared_folder::shared;

const MEASURES: [Measure; 4] = [Measure::Mmr, Measure::Margin, Measure::Amount, Measure::MaxLeverage];

/// Numbers that look random.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A time of the list, or one beside it by up to a day.
    pub fn time(&mut self, all: &[Timestamp]) -> Timestamp {
        let aside = [0, 0, -1, 1, 600_000_000, -600_000_000, 86_400_000_000][self.below(7)];
        Timestamp::from_micros(self.one_of(all).micros() + aside).unwrap()
    }
}

/// The database in three forms: with its image, with an older image, and with the journal alone.
pub struct Forms {
    _folder: tempfile::TempDir,
    pub with_image: Snapshot,
    with_older_image: Snapshot,
    pub by_journal: Snapshot,
}

fn copy(from: &Database, to: &std::path::Path, names: &[&str]) {
    std::fs::create_dir_all(to).unwrap();
    let file = |name: &str| name.to_string();
    let journal = from.journal().file_name().unwrap().to_string_lossy().into_owned();
    for name in names.iter().map(|name| file(name)).chain([journal]) {
        std::fs::copy(from.dir().join(&name), to.join(&name)).unwrap();
    }
}

pub fn forms() -> Forms {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    let load = |path: &std::path::Path| {
        database.writer().unwrap().load(path, LoadOptions::default()).unwrap();
    };
    load(std::path::Path::new("seed/binance-2026-02-03.txt"));
    if let Some(shared) = shared() {
        ["announcements", "announcements-more"].iter().for_each(|name| load(&shared.join(name)));
        let mut snapshots: Vec<_> = std::fs::read_dir(shared.join("exchange/snapshots"))
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        snapshots.sort();
        snapshots.iter().rev().take(4).for_each(|path| load(path));
    }
    let older = folder.path().join("older");
    copy(&database, &older, &["image"]);
    let mut writer = database.writer().unwrap();
    writer.retract("ee2413a8367c.55", "cancelled").unwrap();
    writer.reschedule("ee2413a8367c.57", "2026-02-09T06:00Z".parse().unwrap(), "postponed").unwrap();
    drop(writer);
    let image = std::fs::read(older.join("image")).unwrap();
    copy(&database, &older, &["head"]);
    std::fs::write(older.join("image"), image).unwrap();
    let journal = folder.path().join("journal");
    copy(&database, &journal, &[]);
    let snapshot = |dir: &std::path::Path| Database::open(dir).unwrap().snapshot().unwrap();
    let (with_image, with_older_image, by_journal) =
        (snapshot(database.dir()), snapshot(&older), snapshot(&journal));
    Forms { _folder: folder, with_image, with_older_image, by_journal }
}

/// What the language answers: status, value, kind of certainty, number of the tier, how probable it still holds.
fn by_language(rules: &Snapshot, query: &str) -> [Value; 5] {
    let rows = rules.query(query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let row = serde_json::to_value(&rows[0]).unwrap();
    [
        row["status"].clone(),
        row["value"].clone(),
        row["certainty"]["kind"].clone(),
        row["tier"]["number"].clone(),
        row["holds"].clone(),
    ]
}

#[test]
fn every_way_to_ask_gives_the_same_answer() {
    let forms = forms();
    let rules = &forms.with_image;
    let contracts: Vec<&Subject> =
        rules.subjects().iter().filter(|it| it.program().has_contracts()).collect();
    let published: Vec<Timestamp> =
        rules.sources().unwrap().iter().map(|it| it.source.published_at.0).collect();
    let recorded: Vec<Timestamp> = rules.sources().unwrap().iter().map(|it| it.recorded_at.0).collect();
    let moments = [published.clone(), vec!["2026-02-06T06:30Z".parse().unwrap()]].concat();
    let cases = std::env::var("TIERBOOK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(700);
    let mut dice = Dice(16);
    for _ in 0..cases {
        let (subject, measure) = (*dice.one_of(&contracts), *dice.one_of(&MEASURES));
        let notional =
            Decimal::from(*dice.one_of(&[0_u64, 1, 5_000, 50_000, 60_000, 123_456, 900_000, 50_000_000]));
        let mut at = At::valid(dice.time(&moments));
        let mut query = format!("{} of {subject} at {notional} as of {}", measure.words(), at.valid_at);
        if dice.below(2) == 0 {
            let known_at = dice.time(&published);
            at = at.known_at(known_at);
            query += &format!(" known at {known_at}");
        }
        if dice.below(4) == 0 {
            let recorded_by = *dice.one_of(&recorded);
            at = at.recorded_by(recorded_by);
            query += &format!(" recorded by {recorded_by}");
        }
        let expected = by_language(rules, &query);
        for other in [&forms.with_older_image, &forms.by_journal] {
            assert_eq!(by_language(other, &query), expected, "{query}");
        }
        assert_eq!(by_handle(rules, subject, measure, notional, at), expected[..4], "{query}");
        assert_eq!(by_columns(rules, subject, measure, notional, at), expected, "{query}");
    }
}

/// What the handle of a contract answers, in the form of the language.
fn by_handle(rules: &Snapshot, subject: &Subject, measure: Measure, notional: Decimal, at: At) -> [Value; 4] {
    let contract = rules.contract(&subject.to_string()).unwrap();
    let number = |answer: tierbook::Answer<Decimal>| {
        let value = answer.value().map(|value| value.normalize().to_string());
        (answer.status(), value, answer.certainty_kind(), answer.tier_number())
    };
    let (status, value, kind, tier) = match measure {
        Measure::Mmr => number(contract.mmr(notional, at)),
        Measure::Margin => number(contract.margin(notional, at)),
        Measure::MaxLeverage => {
            let answer = contract.max_leverage(notional, at);
            let value = answer.value().map(ToString::to_string);
            (answer.status(), value, answer.certainty_kind(), answer.tier_number())
        }
        _ => {
            let answer = contract.tier(notional, at);
            let amount = answer.value().and_then(|tier| match tier.kind {
                tierbook::rows::TierKind::Contract { maintenance_amount, .. } => maintenance_amount,
                tierbook::rows::TierKind::Collateral { .. } => None,
            });
            let value = amount.map(|value| value.normalize().to_string());
            // The tier rests on fewer cells than its amount.
            let kind = rules_kind(rules, subject, notional, at);
            (answer.status(), value, kind, answer.tier_number())
        }
    };
    [
        Value::String(status.name().to_string()),
        value.map_or(Value::Null, Value::String),
        kind.map_or(Value::Null, |kind| Value::String(kind.name().to_string())),
        tier.map_or(Value::Null, Value::from),
    ]
}

/// How certain the amount of a tier is: as the margin, which rests on the same cells.
fn rules_kind(
    rules: &Snapshot,
    subject: &Subject,
    notional: Decimal,
    at: At,
) -> Option<tierbook::CertaintyKind> {
    rules.contract(&subject.to_string()).unwrap().margin(notional, at).certainty_kind()
}

/// What a row of columns answers.
fn by_columns(
    rules: &Snapshot,
    subject: &Subject,
    measure: Measure,
    notional: Decimal,
    at: At,
) -> [Value; 5] {
    let (handles, notionals) = (rules.handles([subject.to_string()]), [notional]);
    let (times, known_at) = ([at.valid_at.0], at.known_at.map(|time| [time.0]));
    let mut columns = Columns::new(measure, &handles, &notionals[..], &times).with_holds();
    if let Some(known_at) = &known_at {
        columns = columns.known_at(known_at);
    }
    if let Some(recorded_by) = at.recorded_by {
        columns = columns.recorded_by(recorded_by.0);
    }
    let answers = rules.evaluate(&columns).unwrap();
    [
        Value::String(answers.statuses()[0].name().to_string()),
        answers.value(0).map_or(Value::Null, |value| Value::String(value.normalize().to_string())),
        answers.certainties()[0].map_or(Value::Null, |kind| Value::String(kind.name().to_string())),
        (answers.tiers()[0] > 0).then(|| answers.tiers()[0]).map_or(Value::Null, Value::from),
        answers.holds()[0].map_or(Value::Null, |percent| {
            Value::String(Decimal::new(i64::from(percent), 2).normalize().to_string())
        }),
    ]
}
