//! Documents that have contracts in common byte for byte: each is read as it would be alone.

use std::sync::Arc;

use tierbook::error::Error;
use tierbook::ingest::{self, Draft, Fragments, Input};
use tierbook::rule::Rule;
use tierbook::statement::Market;

use crate::tests::common::dice::Dice;

fn alone(text: &str) -> Result<Draft, Error> {
    ingest::read(&input(text))
}

fn input(text: &str) -> Input<'_> {
    Input { file: "x-20260505T060000Z.json", bytes: text.as_bytes(), published_at: None, complete: None }
}

/// Rooms in which everything stays, a few contracts do, and none does.
fn rooms() -> [Fragments; 3] {
    [1 << 20, 1_500, 0].map(|room| Fragments::with_room(&Market::default(), room))
}

fn tables(draft: &Draft) -> Vec<*const Rule> {
    draft.statements.iter().filter_map(|it| it.claim.rule()).map(|rule| Arc::as_ptr(rule.shared())).collect()
}

/// A contract or asset of each form, with numbers by choice; most choices are among a few.
fn entry(form: usize, dice: &mut Dice) -> String {
    let name = dice.pick(&["ABC", "ABC", "DEF", "LONGNAME", "1000X", "?"]);
    let (cap, rate) = (
        dice.pick(&["7000", "7000", "9e3", "0"]),
        dice.pick(&["0.01", "0.01", "0.01", "0.0125", "0.0125", "2", "null"]),
    );
    let more = dice.pick(&["", "", "", "", "", "", ", \"more\": 1", ", \"other\": [2]"]);
    let blank = dice.pick(&["", "", "", " ", "\n\t"]);
    let amount = dice.pick(&["0", "0", "0", "0", "12"]);
    match form {
        0 => format!(
            "{{\"symbol\":{blank}\"{name}USDT\", \"brackets\": [{{\"bracket\": 1, \"initialLeverage\": 20, \
             \"notionalCap\": {cap}, \"notionalFloor\": 0, \"maintMarginRatio\": {rate}, \"cum\": {amount}{more}}}]}}"
        ),
        1 => format!(
            "{{\"symbol\": \"{name}USDT\", \"updateTime\": 177{}0000000000, \"riskBrackets\": [{{\"bracketSeq\": 1, \
             \"bracketNotionalFloor\": 0, \"bracketNotionalCap\": {cap}, \"bracketMaintenanceMarginRate\": {rate}, \
             \"cumFastMaintenanceAmount\": {amount}, \"minOpenPosLeverage\": 1, \"maxOpenPosLeverage\": 20}}]{more}}}",
            dice.below(2)
        ),
        2 => format!("{{\"asset\": \"{name}\", \"collateralRate\": {blank}\"{rate}\"{more}}}"),
        3 => format!(
            "{{\"asset\": \"{name}\", \"collateralInfo\": [{{\"tierFloor\": \"0\", \"tierCap\": \"{cap}\", \
             \"collateralRate\": \"{rate}\", \"cum\": \"{amount}\"{more}}}]}}"
        ),
        _ => format!(
            "\"{name}/USDT:USDT\"{blank}:{blank}[{{\"tier\": 1, \"currency\": \"USDT\", \"minNotional\": 0, \
             \"maxNotional\": {cap}, \"maintenanceMarginRate\": {rate}, \"maxLeverage\": 20, \"info\": \
             {{\"bracket\": \"1\", \"initialLeverage\": \"20\", \"notionalCap\": \"{cap}\", \"notionalFloor\": \"0\", \
             \"maintMarginRatio\": \"{rate}\", \"cum\": \"{amount}\"}}{more}}}]"
        ),
    }
}

fn document(dice: &mut Dice) -> String {
    let form = dice.below(5);
    let entries: Vec<String> = (0..=dice.below(6)).map(|_| entry(form, dice)).collect();
    let list = entries.join(dice.pick(&[",", ",\n "]));
    match form {
        4 => format!("{{{list}}}"),
        _ => dice.pick(&["[@]", "{\"data\": [@]}", " [@]\n"]).replace('@', &list),
    }
}

#[test]
fn a_document_is_read_the_same_whatever_was_read_before() {
    let (mut read, mut shared) = (0, 0);
    for seed in 0..40 {
        let (mut dice, rooms) = (Dice::seeded(seed), rooms());
        for _ in 0..40 {
            let mut text = document(&mut dice);
            if dice.once_in(6) {
                let at = dice.below(text.len());
                text.truncate(text.floor_char_boundary(at));
            }
            let expected = alone(&text);
            for fragments in &rooms {
                let draft = ingest::read_among(&input(&text), fragments);
                assert_eq!(draft, expected, "{seed}: {text}");
                // Once more, when all of it is known.
                let again = ingest::read_among(&input(&text), fragments);
                assert_eq!(again, expected, "{seed}: {text}");
                if let (Ok(draft), Ok(again)) = (draft, again) {
                    let equal =
                        tables(&draft).into_iter().zip(tables(&again)).filter(|(one, other)| one == other);
                    (read, shared) = (read + tables(&draft).len(), shared + equal.count());
                }
            }
        }
    }
    assert!(read / 4 < shared && shared < read, "{shared} of {read} tables are shared");
}

#[test]
fn another_market_and_another_form_are_not_mistaken_for_the_same_bytes() {
    let text = r#"[{"symbol":"ABCUSDT","brackets":[{"bracket":1,"initialLeverage":20,"notionalCap":70,"notionalFloor":0,"maintMarginRatio":0.01,"cum":0}]}]"#;
    let fragments = Fragments::of(&Market::default());
    ingest::read_among(&input(text), &fragments).unwrap();
    let coinm = Market::new(None, Some("coinm")).unwrap();
    let refused = ingest::read_of(&input(text), &coinm).unwrap();
    let other = ingest::read_among(&input(text), &Fragments::of(&coinm)).unwrap();
    assert_eq!((other.statements.len(), &other), (0, &refused));
    // The first contract decides the form of all.
    let site = r#"[{"symbol":"XUSDT","riskBrackets":[]},"#.to_string() + &text[1..];
    assert_eq!(ingest::read_among(&input(&site), &fragments), alone(&site));
}

#[test]
fn what_fills_the_room_is_kept_and_what_is_larger_is_not() {
    let contract = r#"{"symbol":"ABCUSDT","brackets":[{"bracket":1,"initialLeverage":20,"notionalCap":70,"notionalFloor":0,"maintMarginRatio":0.01,"cum":0}]}"#;
    let text = format!("[{contract}]");
    for (room, is_kept) in [(contract.len(), true), (contract.len() - 1, false)] {
        let fragments = Fragments::with_room(&Market::default(), room);
        let [one, other] = [(); 2].map(|()| ingest::read_among(&input(&text), &fragments).unwrap());
        assert_eq!(tables(&one) == tables(&other), is_kept, "{room}");
    }
    let of_all = format!("{:?}", Fragments::of(&Market::default()));
    assert!(of_all.contains(&format!("room: {}", tierbook::limits::FRAGMENT_BYTES)), "{of_all}");
}

#[test]
fn the_shared_snapshots_are_read_the_same_and_share_most_of_their_tables() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let folder = std::fs::read_dir(shared.join("exchange/snapshots")).expect("the snapshots");
    let mut paths: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let texts: Vec<String> = paths[11..].iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let fragments = Fragments::of(&Market::default());
    std::thread::scope(|scope| {
        for text in &texts {
            let fragments = &fragments;
            scope.spawn(move || assert_eq!(ingest::read_among(&input(text), fragments), alone(text)));
        }
    });
    let [one, other] =
        [&texts[3], &texts[4]].map(|text| ingest::read_among(&input(text), &fragments).unwrap());
    let kept = tables(&one);
    let shared = tables(&other).into_iter().filter(|table| kept.contains(table)).count();
    assert!(shared > kept.len() * 8 / 10, "{shared} of {} tables are shared", kept.len());
}
