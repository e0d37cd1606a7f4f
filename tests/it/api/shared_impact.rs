//! What announced changes do to positions that share a margin, and to the sums of their account.

use tierbook::positions::{Account, Impact, MarginMode, Position, Side};
use tierbook::{At, Decimal, LoadInput, LoadOptions, Snapshot, Timestamp};

use super::{number, time, with_tables};

/// Three contracts with a margin of 1 % up to 100,000. That of A becomes 2 % on the 10th and 3 % on the 20th, that of B 5 % on the
/// 15th; C stays as it is.
fn rules() -> (tempfile::TempDir, tierbook::Database) {
    let now = ["AUSDT", "BUSDT", "CUSDT"].map(|name| statement("observation", name, "", "1%")).concat();
    let changes = [("AUSDT", "10", "2%"), ("BUSDT", "15", "5%"), ("AUSDT", "20", "3%")];
    let changes = changes.map(|(name, day, mmr)| statement("change", name, &on(day), mmr)).concat();
    with_tables(&[("now.toml", &published("01", &now)), ("changes.toml", &published("02", &changes))])
}

fn on(day: &str) -> String {
    format!("effective_at = \"2026-01-{day}T00:00:00Z\"")
}

fn statement(kind: &str, name: &str, when: &str, mmr: &str) -> String {
    format!(
        "[[{kind}]]\nsubject = \"binance:usdm:{name}\"\n{when}\ntiers = [{{ leverage = \"1 - 20x\", cap = \"100,000\", mmr = \"{mmr}\" }}]\n"
    )
}

fn published(day: &str, statements: &str) -> String {
    format!("[source]\npublished_at = \"2026-01-{day} 00:00 (UTC)\"\n{statements}")
}

/// A cross position of 50,000, at its entry price.
fn cross(symbol: &str, side: Side) -> Position {
    Position {
        quantity: Some(number("50")),
        entry_price: Some(number("1000")),
        mark_price: Some(number("1000")),
        leverage: Some(10),
        margin_mode: Some(MarginMode::Cross),
        ..Position::of(symbol, side)
    }
}

fn account(wallet: &str) -> Account {
    let positions = vec![
        cross("AUSDT", Side::Long),
        cross("BUSDT", Side::Short),
        cross("CUSDT", Side::Long),
        cross("NOSUCHUSDT", Side::Long),
    ];
    let wallet_balances = [("USDT".to_string(), number(wallet))].into();
    Account { positions, wallet_balances, ..Account::default() }
}

fn day(day: &str) -> At {
    At::valid(time(&format!("2026-01-{day}T00:00Z")))
}

/// Of each row of a position its number, the day of its change, and the maintenance margins before and after.
type Seen = (usize, Option<String>, Option<Decimal>, Option<Decimal>);

fn seen(impact: &Impact) -> Vec<Seen> {
    let rows = impact.positions.iter().map(|row| {
        let then = row.then.as_ref().and_then(|then| then.maintenance_margin);
        (row.position, row.change_at.map(|at| at.to_string()), row.now.maintenance_margin, then)
    });
    let mut rows: Vec<Seen> = rows.collect();
    rows.sort();
    rows
}

/// The same of each row of the sums.
fn sums(impact: &Impact) -> Vec<Seen> {
    let rows = impact.accounts.iter().map(|row| {
        let then = row.then.as_ref().and_then(|then| then.maintenance_margin);
        assert_eq!((row.unit.as_str(), row.kind), ("USDT", "cross"));
        (row.positions, row.change_at.map(|at| at.to_string()), row.now.maintenance_margin, then)
    });
    rows.collect()
}

fn row(number: usize, day: Option<&str>, now: i64, then: Option<i64>) -> Seen {
    let day = day.map(|day| format!("2026-01-{day}T00:00:00Z"));
    (number, day, Some(now.into()), then.map(Decimal::from))
}

#[test]
fn each_position_has_the_changes_of_its_contract_and_the_account_all_of_them() {
    let (_folder, database) = rules();
    let rules = database.snapshot().unwrap();
    let impact = rules.impact(&account("10000"), day("05")).unwrap();
    assert!(impact.notices.is_empty(), "{impact:?}");
    let expected = [
        row(1, Some("10"), 500, Some(1_000)),
        row(1, Some("20"), 500, Some(1_500)),
        row(2, Some("15"), 500, Some(2_500)),
        row(3, None, 500, None),
        (4, None, None, None),
    ];
    assert_eq!(seen(&impact), expected);
    // Of the account each change is compared with what was before it.
    let expected = [
        row(3, Some("10"), 1_500, Some(2_000)),
        row(3, Some("15"), 2_000, Some(4_000)),
        row(3, Some("20"), 4_000, Some(4_500)),
    ];
    assert_eq!(sums(&impact), expected);
    assert!(impact.accounts.iter().all(|row| row.is_affected && row.verdicts.len() == 1), "{impact:?}");
    assert!(impact.accounts[0].verdicts[0].message.contains("rises by 500 USDT to 2,000"), "{impact:?}");
    let names: Vec<_> =
        impact.positions.iter().map(|row| row.subject.as_ref().map(ToString::to_string)).collect();
    assert_eq!(names.iter().filter(|it| it.as_deref() == Some("binance:usdm:AUSDT")).count(), 2, "{names:?}");
}

#[test]
fn another_basis_is_one_change_where_the_numbers_differ() {
    let (_folder, database) = rules();
    let rules = database.snapshot().unwrap();
    let against = |then| rules.impact_against(&account("10000"), day("05"), &rules, then).unwrap();
    let later = against(day("11"));
    let expected = [
        row(1, Some("11"), 500, Some(1_000)),
        // Their share of the margin changes with it.
        row(2, Some("11"), 500, Some(500)),
        row(3, Some("11"), 500, Some(500)),
        (4, None, None, None),
    ];
    assert_eq!(seen(&later), expected);
    assert_eq!(sums(&later), [row(3, Some("11"), 1_500, Some(2_000))]);
    let same = against(day("06"));
    assert!(seen(&same).iter().all(|(_, day, _, then)| day.is_none() && then.is_none()), "{same:?}");
    assert_eq!(sums(&same), [row(3, None, 1_500, None)]);
    assert!(!same.accounts[0].is_affected && same.accounts[0].verdicts.is_empty(), "{same:?}");
}

/// The rules with one more announcement.
fn with(database: &tierbook::Database, text: &str) -> Snapshot {
    let document = LoadInput::bytes("more.toml", text);
    let options = LoadOptions::default();
    database.snapshot_with(&[document], &options, Timestamp::now()).unwrap().1
}

#[test]
fn what_would_be_announced_counts_at_once_and_at_each_change() {
    let (_folder, database) = rules();
    let rules = database.snapshot().unwrap();
    let announced =
        statement("change", "CUSDT", &on("04"), "4%") + &statement("change", "CUSDT", &on("12"), "6%");
    let more = with(&database, &published("03", &announced));
    let impact = rules.impact_if(&account("10000"), day("05"), &more, day("05")).unwrap();
    let expected = [
        row(1, Some("05"), 500, Some(500)),
        row(1, Some("10"), 500, Some(1_000)),
        row(1, Some("20"), 500, Some(1_500)),
        row(2, Some("05"), 500, Some(500)),
        row(2, Some("15"), 500, Some(2_500)),
        row(3, Some("05"), 500, Some(2_000)),
        row(3, Some("12"), 500, Some(3_000)),
        (4, None, None, None),
    ];
    assert_eq!(seen(&impact), expected);
    let expected = [
        row(3, Some("05"), 1_500, Some(3_000)),
        row(3, Some("10"), 3_000, Some(3_500)),
        row(3, Some("12"), 3_500, Some(4_500)),
        row(3, Some("15"), 4_500, Some(6_500)),
        row(3, Some("20"), 6_500, Some(7_000)),
    ];
    assert_eq!(sums(&impact), expected);
}

#[test]
fn an_account_below_its_maintenance_margin_says_so_with_a_change_and_without() {
    let (_folder, database) = rules();
    let rules = database.snapshot().unwrap();
    let verdicts = |impact: Impact| -> Vec<Vec<&'static str>> {
        impact.accounts.iter().map(|row| row.verdicts.iter().map(|it| it.code).collect()).collect()
    };
    let below = "below_maintenance";
    assert_eq!(verdicts(rules.positions(&account("1500"), day("05")).unwrap()), [[below]]);
    assert_eq!(verdicts(rules.positions(&account("1501"), day("05")).unwrap()), [[""; 0]]);
    let rises = "margin_rises";
    assert_eq!(
        verdicts(rules.impact(&account("4000"), day("05")).unwrap()),
        [vec![rises], vec![below, rises], vec![below, rises]]
    );
}

#[test]
fn the_sums_name_what_is_missing_in_one_position() {
    let (_folder, database) = rules();
    let rules = database.snapshot().unwrap();
    let mut account = account("10000");
    let now = |account: &Account| rules.positions(account, day("05")).unwrap().accounts.remove(0).now;
    assert_eq!(now(&account).initial_margin, Some(15_000.into()));
    account.positions[1].leverage = Some(0);
    assert_eq!(now(&account).initial_margin, None);
    account.positions[1].leverage = None;
    assert_eq!(now(&account).initial_margin, None);
    assert_eq!(now(&account).maintenance_margin, Some(1_500.into()));
}

#[test]
fn wallet_balances_that_differ_are_none_whatever_follows() {
    let (_folder, database) = rules();
    let rules = database.snapshot().unwrap();
    let balance = |stated: [&str; 3]| {
        let names = ["AUSDT", "BUSDT", "CUSDT"];
        // A wallet balance and no mode is a cross position.
        let position = |(symbol, balance): (&str, &str)| Position {
            margin_mode: None,
            wallet_balance: Some(number(balance)),
            ..cross(symbol, Side::Long)
        };
        let positions = names.into_iter().zip(stated).map(position).collect();
        let account = Account { positions, ..Account::default() };
        let mut impact = rules.positions(&account, day("05")).unwrap();
        assert!(impact.positions.iter().all(|row| row.margin_mode == Some(MarginMode::Cross.name())));
        impact.accounts.remove(0).now.margin_balance
    };
    assert_eq!(balance(["700", "700", "700"]), Some(700.into()));
    assert_eq!(balance(["700", "800", "800"]), None);
    assert_eq!(balance(["700", "800", "700"]), None);
    assert_eq!([MarginMode::Cross.name(), MarginMode::Isolated.name()], ["cross", "isolated"]);
}
