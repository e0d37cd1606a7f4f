//! Files that are no announcement are named for what they are, with a hint that helps.

use std::fs;
use std::path::Path;

use super::tool::{Tool, seed};

/// The error of loading bytes under a name; the database stays as it was.
fn refused(tool: &Tool, name: &str, bytes: &[u8]) -> String {
    let path = tool.dir().with_file_name(name);
    fs::write(&path, bytes).unwrap();
    let ran = tool.run([Path::new("load"), &path]);
    assert_eq!((ran.code, tool.rows("sources").0.len()), (4, 1), "{name}: {}", ran.text());
    let error = ran.err.split_once("error[").map(|(_, error)| error);
    let checked = tool.run([Path::new("check"), &path]);
    assert_eq!(checked.err.split_once("error[").map(|(_, error)| error), error, "{name}");
    ran.err
}

/// A text in UTF-16, with a mark or without.
fn utf16(text: &str, is_big: bool, is_marked: bool) -> Vec<u8> {
    let units = is_marked.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn page(title: &str, body: &str) -> String {
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>")
}

const HEADER: &str = "<tr><th colspan=3>Previous Leverage and Margin Tiers</th><th colspan=3>New Leverage and \
    Margin Tiers</th></tr><tr><td>Leverage</td><td>Position (Notional Value in USDT)</td><td>Maintenance Margin \
    Rate</td><td>Leverage</td><td>Position (Notional Value in USDT)</td><td>Maintenance Margin Rate</td></tr>";

#[test]
fn a_pdf_is_named_and_its_text_is_asked_for() {
    let tool = Tool::seeded();
    for bytes in
        [&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"[..], b"\r\n%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\n"]
    {
        let error = refused(&tool, "post.txt", bytes);
        assert!(error.contains("error[pdf_file]: the document is a PDF"), "{error}");
        assert!(error.contains("copy the text of the announcement into a .txt file"), "{error}");
    }
}

#[test]
fn utf_16_is_named_with_its_byte_order_and_reads_once_it_is_converted_as_the_hint_says() {
    let tool = Tool::seeded();
    let text = fs::read_to_string(seed()).unwrap();
    for (is_big, name, long) in [(false, "UTF-16LE", "little"), (true, "UTF-16BE", "big")] {
        for is_marked in [false, true] {
            let mut bytes = utf16(&text, is_big, is_marked);
            let error = refused(&tool, "post.txt", &bytes);
            let named =
                format!("error[other_encoding]: the document is UTF-16 text ({long}-endian), not UTF-8");
            assert!(error.contains(&named), "{error}");
            assert!(error.contains(&format!("iconv -f {name} -t UTF-8 FILE")), "{error}");
            bytes.truncate(1_001);
            assert!(refused(&tool, "cut.txt", &bytes).contains("other_encoding"));
            // iconv keeps the mark.
            let converted = format!("{}{text}", if is_marked { "\u{feff}" } else { "" });
            let path = tool.dir().with_file_name("converted.txt");
            fs::write(&path, converted).unwrap();
            let ran = tool.run([Path::new("check"), &path]);
            assert!(ran.code == 1 && ran.err.contains("68 statements"), "{}", ran.text());
        }
    }
    assert!(refused(&tool, "wide.txt", b"\xff\xfe\0\0a\0\0\0").contains("UTF-32 text (little-endian)"));
    // A few NUL bytes are no UTF-16, and neither is a text of two-byte characters in UTF-8.
    assert!(refused(&tool, "binary.txt", &[0, 159, 146, 150, 0, 1, 2, 3]).contains("error[not_text]"));
    assert!(refused(&tool, "cyrillic.txt", "Плечо и маржа".as_bytes()).contains("error[no_table]"));
}

#[test]
fn archives_images_and_documents_of_word_processors_are_named() {
    let tool = Tool::seeded();
    for (bytes, what) in [
        (&b"PK\x03\x04\x14\0\x06\0"[..], "Word or Excel"),
        (b"\x89PNG\r\n\x1a\n\0", "a PNG image"),
        (b"{\\rtf1\\ansi text}", "an RTF document"),
    ] {
        let error = refused(&tool, "post.txt", bytes);
        assert!(error.contains("error[not_text]") && error.contains(what), "{what}: {error}");
    }
}

#[test]
fn a_login_page_is_named() {
    let tool = Tool::seeded();
    let form = "<h1>Welcome</h1><form><input type=email><input type=\"password\"><button>Go</button></form>";
    for (title, body) in [
        ("Exchange", form),
        ("Log In | Exchange", "<div id=app></div>"),
        ("Sign in to Exchange", "<p>Continue with e-mail</p>"),
        ("登录 - Exchange", "<p>密码</p>"),
        ("Exchange", "<h1>Log in</h1><table><tr><td>E-mail</td></tr></table>"),
    ] {
        let error = refused(&tool, "post.html", page(title, body).as_bytes());
        assert!(
            error.contains("error[login_page]") && error.contains("open the announcement"),
            "{title}: {error}"
        );
    }
    for (title, body) in
        [("Login rewards of May", "<p>Trade and win.</p>".to_string()), ("News", form.repeat(400))]
    {
        let error = refused(&tool, "post.html", page(title, &body).as_bytes());
        assert!(error.contains("error[no_table]"), "{title}: {error}");
    }
}

#[test]
fn a_page_whose_tables_have_no_row_is_named() {
    let tool = Tool::seeded();
    let heading = "<h2>2026-05-08 06:30 (UTC): ABCUSDT (USDⓈ-M Perpetual Contract)</h2>";
    for (tables, message) in [
        ("<table></table>".to_string(), "the table on the page has no row"),
        (format!("<table>{HEADER}</table>"), "the table on the page has no row"),
        (
            format!("<table>{HEADER}<tbody><tr><td></td><td> </td></tr></tbody></table>"),
            "the table on the page has no row",
        ),
        (format!("<table>{HEADER}</table><table></table>"), "the 2 tables on the page have no rows"),
    ] {
        let body = format!("<h1>Tiers change</h1>{heading}{tables}<p>2026-05-05</p>");
        let error = refused(&tool, "post.html", page("Tiers change", &body).as_bytes());
        assert!(error.contains(&format!("error[empty_table]: {message}")), "{tables}: {error}");
        assert!(error.contains("once the browser shows its tables"), "{error}");
    }
    // A table that could not be read is not called empty.
    let row = "<tr><td>1x</td><td>0 &lt; Position ≤ 5?000</td><td>50%</td></tr>";
    let body = format!("{heading}<table>{HEADER}{row}</table>");
    let error = refused(&tool, "post.html", page("Tiers change", &body).as_bytes());
    assert!(!error.contains("empty_table"), "{error}");
    let error = refused(&tool, "post.html", page("News", "<p>Nothing here.</p>").as_bytes());
    assert!(error.contains("error[no_table]") && error.contains("once the browser shows"), "{error}");
}
