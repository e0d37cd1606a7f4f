//! One and the same announcement as glued text, separated text, Markdown and HTML has the same statements.

use std::collections::BTreeMap;

use crate::tests::common::dice::Dice;
use crate::tests::common::printed_forms::{Document, Marks, Piece};
use crate::tests::common::random_announcements::{ALL, announcement};
use crate::tests::common::tables::{Head, Kind, Row, Schedule, Step, Table, Tier, pro_rows, tier_rows};
use proptest::prelude::*;
use tierbook::ingest::{Draft, DraftClaim, DraftStatement};
use tierbook::rule::{PrintedTier, Rule, RuleKind};
use tierbook::text::Span;

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::tests::common::cases(40), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_announcement_has_the_same_statements_in_any_form(choices in prop::collection::vec(any::<u16>(), 0..900), look in any::<u64>()) {
        let announcement = announcement(ALL, &mut Dice::of(choices));
        let mut dice = Dice::seeded(look);
        let marks = Marks::any(&mut dice);
        let mut forms = vec![
            announcement.document.text(marks, "\t", "\n"),
            announcement.document.text(marks, "\n", "\n"),
            announcement.document.text(marks, "\n\n", "\n\n"),
            announcement.document.text(marks, " | ", " |\n| "),
            announcement.document.text(marks, " | ", " | "),
        ];
        for _ in 0..3 {
            forms.push(announcement.document.markdown(&mut dice));
            forms.push(announcement.document.html(&mut dice));
        }
        for text in forms {
            let draft = crate::tests::common::text_draft(&text);
            prop_assert_eq!(crate::tests::common::errors(&draft), Vec::<String>::new(), "{}", text);
            prop_assert_eq!(crate::tests::common::statement_lines(&draft), announcement.statements.clone(), "{}", text);
        }
    }
}

/// The rules that statements about one table or row give for its two sides.
fn sides<'a>(statements: &[&'a DraftStatement]) -> [Option<&'a Rule>; 2] {
    let rule = |change: bool| {
        let mut claims = statements.iter().map(|statement| &statement.claim);
        claims
            .find(|claim| matches!(claim, DraftClaim::Change { .. }) == change)
            .and_then(|claim| claim.rule())
    };
    [rule(false).map(std::ops::Deref::deref), rule(true).map(std::ops::Deref::deref)]
}

fn tiers(table: &Rule) -> Vec<Tier> {
    let tier = |row: &PrintedTier| {
        let leverage = row.leverage.as_ref().expect("a leverage");
        Tier {
            low: leverage.min.unwrap_or(leverage.max),
            high: leverage.max,
            leverage: leverage.text.clone(),
            floor: row.floor.text().to_string(),
            cap: row.cap.text().to_string(),
            rate: row.rate.text().to_string(),
        }
    };
    table.printed().iter().map(tier).collect()
}

fn schedule(table: &Rule, in_rows: bool) -> Schedule {
    let step = |row: &PrintedTier| Step {
        floor: row.floor.text().to_string(),
        cap: row.cap.text().to_string(),
        ratio: row.rate.text().to_string(),
    };
    (table.rank().filter(|_| in_rows), table.printed().iter().map(step).collect())
}

/// A table as it was read, under its glued header.
fn table(draft: &Draft, span: Span, statements: &[&DraftStatement]) -> (Span, Table) {
    let text = draft.text.as_str();
    let dice = &mut Dice::of(Vec::new());
    let header = |text: &str, columns: usize| vec![vec![Head(text.to_string(), columns, 1)]];
    let kinds = |sides: [Option<&Rule>; 2]| sides.map(|rule| rule.map(Rule::kind));
    match sides(statements) {
        [Some(previous), Some(new)] if previous.kind() == RuleKind::Contract => {
            let first = previous.printed()[0].span().start.min(new.printed()[0].span().start);
            let words = Span::new(span.start, first).of(text).trim_end_matches(['N', 'A', '/', '-', ' ']);
            let rows = tier_rows([&tiers(previous), &tiers(new)], dice);
            (span, Table { kind: Kind::Tiers, header: header(words, 6), rows, columns: 3 })
        }
        both if kinds(both) == [Some(RuleKind::Collateral); 2] => {
            let mut blocks: Vec<(usize, Vec<&DraftStatement>)> = Vec::new();
            for statement in statements {
                let rule = statement.claim.rule().expect("a schedule");
                let place = rule.printed()[0].span().start;
                let same =
                    |block: &[&DraftStatement]| block.iter().any(|other| other.subject == statement.subject);
                match blocks.iter_mut().find(|(at, block)| *at == place || same(block)) {
                    Some((_, block)) => block.push(statement),
                    None => blocks.push((place, vec![statement])),
                }
            }
            let (first, name) = (blocks[0].0, blocks[0].1[0].subject.name());
            let words = Span::new(span.start, first).of(text);
            let words = &words[..words.rfind(name).expect("the name")];
            let in_rows = !words.contains("(Rank");
            let rows = blocks.iter().flat_map(|(_, block)| {
                let mut names: Vec<&str> = block.iter().map(|statement| statement.subject.name()).collect();
                names.dedup();
                let sides = sides(block).map(|rule| rule.map(|rule| schedule(rule, in_rows)));
                pro_rows(&names.join(", "), [sides[0].as_ref(), sides[1].as_ref()])
            });
            let columns = 3 + usize::from(in_rows);
            (
                span,
                Table {
                    kind: Kind::Pro,
                    header: header(words, 1 + 2 * columns),
                    rows: rows.collect(),
                    columns,
                },
            )
        }
        sides => {
            let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let ratio = |rule: Option<&Rule>| Some(vec![format!("{}%", rule?.printed()[0].rate.text())]);
            let names = Some(statements[0].subject.name().to_string());
            let rows = vec![Row { names, sides: sides.map(ratio) }];
            let words = Span::new(start, span.start).of(text);
            (
                Span::new(start, span.end),
                Table { kind: Kind::Flat, header: header(words, 3), rows, columns: 1 },
            )
        }
    }
}

/// A real announcement taken apart into lines and tables.
fn taken_apart(draft: &Draft) -> Document {
    let mut by_place: BTreeMap<Span, Vec<&DraftStatement>> = BTreeMap::new();
    for statement in &draft.statements {
        by_place.entry(statement.span).or_default().push(statement);
    }
    let mut document = Document { title: draft.title.clone(), pieces: Vec::new() };
    let mut at = draft.text.find('\n').expect("lines");
    let lines = |text: &str, pieces: &mut Vec<Piece>| {
        pieces.extend(
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| Piece::Line(line.to_string())),
        );
    };
    for (span, statements) in by_place {
        let (whole, mut table) = table(draft, span, &statements);
        match document.pieces.last_mut() {
            // The next row of a flat table: its header is that of the rows above.
            Some(Piece::Table(above)) if whole.start < at && table.kind == Kind::Flat => {
                above.rows.append(&mut table.rows);
            }
            _ => {
                lines(&draft.text[at..whole.start], &mut document.pieces);
                document.pieces.push(Piece::Table(table));
            }
        }
        at = whole.end;
    }
    lines(&draft.text[at..], &mut document.pieces);
    document
}

#[test]
fn the_real_announcements_say_the_same_as_markdown_and_as_pages() {
    let Some(shared) = crate::tests::common::shared() else { return };
    let looks = if std::env::var("TIERBOOK_EVERY_BYTE").is_ok() { 6 } else { 2 };
    for (number, (file, bytes)) in crate::tests::common::announcements(&shared).iter().enumerate() {
        let glued = crate::tests::common::draft(file, bytes);
        let document = taken_apart(&glued);
        for look in 0..looks {
            let dice = &mut Dice::seeded(100 * number as u64 + look);
            for text in [document.markdown(dice), document.html(dice), document.html(dice)] {
                let draft = crate::tests::common::draft(file, text.as_bytes());
                assert_eq!(crate::tests::common::errors(&draft), [""; 0], "{file}\n{text}");
                assert_eq!(
                    crate::tests::common::statement_lines(&draft),
                    crate::tests::common::statement_lines(&glued),
                    "{file}\n{text}"
                );
                assert_eq!((&draft.title, draft.publication), (&glued.title, glued.publication), "{file}");
            }
        }
    }
}
