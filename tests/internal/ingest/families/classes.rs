//! What the shared texts about cross-margin classes and margin assets state, found by reading them, and every
//! layout of such lists with its traps.

use super::{accepted, texts};
use crate::tests::common::{codes, draft, shared, show, statement_lines};
use tierbook::ingest::{self, Draft, DraftClaim, Input};
use tierbook::statement::Program;

/// Of each text the stamp in its name, the time of a list, the classes, and the assets.
const CHANGES: [(&str, &str, [u32; 2], &str); 18] = [
    ("20250808", "2025-08-15", [6, 7], "ENA"),
    ("20250808", "2025-08-15", [9, 10], "JUV BAR ACM RIF NMR CITY DCR ONT ATM GNS OSMO SANTOS"),
    ("20250808", "2025-08-22", [9, 10], "DATA UTK STORJ PIVX GTC SYS ALCX PORTO MTL GHST IQ QKC REQ BNT"),
    ("20251031", "2025-11-07", [5, 6], "WIF"),
    ("20251031", "2025-11-07", [6, 8], "JTO OP NEO"),
    ("20251031", "2025-11-07", [7, 8], "CFX RAY ALGO TIA POL W LDO"),
    ("20251031", "2025-11-07", [7, 9], "A DYDX RUNE ORDI STX"),
    (
        "20251031",
        "2025-11-07",
        [9, 10],
        "1000CHEEMS ACE ACX CHR CTK DGB DUSK ENJ FIO FLUX FORTH GLMR GUN HEI HOT ILV LRC ME MOVR OGN ONG POLYX \
         QTUM RAD RDNT RLC RPL RVN SXP ZIL",
    ),
    ("20251031", "2025-11-14", [7, 9], "VET NEIRO"),
    ("20251031", "2025-11-14", [8, 9], "LUNC GMT GRT C98 PEOPLE MEME IO BOME ARKM ZEN STRK"),
    ("20251031", "2025-11-14", [8, 10], "FLOW CKB WIN G LQTY TNSR MASK"),
    (
        "20251031",
        "2025-11-14",
        [9, 10],
        "ACA AMP AUCTION BAND BAT BICO DEGO NEWT NEXO NIL PARTI PYR SCR TLM TOWNS YFI ZRX",
    ),
    ("20260108", "2026-01-12", [6, 7], "ARB"),
    ("20260108", "2026-01-12", [4, 5], "ADA"),
    ("20260108", "2026-01-12", [8, 9], "CFX"),
    ("20260108", "2026-01-12", [7, 6], "TRX"),
    ("20260108", "2026-01-12", [8, 7], "ASTER ZEC"),
    ("20260108", "2026-01-12", [9, 8], "XPL"),
];

/// The tiers of the classes: the caps in thousands, and the ratios in percent.
const TIERS: [(u32, &str, &str); 5] = [
    (6, "800 1200 2000 2500 4000 6000", "100 95 85 50 20 10"),
    (7, "200 400 800 1000 3000 4000", "100 80 70 50 20 10"),
    (8, "100 250 500 700 1000", "100 80 60 30 10"),
    (9, "100 150 200 400 600", "100 80 60 30 10"),
    (10, "100", "100"),
];

/// What a statement of classes says, in a line.
fn line(statement: &ingest::DraftStatement) -> String {
    let name = statement.subject.name();
    match &statement.claim {
        DraftClaim::Change { effective_at, rollout, rule } => {
            format!("{name} {effective_at} within {rollout}: {:?}", rule.rank())
        }
        DraftClaim::Previous { effective_at, rule } => {
            format!("{name} before {effective_at}: {:?}", rule.rank())
        }
        DraftClaim::Observation { seen_at: None, rule: Some(rule) } => {
            let tiers = rule.tiers().iter().map(|tier| {
                let cap = tier.cap.map_or("on".to_string(), |cap| cap.to_string());
                format!("{}-{cap}: {}", tier.floor, tier.rate.normalize())
            });
            format!("{name} {:?} {} {}", rule.rank(), rule.unit(), tiers.collect::<Vec<_>>().join(", "))
        }
        other => format!("{name} {other:?}"),
    }
}

fn lines(draft: &Draft) -> Vec<String> {
    let mut lines: Vec<String> = draft.statements.iter().map(line).collect();
    lines.sort();
    lines
}

/// The statements of a text about classes, by its file name.
fn expected(file: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (_, day, [old, new], names) in CHANGES.iter().filter(|(stamp, ..)| file.contains(stamp)) {
        for name in names.split_whitespace() {
            lines.push(format!("{name} {day}T06:00:00Z within 30 min: Some({new})"));
            lines.push(format!("{name} before {day}T06:00:00Z: Some({old})"));
        }
    }
    let lowest = if file.contains("20260108") { 8 } else { 6 };
    for (class, caps, ratios) in TIERS.iter().filter(|(class, ..)| *class >= lowest) {
        let (mut floor, mut tiers) = ("0".to_string(), Vec::new());
        for (cap, ratio) in caps.split(' ').zip(ratios.split(' ')) {
            let ratio = if ratio == "100" { "1".to_string() } else { format!("0.{ratio}") };
            tiers.push(format!("{floor}-{cap}000: {}", ratio.trim_end_matches('0')));
            floor = format!("{cap}000");
        }
        tiers.push(format!("{floor}-on: 0"));
        lines.push(format!("class-{class} Some({class}) USD {}", tiers.join(", ")));
    }
    lines.sort();
    lines
}

#[test]
fn the_shared_texts_state_the_classes_and_tiers_that_they_print() {
    let Some(shared) = shared() else { return };
    let texts = texts(&shared, &["cross_margin_collateral"]);
    assert_eq!(texts.len(), 3);
    for (file, text) in texts {
        let draft = draft(&file, text.as_bytes());
        assert_eq!(lines(&draft), expected(&file), "{file}");
        assert_eq!(codes(&draft), [""; 0], "{file}");
        assert!(draft.statements.iter().all(|it| it.subject.program() == Program::Cross));
        let open = draft.statements.iter().filter_map(|it| it.claim.rule()?.printed().last());
        assert!(open.clone().all(|row| row.cap.text() == "100,000,000,000" && row.rate.text() == "0.00"));
    }
}

#[test]
fn ratios_of_margin_assets_are_stated_and_haircuts_and_limits_are_not() {
    let Some(shared) = shared() else { return };
    let texts = texts(&shared, &["multi_assets"]);
    let [(first, ratios), (second, haircut)] = &texts[..] else { panic!("{}", texts.len()) };
    let draft = draft(first, ratios.as_bytes());
    assert_eq!(codes(&draft), [""; 0]);
    assert_eq!(
        statement_lines(&draft),
        [
            "binance:pm-pro:RWUSD seen at publication: USD rank None 0=0 1,200,000=1200000 99.9; \
             1,200,000=1200000 2,000,000=2000000 97.5; 2,000,000=2000000 -=99999999999 0",
            "binance:pm:RWUSD seen at publication: 99.9=0.999",
        ]
    );
    assert!(accepted(second, haircut).is_some_and(|draft| draft.has_no_rule()));
}

#[test]
fn no_other_text_states_a_class_or_a_ratio() {
    let Some(shared) = shared() else { return };
    let index = std::fs::read_to_string(shared.join("announcements-more/index.csv")).unwrap();
    let families = index.lines().skip(1).filter_map(|row| row.split(',').nth(3));
    let others: Vec<&str> =
        families.filter(|family| !["cross_margin_collateral", "multi_assets"].contains(family)).collect();
    for (file, text) in texts(&shared, &others) {
        let input = Input { file: &file, bytes: text.as_bytes(), published_at: None, complete: None };
        let Ok(draft) = ingest::read(&input) else { continue };
        let programs = [Program::Cross, Program::Pm, Program::PmPro];
        assert!(draft.statements.iter().all(|it| !programs.contains(&it.subject.program())), "{file}");
    }
}

/// A text with a list, and what may follow it.
fn text(list: &str, more: &str) -> String {
    format!(
        "# Update of Collateral of Cross Margin Assets\n\nFellow readers,\n\nThe collateral ratio under Cross Margin \
         changes between 2026-05-08 06:00 (UTC) and 2026-05-15 06:00 (UTC), which takes about 30 minutes.\n\nThese \
         assets go on 2026-05-08 06:00 (UTC):\n\n{list}\n\n{more}The Team\n\n2026-05-05\n"
    )
}

const A: &str = "AssetsAsset No. Before AdjustmentAsset No. After Adjustment";
const B: &str = "Asset No. Before AdjustmentAsset No. After AdjustmentAssets ";
const C: &str = "AssetsAsset No. After Adjustment";
const D: &str = "AssetOld RankNew Rank";

/// The new classes of a list, `NAME OLD>NEW` or `NAME >NEW`, and the codes of what was found.
fn classes(list: &str) -> (String, String) {
    let draft = draft("x.txt", text(list, "").as_bytes());
    let class = |name: &str, new: bool| {
        let mut of_name = draft.statements.iter().filter(|it| it.subject.name() == name);
        let is_side = |claim: &DraftClaim| matches!(claim, DraftClaim::Change { .. }) == new;
        of_name.find(|it| is_side(&it.claim)).and_then(|it| it.claim.rule()?.rank())
    };
    let mut names: Vec<&str> = draft.statements.iter().map(|it| it.subject.name()).collect();
    names.dedup();
    let shown = names.iter().map(|name| {
        let old = class(name, false).map_or(String::new(), |class| class.to_string());
        format!("{name} {old}>{}", class(name, true).unwrap())
    });
    (shown.collect::<Vec<_>>().join(", "), codes(&draft).join(" "))
}

#[test]
fn every_layout_is_split_into_names_and_classes() {
    for (list, expected) in [
        (format!("{A}ENA67JUV910TRX76"), "ENA 6>7, JUV 9>10, TRX 7>6"),
        (format!("{A}1000CHEEMS910A79B810"), "1000CHEEMS 9>10, A 7>9, B 8>10"),
        (format!("{A}\nENA 6 7\nJUV 9 10"), "ENA 6>7, JUV 9>10"),
        (
            "| Assets | Asset No. Before | Asset No. After |\n| ENA | 6 | 7 |\n| C98 | 9 | 8 |".into(),
            "ENA 6>7, C98 9>8",
        ),
        (format!("{B}56WIF68JTO, OP, NEO78CFX"), "WIF 5>6, JTO 6>8, OP 6>8, NEO 6>8, CFX 7>8"),
        (
            format!("{B}79A, DYDX910ACE, C98, A2Z, GMT"),
            "A 7>9, DYDX 7>9, ACE 9>10, C98 9>10, A2Z 9>10, GMT 9>10",
        ),
        (format!("{B}109STX9101000CHEEMS, ACE"), "STX 10>9, 1000CHEEMS 9>10, ACE 9>10"),
        (format!("{C}ENA7JUV10TRX9"), "ENA >7, JUV >10, TRX >9"),
        (format!("{C}1000CHEEMS101000SATS9"), "1000CHEEMS >10, 1000SATS >9"),
        ("Asset No.Assets7ENA, JUV10BAR, ACM".into(), "ENA >7, JUV >7, BAR >10, ACM >10"),
        ("Assets New Asset No.ENA7 JUV10".into(), "ENA >7, JUV >10"),
        (format!("{D}ARB67 ADA45 TRX76 "), "ARB 6>7, ADA 4>5, TRX 7>6"),
        (format!("{D}C9879 1000SATS910"), "C98 7>9, 1000SATS 9>10"),
        ("AssetNew RankOld RankARB76 ADA54".into(), "ARB 6>7, ADA 4>5"),
    ] {
        assert_eq!(classes(&list).0, expected, "{list}");
    }
}

#[test]
fn what_can_be_split_in_several_ways_costs_the_assets_concerned() {
    for (list, expected, codes) in [
        // C and 79Y, C9 and 9Y, or C98 and Y.
        (format!("{A}ENA67C9879Y910BAR910"), "ENA 6>7, BAR 9>10", "ambiguous_split"),
        // Known elsewhere in the text.
        (format!("{A}ENA67C9879Y910BAR910\n\nC98 is an asset."), "ENA 6>7, C98 7>9, Y 9>10, BAR 9>10", ""),
        (format!("{B}68OP, C9879A, DYDX910ACE"), "OP 6>8, ACE 9>10", "ambiguous_split"),
        // A digit is lost: NEO7CFX is no name, and what follows it may have other classes.
        (format!("{B}68OP, NEO7CFX, RAY910ACE"), "OP 6>8, ACE 9>10", "ambiguous_split"),
        (format!("{A}ENA6JUV910BAR910"), "BAR 9>10", "ambiguous_split"),
    ] {
        let (stated, found) = classes(&list);
        assert_eq!(stated, expected, "{list}");
        assert!(found.contains(codes) && (found.is_empty() == codes.is_empty()), "{list}: {found}");
    }
}

#[test]
fn classes_that_no_asset_can_have_are_reported_and_not_stored() {
    for (list, expected) in [
        // Whether the last digit belongs to the next name is not certain.
        (format!("{A}ENA37JUV910CITY910"), "CITY 9>10"),
        (format!("{A}ENA67JUV911BAR910CITY910"), "ENA 6>7, CITY 9>10"),
        (format!("{B}58WIF68JTO, OP"), "JTO 6>8, OP 6>8"),
        (format!("{D}ARB66 ADA45"), "ADA 4>5"),
    ] {
        let (stated, found) = classes(&list);
        assert_eq!(stated, expected, "{list}: {found}");
        assert!(found.contains("unread_text") || found.contains("ambiguous_split"), "{list}: {found}");
    }
}

#[test]
fn a_list_has_the_time_of_the_sentence_above_it() {
    let times = |text: &str| {
        let draft = draft("x.txt", text.as_bytes());
        let changes = draft.statements.iter().filter_map(|it| match &it.claim {
            DraftClaim::Change { effective_at, .. } => Some(format!("{} {effective_at}", it.subject.name())),
            _ => None,
        });
        (changes.collect::<Vec<_>>().join(", "), codes(&draft).join(" "))
    };
    let list = format!("{A}ENA67");
    let second = format!("{list}\n\nAnd these on 2026-05-15 06:00 (UTC):\n\n{A}BAR910");
    let both = "ENA 2026-05-08T06:00:00Z, BAR 2026-05-15T06:00:00Z".to_string();
    assert_eq!(times(&text(&second, "")), (both, String::new()));
    let outside = text(&list, "").replace("go on 2026-05-08", "go on 2026-05-28");
    assert_eq!(times(&outside).1, "date_mismatch");
    let untimed = text(&list, "").replace("go on 2026-05-08 06:00 (UTC)", "go first");
    assert_eq!(times(&untimed), (String::new(), "several_instants".into()));
    let below = text(&list, "").replace("These assets go on 2026-05-08 06:00 (UTC):\n\n", "");
    assert_eq!(times(&below), (String::new(), "several_instants".into()));
    let alone = below.replace(" and 2026-05-15 06:00 (UTC)", ".");
    assert_eq!(times(&alone).0, "ENA 2026-05-08T06:00:00Z");
    let half = text(&list, "").replace("go on 2026-05-08 06:00 (UTC)", "go on 2026-05-08");
    assert_eq!(times(&half), (String::new(), "no_instant".into()));
}

/// What a table of tiers states below a list, and the codes of what was found.
fn tiers(table: &str) -> (String, String) {
    let draft = draft("x.txt", text(&format!("{D}ARB67"), &format!("{table}\n\n")).as_bytes());
    let classes = draft.statements.iter().filter(|it| it.subject.name().starts_with("class-"));
    (classes.map(line).collect::<Vec<_>>().join("; "), codes(&draft).join(" "))
}

const HEADER: &str = "Asset No.Tiers (USD)Collateral Ratio";
const NINE: &str = "90 - 150,000100.00%150,000 - 100,000,000,0000.00%";
const TEN: &str = "100 - 100,000100.00%100,000 - 100,000,000,0000.00%";
const TEN_READ: &str = "class-10 Some(10) USD 0-100000: 1, 100000-on: 0";

#[test]
fn a_class_number_stands_before_each_floor_of_zero() {
    let nine = "class-9 Some(9) USD 0-150000: 1, 150000-on: 0";
    let both = (format!("{nine}; {TEN_READ}"), String::new());
    assert_eq!(tiers(&format!("{HEADER}{NINE}{TEN}")), both);
    let cells = "Asset No. | Tiers (USD) | Collateral Ratio\n9 | 0 - 150,000 | 100%\n150,000 - 100,000,000,000 | 0%\n\
                 10 | 0 - 100,000 | 100%\n100,000 - 100,000,000,000 | 0%";
    assert_eq!(tiers(cells), both);
}

#[test]
fn a_class_with_a_hole_is_not_stored_and_the_others_are() {
    for nine in [
        "90 - 150,000100.00%160,000 - 100,000,000,0000.00%",
        "90 - 15O,000100.00%150,000 - 100,000,000,0000.00%",
        "90 - 150,00080.00%150,000 - 300,00090.00%300,000 - 100,000,000,0000.00%",
        "90 - 150,000100.00%150,000 - 100,00050.00%",
        "90 - 1,50,000100.00%1,50,000 - 100,000,000,0000.00%",
    ] {
        let (stated, found) = tiers(&format!("{HEADER}{nine}{TEN}"));
        assert_eq!((stated.as_str(), found.is_empty()), (TEN_READ, false), "{nine}");
    }
    let sentence = "Tiers of assets no. 8 and 10 are below.\n\n";
    let (stated, found) = tiers(&format!("{sentence}{HEADER}{NINE}{TEN}"));
    assert_eq!((stated.as_str(), found.as_str()), (TEN_READ, "unread_text unread_text"));
}

#[test]
fn ratios_of_columns_that_are_not_known_are_reported_and_not_stored() {
    for table in [
        "Token RankTiers (USD)Collateral Ratio (Borrow)Collateral Ratio (Transfer-Out)10 - 100,000100.00%95.00%\
         100,000 - 100,000,000,0000.00%0.00%",
        "Token RankTiers (USD)Collateral Ratio10 - 100,000100.00%95.00%100,000 - 100,000,000,0000.00%0.00%",
        "Token RankTiers (USD)Borrow Collateral Ratio10 - 100,000100.00%100,000 - 100,000,000,0000.00%",
        "Token RankTiers (USD)BorrowTransfer-Out10 - 100,000100.00%95.00%100,000 - 100,000,000,0000.00%0.00%",
    ] {
        let (stated, found) = tiers(table);
        assert!(stated.is_empty() && found.contains("unread_text"), "{table}: {stated} {found}");
    }
}

#[test]
fn a_damaged_table_of_a_margin_asset_is_not_stored() {
    let text = |rows: &str| {
        format!(
            "# ABC is a Margin Asset\n\nFellow readers,\n\nABC is a margin asset in Multi-Assets Mode. Tiers of Portfolio \
             Margin Pro mode:\n\nAssetFloorCapCollateral Ratio{rows}\n\nThe Team\n\n2026-05-05\n"
        )
    };
    let whole = "ABC01,200,00095%1,200,0002,000,00090%> 2,000,000-0%";
    let draft_of = |rows: &str| draft("x.txt", text(rows).as_bytes());
    assert_eq!(draft_of(whole).statements.len(), 1);
    for rows in [
        whole.replace("> 2,000,000", "> 2,500,000"),
        whole.replace("1,200,0002,", "1,300,0002,"),
        whole.replace("90%", "97%"),
        whole.replace("> 2,000,000-0%", "and more"),
    ] {
        let draft = draft_of(&rows);
        assert!(draft.statements.is_empty() && draft.has_unread(), "{rows}: {:?}", draft.statements);
    }
    let shown = show(&draft_of(whole).statements[0].claim);
    assert!(shown.ends_with("2,000,000=2000000 -=99999999999 0"), "{shown}");
}
