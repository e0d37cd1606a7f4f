//! What a page or a Markdown text hides from its readers states no rule: it is left out, or the document is
//! refused.

use tierbook::ingest::{self, Draft, Input};

use crate::tests::common::{codes, draft, errors, statement_lines, text_draft};

const HEADING: &str = "2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)";

const HEAD: &str =
    "<tr><th>Leverage</th><th>Position (Notional Value in USDT)</th><th>Maintenance Margin Rate</th></tr>";

const ROWS: &str = "<tr><td>2 - 5x</td><td>0 &lt; Position ≤ 5,000</td><td>10.00%</td></tr>";

const LAST: &str = "<tr><td>1x</td><td>5,000 &lt; Position ≤ 10,000</td><td>50.00%</td></tr>";

/// A page with words before its table and rows in the middle of it.
fn page_of(words: &str, rows: &str) -> String {
    let words = words.replace('@', "2026-03-06 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)");
    format!("<p>{HEADING}</p>{words}<table>{HEAD}{ROWS}{rows}{LAST}</table>")
}

fn page(html: &str) -> Draft {
    draft("hidden-20260501T000000Z.html", html.as_bytes())
}

/// The codes of the findings; the tables have one side.
fn found(draft: &Draft) -> Vec<&'static str> {
    codes(draft).into_iter().filter(|code| *code != "side_missing").collect()
}

fn is_refused(file: &str, text: &str) -> bool {
    let bytes = text.as_bytes();
    ingest::read(&Input { file, bytes, published_at: None, complete: None })
        .map_or(true, |read| read.has_unread())
}

#[track_caller]
fn plain() -> Vec<String> {
    let plain = page(&page_of("", ""));
    let said = statement_lines(&plain);
    assert_eq!((found(&plain), said.len()), (vec![], 1), "{:?}", plain.findings);
    said
}

#[test]
fn hidden_parts_of_a_page_state_nothing_however_they_are_hidden() {
    let said = plain();
    let cells = "<td>3x</td><td>10,000 &lt; Position ≤ 20,000</td><td>9.00%</td>";
    for hidden in [
        "hidden",
        "hidden=until-found",
        "style='display:none'",
        "style='color:red;display:/**/none'",
        "style='visibility: hidden'",
        "style='opacity:0.0'",
        "style='font-size:0'",
        "style='d\\69splay:none'",
    ] {
        let row = format!("<tr {hidden}>{cells}</tr>");
        let nested = format!("<tr {hidden}><td><table><tr>{cells}</tr></table></td>{cells}</tr>");
        let open = format!("<tr {hidden}>{}", cells.replace("</td>", ""));
        let cell = ROWS.replace("<td>2 - 5x</td>", &format!("<td>2 - 5x</td><td {hidden}>7x</td>"));
        let in_list = format!("<ul><li {hidden}>@ <ul><li>@</li></ul></li><li>The team</li></ul>");
        let group = format!("<tbody {hidden}><tr>{cells}</tr></tbody>");
        for html in [
            page_of("", &row),
            page_of("", &nested),
            page_of("", &open),
            page_of("", &group),
            page_of("", "").replace(ROWS, &cell),
            page_of(&format!("<p {hidden}>@</p>"), ""),
            page_of(&in_list, ""),
            page_of(&format!("<div {hidden}><table><tr><td></div>@</td></tr></table></div>"), ""),
            page_of(&format!("<div {hidden}><div>5</div>@<table><tr>{cells}</table></div>"), ""),
        ] {
            if hidden.contains("font-size") && (html.contains("<td style") || html.contains(&open)) {
                // The cell is there, with nothing in it; and the row without an end tag may go on.
                assert!(html.contains("<td style") || is_refused("page.html", &html), "{html}");
                continue;
            }
            let read = page(&html);
            assert_eq!((errors(&read), statement_lines(&read)), (vec![], said.clone()), "{html}");
        }
    }
}

#[test]
fn what_is_struck_out_and_a_dialog_that_is_not_open_state_nothing() {
    let said = plain();
    let html = page_of("", "");
    for name in ["del", "s", "strike"] {
        let struck = html.replace("10.00%", &format!("<{name}>7.00%</{name}> 10.00%"));
        assert_eq!(statement_lines(&page(&struck)), said, "{name}");
        let table = format!("<{name}><p>@</p></{name}>");
        assert_eq!(statement_lines(&page(&page_of(&table, ""))), said, "{name}");
    }
    assert_eq!(statement_lines(&page(&page_of("<dialog>@</dialog>", ""))), said);
    assert_ne!(statement_lines(&page(&page_of("<dialog open>@</dialog>", ""))), said);
}

#[test]
fn a_hidden_element_whose_end_is_in_doubt_makes_the_page_refused() {
    for words in [
        "<p hidden>@<div>a</div>",
        "<p hidden>@<p>a",
        "<ul><li hidden>@<ul></li></ul>",
        "<ul><li hidden>@<li>a</ul>",
        "<div hidden>@",
        "<div style='font-size:0'>@",
        "<p hidden></div>@",
        "<div><p hidden>@</div>",
    ] {
        assert!(is_refused("page.html", &page_of(words, "")), "{words}");
    }
}

#[test]
fn letters_without_size_are_left_out_and_those_in_them_with_a_size_are_read() {
    let said = plain();
    let table = format!("<table>{HEAD}{ROWS}{LAST}</table>");
    // As e-mails are laid out.
    let mail = format!(
        "<div style='font-size:0px'><table><tr><td style='font-size:0px'><div style='font-size:13px'>\
         <p>{HEADING}</p>{table}</div>77</td></tr></table></div>"
    );
    let read = page(&mail);
    assert_eq!((errors(&read), statement_lines(&read)), (vec![], said));
}

#[test]
fn what_a_style_sheet_hides_is_left_out_or_said() {
    let said = plain();
    let row = "<tr class='a x'><td>3x</td><td>10,000 &lt; Position ≤ 20,000</td><td>9.00%</td></tr>";
    for sheet in [".x{display:none}", "tr.y,.x{color:red;visibility:hidden}"] {
        let html = page_of("", row);
        let read = page(&format!("<style>{sheet}</style>{html}"));
        assert_eq!((statement_lines(&read), found(&read)), (said.clone(), vec!["hidden_text"]), "{sheet}");
        let late = page(&format!("{html}<style>{sheet}</style>"));
        assert_eq!((statement_lines(&late), found(&late)), (said.clone(), vec!["hidden_text"]), "{sheet}");
    }
    for sheet in ["@media print{.x{display:none}}", "tr:nth-child(3){display:none}", "table .x{display:none}"]
    {
        let read = page(&format!("<style>{sheet}</style>{}", page_of("", row)));
        assert!(found(&read).contains(&"hidden_text"), "{sheet}: {:?}", read.findings);
    }
    for sheet in [".y{display:none}", ".x{color:red} .x::before{display:none}", "li:empty{display:none}"] {
        let read =
            page(&format!("<style>{sheet}</style>{}", page_of("", "").replace("<table", "<table class=x")));
        assert_eq!((statement_lines(&read), found(&read)), (said.clone(), vec![]), "{sheet}");
    }
}

/// Markdown with words before its table.
fn markdown_of(words: &str) -> String {
    format!(
        "# Tiers change\n\nDear all,\n\n{words}\n\n## {HEADING}\n\n{}\nThank you.\n\n2026-05-05\n",
        table("2 - 5x")
    )
}

fn table(leverage: &str) -> String {
    format!(
        "| Leverage | Position (Notional Value in USDT) | Maintenance Margin Rate |\n|---|---|---|\n\
         | {leverage} | 0 < Position ≤ 5,000 | 10.00% |\n| 1x | 5,000 < Position ≤ 10,000 | 50.00% |\n"
    )
}

#[test]
fn a_comment_and_a_hidden_block_of_markdown_state_nothing() {
    let said = statement_lines(&text_draft(&markdown_of("")));
    assert_eq!(said.len(), 1);
    let hidden =
        format!("## 2026-03-06 06:30 (UTC): XYZUSDT (USDⓈ-M Perpetual Contract)\n\n{}", table("3 - 5x"));
    for words in [
        format!("<!--\n{hidden}\n-->"),
        format!("Hello <!-- a\n{} b -->", table("3 - 5x").trim()),
        format!("<div style=\"display:none\">\n\n{hidden}\n\n</div>"),
        format!("<div hidden>\n\n{hidden}\n</div>"),
        format!("<del>\n\n{hidden}\n\n</del>"),
        format!("<template>\n\n{hidden}\n\n</template>"),
        "~~2026-03-06 06:30 (UTC): XYZUSDT (USDⓈ-M Perpetual Contract)~~".to_string(),
    ] {
        let read = text_draft(&markdown_of(&words));
        assert_eq!((errors(&read), statement_lines(&read)), (vec![], said.clone()), "{words}");
        assert_eq!(read.text, markdown_of(&words));
    }
    let struck = markdown_of("").replace("10.00%", "~~7.00%~~ 10.00%");
    assert_eq!(statement_lines(&text_draft(&struck)), said);
    let row = markdown_of("").replace("10.00%", "<!-- 7 | -->10.00%");
    assert_eq!(statement_lines(&text_draft(&row)), said);
    for words in
        [format!("<!--\n{hidden}"), format!("<div hidden>\n{hidden}"), format!("a <!-- b\n\n{hidden}-->")]
    {
        assert!(is_refused("page.md", &markdown_of(&words)), "{words}");
    }
}

#[test]
fn a_table_in_a_block_of_code_is_shown_to_readers_and_read() {
    let hidden =
        format!("2026-03-06 06:30 (UTC): XYZUSDT (USDⓈ-M Perpetual Contract)\n\n{}", table("3 - 5x"));
    for words in [
        format!("```\n{hidden}```"),
        format!("~~~ text\n{hidden}~~~"),
        format!("```\n<!--\n```\n\n{hidden}\n\n```\n-->\n```"),
    ] {
        let read = text_draft(&markdown_of(&words));
        let said = statement_lines(&read);
        assert!(said.len() == 2 && said.iter().any(|said| said.contains("XYZUSDT")), "{words}: {said:?}");
    }
}

#[test]
fn a_name_with_a_letter_that_looks_like_a_latin_one_is_a_finding() {
    let text = markdown_of("").replace("ABCUSDT", "АBCUSDT");
    let read = text_draft(&text);
    assert_eq!(found(&read), ["unusual_name"]);
    let message = &read.findings.iter().find(|it| it.code.as_str() == "unusual_name").unwrap().message;
    assert_eq!(message, "АBCUSDT mixes Latin letters with А (U+0410), which looks like one");
    assert_eq!(read.statements[0].subject.name(), "АBCUSDT");
    let json = "[{\"symbol\": \"ВTCUSDT\", \"brackets\": [{\"bracket\": 1, \"initialLeverage\": 20, \
         \"notionalCap\": 5000, \"notionalFloor\": 0, \"maintMarginRatio\": 0.02, \"cum\": 0.0}]}]";
    let read = draft("brackets-20260501T000000Z.json", json.as_bytes());
    assert!(found(&read).contains(&"unusual_name"), "{:?}", read.findings);
}
