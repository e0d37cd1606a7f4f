"""What notebooks show: tables and cards with every text escaped, in the colours of the page, light or dark.

The styles are in the elements, because notebooks take style sheets out or let them reach everything. Text has the
colour of the page, and lines are a grey that is seen on white and on black: not every notebook says which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from . import _cells
from ._drawing import drawing as drawing
from ._values import Record, shown

if TYPE_CHECKING:
    from ._answer import Answer
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

#: Fields of rows that a program needs and a reader does not; `to_dicts` has them.
_HIDDEN = frozenset({"address", "axis", "recorded_at", "sha256", "precision", "published_by", "postings", "seen_since"})

#: Fields that stand after the others: sentences.
_LAST = frozenset({"message", "warnings"})


def table(names: Sequence[str], rows: Iterable[Sequence[Any]], caption: str, above: str = "") -> str:
    """A table under its column names, with a note below it: numbers to the right, and what its marks mean."""
    cells = [[_cells.text(cell) for cell in row] for row in rows]
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


def records(rows: Sequence[Record], caption: str) -> str:
    """Rows of the JSON contract. What all of them have in common stands above the table."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in _HIDDEN]
    shown_rows = [{name: _cells.field(name, row) for name in names} for row in rows[:ROWS]]
    names = sorted((name for name in names if any(row[name] for row in shown_rows)), key=_LAST.__contains__)
    same = [name for name in names if len(rows) > 1 and all(row.get(name) == rows[0].get(name) for row in rows)]
    above = " · ".join(
        f'<span style="opacity:.75">{escape(_cells.title(name))}</span> {_marked(shown_rows[0][name])}'
        for name in same
        if (name, shown_rows[0][name]) != ("status", "value")
    )
    names = [name for name in names if name not in same]
    more = "" if len(rows) <= ROWS else f"; the first {ROWS} of {len(rows):,} rows"
    return table(
        [_cells.title(it) for it in names],
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
        ("tier", tier and _cells.tier(tier)),
        ("in force since", record.get("in_force_since") or record.get("seen_since")),
        ("certainty", _cells.field("certainty", record)),
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
        value = str(found.value.number) if found.unit == "tier" else _cells.value(str(found.value), found.unit)
    question = f"{record.get('measure', 'answer').replace('_', ' ')} of {record.get('subject', '?')}"
    if record.get("at") is not None:
        question += f" at {_cells.number(record['at'])}"
    above = f"{escape(question)}: <strong>{_marked(value)}</strong>"
    filled = [(name, _cells.text(cell)) for name, cell in rows if cell]
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
    return _cells.value(str(statement.tiers[0].rate), "fraction") if statement.tiers else ""


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
