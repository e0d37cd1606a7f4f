//! The view of positions: they are kept in the browser, and asked about at `/v1/impact`.

use super::super::asked::Asked;
use super::basis;
use super::copies;
use super::frame::{Place, View};
use super::html::{Html, classed, element, tag, text};
use super::links::Address;
use super::parts::section;

/// What a line of the form looks like.
const EXAMPLE: &str = "symbol,side,quantity,mark_price,leverage\nACTUSDT,long,1000000,0.06,10";

/// The view; the script does the rest.
pub fn view(asked: &Asked) -> View {
    let lead = tag(
        "p",
        "What the announced changes do to positions. They stay in this browser; to answer, they are sent to this server, \
         which stores and logs nothing of them.",
    );
    let path = Address::open(&["positions"]);
    let impact = Address::of(asked, &["v1", "impact"]);
    let url = impact.to_string();
    let noscript = tag(
        "noscript",
        classed(
            "p",
            "nothing",
            [
                text("This view needs scripts. Without them: "),
                tag(
                    "code",
                    format!("curl --data-binary @positions.csv '{}'", copies::address(asked, &impact)),
                ),
            ],
        ),
    );
    let label = element("label", &[("for", "positions-text")], "Positions, as CSV or JSON");
    let hint = element(
        "p",
        &[("id", "positions-hint"), ("class", "hint")],
        [
            text(
                "A header and a line for each position: symbol, side, and quantity with mark_price, or notional; leverage, margin, ",
            ),
            text(
                "entry_price and account where they are known. The exchange's reply to positionRisk is read too.",
            ),
        ],
    );
    let area = element(
        "textarea",
        &[
            ("id", "positions-text"),
            ("rows", "8"),
            ("spellcheck", "false"),
            ("autocomplete", "off"),
            ("aria-describedby", "positions-hint"),
            ("placeholder", EXAMPLE),
        ],
        "",
    );
    let file_label = element("label", &[("for", "positions-file")], "or a file");
    let file = element(
        "input",
        &[("type", "file"), ("id", "positions-file"), ("accept", ".csv,.json,.jsonl,.toml")],
        "",
    );
    let button = |id: &str, words: &str| element("button", &[("type", "button"), ("id", id)], words);
    let buttons = classed(
        "div",
        "buttons",
        [
            element("button", &[("type", "submit")], "Show the impact"),
            button("positions-example", "Fill in an example"),
            button("positions-clear", "Forget them"),
        ],
    );
    let form = element(
        "form",
        &[("id", "positions"), ("data-impact", &url)],
        [label, hint, area, classed("div", "file", [file_label, file]), buttons],
    );
    let status = element("p", &[("id", "positions-status"), ("role", "status")], "");
    let result = element("div", &[("id", "positions-result")], Html::default());
    let body = lead.and(basis::form(asked, &path, &[], None)).and(noscript).and(form).and(section(
        "impact",
        "Impact",
        status.and(result),
    ));
    View::new(Place::Positions, "Positions", body)
}
