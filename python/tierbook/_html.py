"""What notebooks show: tables and cards with every text escaped, in the colours of the page, light or dark.

The styles are in the elements, because notebooks take style sheets out or let them reach everything. Text has the colour of
the page, and lines are a grey that is seen on white and on black: not every notebook says which of them it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from html import escape
from typing import TYPE_CHECKING, Any

from ._values import Record, shown

if TYPE_CHECKING:
    from ._answer import Answer, Tier
    from ._document import Document, Statement

#: How many rows of a long table are shown.
ROWS = 60

_LINE = "1px solid rgba(128,128,128,.4)"
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.3em 0"
_HEAD = f"padding:2px 10px;border:0;border-bottom:{_LINE};font-weight:600;white-space:nowrap;vertical-align:bottom"
_CELL = "padding:2px 10px;border:0;vertical-align:top;max-width:32em;overflow-wrap:anywhere"
_NOTE = "font-size:.9em;opacity:.75;margin:.3em 0"
_DOT = "display:inline-block;width:.6em;height:.6em;border-radius:50%;margin-right:.45em;background:"

#: What a status or a certainty means, in a few words, and the colour of its dot: good, look at it, no value.
_GOOD, _CARE, _NONE = "#2da44e", "#d29922", "#e5534b"
_MEANINGS = {
    "settled": (_GOOD, "confirmed or announced lately"),
    "rolling_out": (_CARE, "the change has started and may not be complete everywhere"),
    "unconfirmed": (_CARE, "nothing later confirms it, and it is old"),
    "unseen_change": (_CARE, "another rule was seen later; no announcement states when it came"),
    "doubtful": (_CARE, "what was read may be another number"),
    "contradicted": (_NONE, "sources state different rules for the same time"),
    "no_limit": (_GOOD, "no figure limits the position"),
    "above_limit": (_NONE, "the rule has no tier for it: take it as not allowed"),
    "ended": (_NONE, "there is no rule any more"),
    "unknown": (_NONE, "no statement reaches that time"),
    "not_known_then": (_NONE, "it was not public, or not recorded, at the time asked"),
    "unknown_subject": (_NONE, "nothing of that name is stored"),
    "unreadable": (_NONE, "a cell of the row cannot be read"),
}

#: The colours of drawings, which are made for a white page, as colours for any page.
_COLOURS = {
    "#fff": "none",
    "#1f2328": "currentColor",
    "#59636e": "currentColor;opacity:.75",
    "#818b98": "currentColor;opacity:.6",
    "#d1d9e0": "currentColor;opacity:.2",
    "#0969da": "#388bfd",
    "#b35900": "#d18616",
    "#9a3412": "#c0622a",
    "#cf222e": _NONE,
}

#: Fields of rows that a program needs and a reader does not; `to_dicts` has them.
_HIDDEN = frozenset({"address", "axis", "recorded_at", "sha256", "precision", "published_by", "postings", "seen_since"})

#: Fields that stand after the others: sentences.
_LAST = frozenset({"message", "warnings"})

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def table(names: Sequence[str], rows: Iterable[Sequence[Any]], caption: str, above: str = "") -> str:
    """A table under its column names, with a note below it: numbers to the right, and what its marks mean."""
    cells = [[text(cell) for cell in row] for row in rows]
    right = [_is_numeric([row[place] for row in cells]) for place in range(len(names))]
    head = "".join(_cell("th", _HEAD, escape(name), is_right) for name, is_right in zip(names, right))
    body = "".join(f"<tr>{''.join(_data(cell, is_right) for cell, is_right in zip(row, right))}</tr>" for row in cells)
    return (
        '<div style="overflow-x:auto;max-width:100%">'
        + (f'<div style="margin:.3em 0">{above}</div>' if above else "")
        + f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        + _legend(cell for row in cells for cell in row)
        + (f'<div style="{_NOTE}">{escape(_unquoted(caption))}</div>' if caption else "")
        + "</div>"
    )


def text(cell: Any) -> str:
    """A cell as text: numbers with commas, times without empty seconds, an object by what it says."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return shown(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, (Decimal, int, float)):
        return _number(cell)
    if isinstance(cell, dict):
        return _object(cell)
    if isinstance(cell, (list, tuple)):
        entries = f"{len(cell)} {'entry' if len(cell) == 1 else 'entries'}"
        return entries if any(isinstance(it, dict) for it in cell) else ", ".join(map(text, cell))
    written = str(cell)
    return written.replace(":00Z", "Z") if _TIME.fullmatch(written) else written


def records(rows: Sequence[Record], caption: str) -> str:
    """Rows of the JSON contract. What all of them have in common stands above the table."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in _HIDDEN]
    shown_rows = [{name: _field(name, row) for name in names} for row in rows[:ROWS]]
    names = sorted((name for name in names if any(row[name] for row in shown_rows)), key=_LAST.__contains__)
    same = [name for name in names if len(rows) > 1 and len({row[name] for row in shown_rows}) == 1]
    above = " · ".join(
        f'<span style="opacity:.75">{escape(_title(name))}</span> {_marked(shown_rows[0][name])}'
        for name in same
        if (name, shown_rows[0][name]) != ("status", "value")
    )
    names = [name for name in names if name not in same]
    more = "" if len(rows) <= ROWS else f"; the first {ROWS} of {len(rows):,} rows"
    return table(
        [_title(it) for it in names],
        [[row[it] for it in names] for row in shown_rows],
        caption + more,
        above,
    )


def answer(found: Answer[Any]) -> str:
    """One answer: what it is, how certain, since when, and where it is stated."""
    record = found.to_dict()
    tier = found.tier
    rows = [
        ("as of", record.get("as_of")),
        ("known at", record.get("known_at")),
        ("recorded by", record.get("recorded_by")),
        ("tier", tier and _tier(tier)),
        ("in force since", record.get("in_force_since") or record.get("seen_since")),
        ("certainty", _field("certainty", record)),
        ("holds", record.get("holds") and f"with a probability of {record['holds']}"),
        ("next change", record.get("next_change_at")),
        ("because", found.message),
        *(("warning", warning.message) for warning in found.warnings),
        ("source", found.source and f"{found.source.id} {found.source.file}"),
        ("published", found.source and found.source.published_at),
        ("cite", found.address),
    ]
    if found.value is None:
        value = found._shown()
    else:
        value = str(found.value.number) if found.unit == "tier" else _value(str(found.value), found.unit)
    question = f"{record.get('measure', 'answer')} of {record.get('subject', '?')}".replace("_", " ", 1)
    if record.get("at") is not None:
        question += f" at {_number(record['at'])}"
    above = f"{escape(question)}: <strong>{_marked(value)}</strong>"
    filled = [(name, text(cell)) for name, cell in rows if cell]
    body = "".join(f"<tr>{_data(name, style=_CELL + ';opacity:.75')}{_data(cell)}</tr>" for name, cell in filled)
    return (
        f'<div style="overflow-x:auto;max-width:100%"><div style="padding:2px 10px">{above}</div>'
        f'<table style="{_TABLE}"><tbody>{body}</tbody></table>{_legend([value, *(cell for _, cell in filled)])}</div>'
    )


def document(read: Document) -> str:
    """A document: what it states, and what was found in it."""
    statements = [(it.subject, it.kind, it.valid_at, len(it.tiers), _first(it)) for it in read.statements[:ROWS]]
    findings = [(it.severity, it.code, ", ".join(it.subjects), it.message) for it in read.findings[:ROWS]]
    more = f"{len(read.statements):,} statements" + (f", the first {ROWS}" if len(read.statements) > ROWS else "")
    above = f"<strong>{escape(read.title)}</strong>"
    if read.published_at is not None:
        above += f", published {escape(shown(read.published_at))}"
    html = table(["subject", "kind", "valid at", "tiers", "leverage or ratio"], statements, more, above)
    if findings:
        more = f"{len(read.findings):,} findings" + (f", the first {ROWS}" if len(read.findings) > ROWS else "")
        html += table(["severity", "finding", "of", "message"], findings, more)
    return html


def _first(statement: Statement) -> str:
    """The highest leverage that a statement allows, or the ratio with which it begins."""
    leverages = [tier.max_leverage for tier in statement.tiers if tier.max_leverage is not None]
    if leverages:
        return f"{max(leverages)}x"
    return _value(str(statement.tiers[0].rate), "fraction") if statement.tiers else ""


def drawing(svg: str) -> str:
    """A drawing in the colours of the page: each element has its style itself, so that none reaches the rest of the page."""
    sheet = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)
    if sheet is None:
        return f'<div style="max-width:960px">{svg}</div>'
    plain = sheet[1].split("@media")[0]
    for colour, themed in _COLOURS.items():
        plain = re.sub(rf"{colour}\b", themed, plain)
    rules = [
        (frozenset(selector.strip().split(".")) - {""}, found[2])
        for found in re.finditer(r"([^{}]+)\{([^{}]*)\}", plain)
        for selector in found[1].split(",")
    ]

    def styled(found: re.Match[str]) -> str:
        tag, attributes = found[1], found[2]
        classes = re.search(r' class="([^"]*)"', attributes)
        names = {tag, *(classes[1].split() if classes else ())}
        style = ";".join(declarations for selector, declarations in rules if selector <= names)
        if classes:
            attributes = attributes.replace(classes[0], "")
        return f"<{tag}{attributes}" + (f' style="{style}"' if style else "")

    drawn = re.sub(r'<(\w+)((?: [\w:-]+="[^"]*")*)', styled, svg.replace(sheet[0], ""))
    return f'<div style="max-width:960px">{drawn}</div>'


def _unquoted(caption: str) -> str:
    """A note that begins with a `repr`, without the brackets of that."""
    return re.sub("^<(.*)>", r"\1", caption)


def _data(cell: str, is_right: bool = False, style: str = _CELL) -> str:
    # Times, numbers and names are broken nowhere; sentences have room before they are.
    space = "white-space:nowrap" if len(cell) <= 40 else "min-width:18em"
    return _cell("td", f"{style};{space}", _marked(cell), is_right)


def _cell(tag: str, style: str, html: str, is_right: bool = False) -> str:
    return f'<{tag} style="{style};text-align:{"right" if is_right else "left"}">{html}</{tag}>'


def _marked(cell: str) -> str:
    """A text, escaped, with a dot before it where it is a status or a certainty."""
    code = _code(cell)
    dot = f'<span style="{_DOT}{_MEANINGS[code][0]}"></span>' if code else ""
    return dot + escape(cell.replace("_", " ") if code else cell)


def _code(cell: str) -> str | None:
    """The status or certainty with which a cell begins."""
    first = re.match(r"[a-z_]+", cell)
    return first[0] if first and first[0] in _MEANINGS and (first[0] == cell or cell[first.end()] in " ;,") else None


def _legend(cells: Iterable[str]) -> str:
    """What the marks that occur mean, but for the one that needs no care."""
    codes = dict.fromkeys(code for code in map(_code, cells) if code and code != "settled")
    parts = (f"{_marked(code)}: {escape(_MEANINGS[code][1])}" for code in codes)
    return "".join(f'<div style="{_NOTE}">{part}</div>' for part in parts)


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(
        re.fullmatch(r"[-+−]?[\d,.]+(e[-+]?\d+)?(\u00a0%|x)?", cell, re.IGNORECASE) for cell in filled
    )


def _title(name: str) -> str:
    return name.removesuffix("_at").removesuffix("_seconds").replace("_", " ")


def _field(name: str, row: Record) -> str:
    """A field of a row as text: a rate as a percentage, other numbers with commas."""
    cell = row.get(name)
    if cell is None or cell == [] or cell == "":
        return ""
    if name == "warnings":
        return ", ".join(dict.fromkeys(it["code"] for it in cell))
    if name.endswith("_seconds"):
        return str(timedelta(seconds=int(cell)))
    if name in ("mmr", "ratio", "rate"):
        return _value(cell, "fraction")
    if name in ("value", "value_over", "value_up_to"):
        return _value(cell, row.get("unit", ""))
    if name in ("at", "floor", "cap", "over", "up_to", "maintenance_amount") and isinstance(cell, str):
        return _number(cell)
    if name == "certainty":
        return _certainty(cell if isinstance(cell, dict) else {"kind": cell[0], "also": cell[1:]}, row.get("unit", ""))
    if name == "reading":
        return "" if cell == "as_published" else str(cell)
    return text(cell)


def _value(value: str, unit: str) -> str:
    """A value with its unit: a fraction as a percentage."""
    if unit == "fraction":
        return f"{_number(Decimal(value) * 100)}\u00a0%"
    return f"{_number(value)}{unit}" if unit == "x" else f"{_number(value)} {'' if unit == 'tier' else unit}".rstrip()


def _number(value: Decimal | float | str) -> str:
    """A number with commas and without zeros at its end; what is no number as it is."""
    if isinstance(value, float):
        return f"{value:,}"
    try:
        plain = f"{Decimal(value):,f}"
    except (InvalidOperation, ValueError):
        return str(value)
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _tier(tier: Tier) -> str:
    words = f"{tier.number}: above {_number(tier.floor)}"
    words += "" if tier.cap is None else f" up to {_number(tier.cap)}"
    words += f", {_value(str(tier.rate), 'fraction')}"
    return words if tier.max_leverage is None else f"{words}, {tier.max_leverage}x"


def _object(cell: Record) -> str:
    """A nested object of the JSON contract in a few words."""
    if "kind" in cell and "also" in cell:
        return _certainty(cell)
    if "tiers" in cell and "limit" in cell:
        return _rule(cell)
    if isinstance(cell.get("rule"), dict):
        return _rule(cell["rule"])
    if "largest_rise" in cell:
        found = [cell[name] for name in ("largest_rise", "largest_fall") if cell.get(name)]
        return ", ".join(f"{Decimal(it['by']):+,f} at {_number(it['at'])}" for it in found)
    for name in ("kind", "id", "number", "statement", "status"):
        if cell.get(name) is not None:
            return str(cell[name])
    return "…"


def _certainty(cell: Record, unit: str = "") -> str:
    words = str(cell["kind"])
    if cell.get("until"):
        words += f" until {text(cell['until'])}"
    if cell.get("after") and cell.get("by"):
        words += f" after {text(cell['after'])}, not later than {text(cell['by'])}"
    if cell.get("other") is not None:
        words += f"; the other value is {_value(cell['other'], unit)}"
    return words + "".join(f"; also {it.replace('_', ' ')}" for it in cell["also"])


def _rule(rule: Record) -> str:
    parts = [f"{rule['tiers']} tiers" if (rule.get("tiers") or 0) > 1 else ""]
    if rule.get("first_ratio") is not None:
        parts.append(_value(rule["first_ratio"], "fraction"))
    if rule.get("max_leverage") is not None:
        parts.append(f"{rule['max_leverage']}x")
    if rule.get("limit") is not None:
        parts.append(f"up to {_number(rule['limit'])} {rule.get('unit', '')}".rstrip())
    return ", ".join(part for part in parts if part)
