//! Pages of HTML: what their tables state, with its place, and what of a page is not part of the
//! announcement.

use tierbook::ingest::{self, Draft, DraftClaim, Input};

const HEAD: &str = "<tr><th colspan=3>Previous Leverage and Margin Tiers</th><th colspan=3>New Leverage and Margin Tiers\
    </th></tr><tr><th>Leverage Before Change</th><th>Position Before Change<br>(Notional Value in USDT)</th><th>Maintenance \
    Margin Rate Before Change</th><th>Leverage After Change</th><th>Position After Change<br>(Notional Value in USDT)</th>\
    <th>Maintenance Margin Rate After Change</th></tr>";

const ROWS: &str = "<tr><td>6 - 10x</td><td>0 &lt; Position ≤ 5,000</td><td>5.00%</td><td colspan=3>NA</td></tr>\
    <tr><td>2&nbsp;&ndash;&nbsp;5x</td><td>5,000 &lt; Position &le; 7,500</td><td>10.00%</td><td>2 - 5x</td><td>0 &lt; Position ≤ 5,000</td>\
    <td>10.00%</td></tr><tr><td>1x</td><td>7,500 < Position ≤ 15,000</td><td>50.00%</td><td>1x</td><td>5,000 <Position ≤ \
    10,000</td><td>50.00%</td></tr>";

const GLUED: &str = "Previous Leverage and Margin TiersNew Leverage and Margin TiersLeverage Before ChangePosition Before \
    Change (Notional Value in USDT)Maintenance Margin Rate Before ChangeLeverage After ChangePosition After Change (Notional \
    Value in USDT)Maintenance Margin Rate After Change6 - 10x0 < Position ≤ 5,0005.00%NA2 – 5x5,000 < Position ≤ 7,50010.00%2 \
    - 5x0 < Position ≤ 5,00010.00% 1x7,500 < Position ≤ 15,00050.00% 1x5,000 < Position ≤ 10,00050.00%";

const HEADING: &str = "2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)";

fn page(html: &str) -> Draft {
    crate::tests::common::draft("page.html", html.as_bytes())
}

fn glued() -> Draft {
    crate::tests::common::text_draft(&format!("{HEADING}\n\n{GLUED}\n"))
}

#[test]
fn a_fragment_of_a_heading_and_a_table_says_what_the_glued_text_says() {
    let said = crate::tests::common::statement_lines(&glued());
    assert_eq!(said.len(), 2);
    for html in [
        format!("<h2>{HEADING}</h2><table>{HEAD}{ROWS}</table>"),
        format!("<p><b>{HEADING}</b></p>\n<table><thead>{HEAD}</thead><tbody>{ROWS}</tbody></table>"),
        format!("<h1>{HEADING}</h1><table>{HEAD}{ROWS}</table>"),
        format!("<div>{HEADING}</div><table>{HEAD}{ROWS}</table>")
            .replace("</td>", "")
            .replace("</tr>", "")
            .replace("</th>", ""),
        format!("<table><tr><td><h3>{HEADING}</h3><table>{HEAD}{ROWS}</table></td></tr></table>"),
        format!("<div>{HEADING}</div><table>{HEAD}{ROWS}</table>")
            .replace("<td colspan=3>NA</td>", "<td></td><td></td><td></td>"),
        format!("<div>{HEADING}</div><table>{HEAD}{ROWS}</table>").replace("<td colspan=3>NA</td>", ""),
        format!("<div>{HEADING}</div><table>{HEAD}{ROWS}</table>")
            .replace("<td", "<td style='x'><p><span")
            .replace("</td>", "</span></p></td>")
            .replace("<p><span colspan=3>", "<p><span>"),
    ] {
        let draft = page(&html);
        assert_eq!(crate::tests::common::errors(&draft), [""; 0], "{html}");
        assert_eq!(crate::tests::common::statement_lines(&draft).join("\n"), said.join("\n"), "{html}");
    }
}

/// A page as a site gives it, with the article in the middle.
fn site(article: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>Tiers of ABC change | Exchange Support</title>\
         <style>td {{ width: 5% }}</style><script>var rules = [[\"5x\", \"0 < Position ≤ 9,0001.00%\"]];</script></head>\
         <body><header><a href=/>Exchange</a></header><nav><ul><li>BTCUSDT 65,000.12 +1.5%</li></ul></nav>\
         <div class=ticker>ETHUSDT</div><main><h1>Tiers of ABC change</h1><div>Published on 2026-05-05 03:04 (UTC)</div>\
         {article}<p>The Team</p><p>2026-05-05</p><ul><li><a href=x>Tiers of XYZUSDT change 2026-04-01 06:00 (UTC)</a>\
         <span>2026-04-01</span></li></ul></main><aside><table>{HEAD}{ROWS}</table></aside><div hidden>LTC85%80%</div>\
         <template><table>{HEAD}{ROWS}</table></template><footer>© 2026, fees from 0.02%0.04%</footer></body></html>"
    )
}

#[test]
fn nothing_that_a_site_puts_around_its_article_becomes_a_rule_or_a_finding() {
    let article =
        format!("<p>Fellow traders,</p><p>Tiers change.</p><h2>{HEADING}</h2><table>{HEAD}{ROWS}</table>");
    let draft = page(&site(&article));
    assert_eq!(crate::tests::common::codes(&draft), [""; 0], "{:?}", draft.findings);
    assert_eq!(
        crate::tests::common::statement_lines(&draft),
        crate::tests::common::statement_lines(&glued())
    );
    assert_eq!(draft.title, "Tiers of ABC change");
    assert_eq!(draft.text, site(&article));
    let published = draft.publication.map(|(at, precision)| (at.to_string(), precision.name()));
    assert_eq!(published, Some(("2026-05-06T12:00:00Z".to_string(), "day")), "the closing date");
}

#[test]
fn every_place_is_that_of_the_page() {
    let html = site(&format!("<h2>{HEADING}</h2><table>{HEAD}{ROWS}</table>"));
    let draft = page(&html);
    let first = draft.statements[0].span.of(&html);
    assert!(first.starts_with("Previous Leverage") && first.ends_with("10,000</td><td>50.00%"), "{first}");
    let mut quoted = Vec::new();
    for statement in &draft.statements {
        for row in statement.claim.rule().unwrap().printed() {
            quoted.extend(row.cells.iter().map(|cell| cell.of(&html).to_string()));
        }
    }
    assert_eq!(quoted[4..8], ["1x", "5,000", "10,000", "50.00%"]);
    assert_eq!(quoted[8..12], ["6 - 10x", "0", "5,000", "5.00%"]);
    assert_eq!(quoted[12..16], ["2&nbsp;&ndash;&nbsp;5x", "5,000", "7,500", "10.00%"]);
}

#[test]
fn the_publication_is_the_heads_else_the_articles_own_line_else_the_stamp_else_the_closing_date() {
    let table = format!("<h2>{HEADING}</h2><table>{HEAD}{ROWS}</table>");
    let meta = "<meta property=\"article:published_time\" content=\"2026-05-05T03:04:05+00:00\">";
    let other = "<meta property=\"article:published_time\" content=\"2026-05-04T03:04:05Z\">";
    let time = "<time datetime=\"2026-05-05T02:00:00Z\">5 May</time>";
    let inside =
        format!("<p>It was planned at <time datetime=\"2026-05-01T02:00:00Z\">1 May</time>.</p>{table}");
    let read = |file: &str, html: String| {
        let draft = crate::tests::common::draft(file, html.as_bytes());
        draft.publication.map(|(at, precision)| format!("{at} {}", precision.name())).unwrap()
    };
    let with_head = |article: &str, head: &str| site(article).replace("<meta charset=utf-8>", head);
    for (file, html, published) in [
        ("x.html", with_head(&table, meta), "2026-05-05T03:04:05Z instant"),
        (
            "x-20260505T000001Z.html",
            with_head(&format!("{time}{table}"), meta),
            "2026-05-05T03:04:05Z instant",
        ),
        ("x-20260505T000001Z.html", site(&format!("{time}{table}")), "2026-05-05T02:00:00Z instant"),
        (
            "x-20260505T000001Z.html",
            with_head(&table, &format!("{meta}{other}")),
            "2026-05-05T00:00:01Z instant",
        ),
        ("x-20260505T000001Z.html", site(&inside), "2026-05-05T00:00:01Z instant"),
        ("x.html", site(&table), "2026-05-06T12:00:00Z day"),
    ] {
        assert_eq!(read(file, html), published, "{file}");
    }
}

#[test]
fn a_page_cut_at_any_byte_is_refused() {
    let table = format!("<h2>{HEADING}</h2><table>{HEAD}{ROWS}</table>");
    let step = if std::env::var("TIERBOOK_EVERY_BYTE").is_ok() { 1 } else { 5 };
    for html in [site(&table), table] {
        for cut in (0..html.len() - "</html></table>".len()).step_by(step) {
            let Some(part) = html.get(..cut) else { continue };
            let read = ingest::read(&Input {
                file: "cut.html",
                bytes: part.as_bytes(),
                published_at: None,
                complete: None,
            });
            assert!(
                read.map_or(true, |draft| draft.has_unread()),
                "cut at {cut}: …{}",
                &part[part.floor_char_boundary(cut.saturating_sub(60))..]
            );
        }
    }
}

/// What a flat table of portfolio margin states, a row of names and ratios each.
fn flat(rows: &str) -> Vec<String> {
    let html = format!(
        "<p>Assets change on 2026-05-08 06:00 (UTC):</p><table><tr><th>Assets</th><th>Collateral Ratio \
        (Before)</th><th>Collateral Ratio (After)</th></tr>{rows}</table>"
    );
    let draft = page(&html);
    assert_eq!(crate::tests::common::errors(&draft), [""; 0], "{html}");
    let shown = |claim: &DraftClaim| {
        crate::tests::common::show(claim)
            .replace("change at 2026-05-08T06:00:00Z within 0 s: ", "to ")
            .replace("before 2026-05-08T06:00:00Z: ", "from ")
    };
    draft.statements.iter().map(|s| format!("{} {}", s.subject.name(), shown(&s.claim))).collect()
}

#[test]
fn a_flat_ratio_that_spans_rows_belongs_to_each_of_them() {
    let spanned = flat("<tr><td>C98<td rowspan=2>40%<td>30%<tr><td>LTC<td rowspan=99>80%<tr><td>A<td>N/A");
    assert_eq!(
        spanned,
        ["C98 to 30=0.3", "C98 from 40=0.4", "LTC to 80=0.8", "LTC from 40=0.4", "A to 80=0.8"]
    );
    let marked = flat(
        "<tr><td>C98<td rowspan=2>---<td>30%<tr><td>LTC<td>80%<tr><td>A<td>45%<td><tr><td>4<td>45%<td>40%",
    );
    assert_eq!(marked, ["C98 to 30=0.3", "LTC to 80=0.8", "A from 45=0.45", "4 to 40=0.4", "4 from 45=0.45"]);
}

#[test]
fn a_name_or_a_tier_that_spans_rows_stands_once() {
    let head = "<p>Assets change on 2026-05-08 06:00 (UTC):</p><table><tr><th rowspan=2>Asset (PM Pro)<th colspan=4>Before<th \
        colspan=4>After<tr><th>Rank<th>Floor(USD)<th>Cap(USD)<th>Collateral Ratio<th>Rank<th>Floor(USD)<th>Cap(USD)<th>Collateral Ratio";
    let spanned = "<tr><td rowspan=2>FET<br>STRK<td rowspan=2>7<td>0<td>800,000<td>100%<td rowspan=2>8<td rowspan=2>0<td \
        rowspan=2>99,999,999,999<td rowspan=2>80%<tr><td>800,000<td>99,999,999,999<td>50%";
    let empty = "<tr><td>FET, STRK<td>7<td>0<td>800,000<td>100%<td>8<td>0<td>99,999,999,999<td>80%<tr><td><td><td>800,000\
        <td>99,999,999,999<td>50%<td><td><td><td>";
    let both: Vec<Vec<String>> = [spanned, empty]
        .iter()
        .map(|rows| {
            let draft = page(&format!("{head}{rows}</table>"));
            assert_eq!(crate::tests::common::errors(&draft), [""; 0], "{rows}");
            crate::tests::common::statement_lines(&draft)
        })
        .collect();
    assert_eq!(both[0], both[1]);
    assert_eq!(both[0].len(), 4);
    assert!(both[0].iter().any(|said| said.starts_with("binance:pm-pro:STRK change")
        && said.ends_with("rank Some(8) 0=0 99,999,999,999=99999999999 80")));
    let tiers = "<tr><td>6 - 10x<td>0 &lt; Position ≤ 5,000<td>5.00%<td rowspan=2>2 - 10x<td rowspan=2>0 &lt; Position ≤ 9,000<td \
        rowspan=2>5.00%<tr><td>2 - 5x<td>5,000 &lt; Position ≤ 9,000<td>10.00%<tr><td>1x<td>9,000 &lt; Position ≤ 10,000<td>50.00%<td>1x<td>\
        9,000 &lt; Position ≤ 10,000<td>50.00%";
    let draft = page(&format!("<p>{HEADING}</p><table>{HEAD}{tiers}</table>"));
    assert_eq!(crate::tests::common::codes(&draft), ["no_publication"]);
    let said = crate::tests::common::statement_lines(&draft);
    assert_eq!((said[0].matches(';').count(), said[1].matches(';').count()), (2, 1), "{said:?}");
}

#[test]
fn hostile_pages_are_refused_or_read_in_little_time() {
    let units = [
        "<div>",
        "<b>",
        "<td>",
        "<table>",
        "<table><tr><td>",
        "<tr>",
        "<a><time>",
        "</a>",
        "<aside>",
        "<",
        "</",
        "&",
        "&le;",
        "<tr><td rowspan=65535 colspan=1000>",
        "<td rowspan=65535>5%",
        "<pre>\n",
        "<li>2026-05-05",
        "<a href=x>5x</a><br>",
        "<!--",
        "<x",
        "<td colspan=1000>",
        "a<br>",
        "<h1>a</h1>",
        "<article>",
        "<main><p>a",
        "<p>Published 2026-05-05",
    ];
    for unit in units {
        for (head, length) in
            [("", 60_000), ("<html><body>", 15_000), ("<table><tr><td rowspan=65535 colspan=1000>5%", 15_000)]
        {
            let html = format!("<p>{head}{}", unit.repeat(length / unit.len()));
            let input = Input { file: "x.html", bytes: html.as_bytes(), published_at: None, complete: None };
            let start = std::time::Instant::now();
            let read = ingest::read(&input);
            assert!(read.map_or(true, |draft| draft.has_unread()), "{head}{unit}");
            assert!(start.elapsed().as_secs() < 5, "{head}{unit}: {:?}", start.elapsed());
        }
    }
}

#[test]
fn a_page_with_more_tags_than_a_site_needs_is_refused() {
    let most = tierbook::limits::PAGE_TAGS;
    for (tags, code) in [(most, "no_table"), (most + 1, "document_too_large")] {
        let html = "<b>".repeat(tags);
        let input = Input { file: "x.html", bytes: html.as_bytes(), published_at: None, complete: None };
        assert_eq!(ingest::read(&input).expect_err(code).code().as_str(), code);
    }
}
