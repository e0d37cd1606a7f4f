"""What notebooks show: every text escaped, numbers to the right, the colours of the page."""

import re
from pathlib import Path

import pytest

import tierbook
from tierbook import _html

ROOT = Path(__file__).resolve().parents[2]
UNSAFE = "<script>alert('x')</script>\"&"


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    db = tierbook.create(tmp_path_factory.mktemp("html") / "rules.db")
    db.load(ROOT / "seed/binance-2026-02-03.txt")
    return db.snapshot()


def shown(thing):
    """The HTML of a thing, which no style sheet and no fixed colour of text or ground is in."""
    html = thing._repr_html_()
    assert "<style" not in html and "<script" not in html and " class=" not in html
    dots = re.compile(r'<span style="[^"]*border-radius[^"]*"></span>')
    assert not re.search(r"[;\"](color|background|background-color):", dots.sub("", html))
    return html


def test_texts_are_escaped(rules):
    table = rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1], UNSAFE: [UNSAFE]}, as_of="2026-02-07")
    html = table._repr_html_()
    assert "<script" not in html and html.count("&lt;script&gt;") >= 2
    assert "<script" not in _html.records([{"subject": UNSAFE, UNSAFE: 1}, {"subject": "b"}], UNSAFE)
    assert "<script" not in _html.table([UNSAFE], [[UNSAFE]], UNSAFE)
    document = tierbook.read((ROOT / "seed/binance-2026-02-03.txt").read_text(encoding="utf-8").replace("TSLA", "T<b>"))
    assert "<b>" not in document._repr_html_()


def test_numbers_are_right_aligned_and_texts_are_not(rules):
    html = rules.query("tiers of ACTUSDT as of 2026-02-07")._repr_html_()
    assert re.search(r"text-align:right\">10,000<", html) and re.search(r"text-align:right\">16.67\u00a0%<", html)
    assert 'text-align:left">repaired<' in html


def test_status_and_certainty_are_marked_and_explained(rules):
    html = rules.query("mmr of ACTUSDT at 1k, 900k as of 2026-02-06T07:00Z")._repr_html_()
    assert "</span>above limit" in html and "take it as not allowed" in html
    assert "</span>rolling out until 2026-02-06T07:30Z; the other value is 3\u00a0%" in html
    settled = rules.query("mmr of ACTUSDT at 1k, 2k as of 2026-02-07")._repr_html_()
    assert "</span>settled" in settled and "announced lately" not in settled


@pytest.mark.parametrize("query", ["chart mmr of ACTUSDT", "chart history of mmr of ACTUSDT at 60k"])
def test_drawings_have_the_colours_of_the_page(rules, query):
    rows = rules.query(query)
    html = shown(rows)
    assert "fill:currentColor" in html and "prefers-color-scheme" not in html
    # Every path and line has its style itself, and no text is lost.
    assert not re.search(r"<path(?![^>]*style=)", html)
    assert re.findall(r">([^<>\n]+)</text>", html) == re.findall(r">([^<>\n]+)</text>", rows.svg)


@pytest.mark.parametrize(
    "query",
    [
        "history of ACTUSDT", "changes", "knowledge of mmr of ACTUSDT at 60k as of 2026-02-07", "sources", "subjects",
        "plane of mmr of ACTUSDT at 60k", "diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z", "findings",
        "report", "explain mmr of ACTUSDT at 60k", "upcoming as of 2026-02-05", "history of all",
    ],
)  # fmt: skip
def test_every_statement_is_shown_without_raw_objects(rules, query):
    html = shown(rules.query(query))
    assert "{" not in re.sub(r"style=\"[^\"]*\"", "", html) and "…" not in html
    assert "None" not in html


def test_a_long_table_says_how_much_is_shown(rules):
    table = rules.evaluate({"symbol": ["ACTUSDT"] * 500, "notional": range(500)}, as_of="2026-02-07")
    html = shown(table)
    assert html.count("<tr>") == _html.ROWS + 1 and "the first 60" in html
