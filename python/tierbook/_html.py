"""What notebooks show: tables with every text escaped, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._answer import Answer

#: How many rows of a long table are shown.
ROWS = 60

#: The colours of the page count where it says whether it is dark: notebooks do.
_STYLE = (
    "color-scheme:light dark;border-collapse:collapse;font:13px system-ui,sans-serif;font-variant-numeric:tabular-nums"
)
_HEAD = "text-align:left;padding:2px 10px;border-bottom:1px solid light-dark(#d1d9e0,#3d444d);font-weight:600"
_CELL = "text-align:left;padding:2px 10px"
_NOTE = "opacity:.75;font:12px system-ui,sans-serif;padding-top:4px"

#: Columns of rows that say where an answer is from; `to_dicts` has them.
_PROVENANCE = frozenset(
    {"source", "address", "warnings", "known_at", "recorded_by", "tx", "message", "reading", "tier"}
)


def table(names: Sequence[str], rows: Iterable[Sequence[Any]], caption: str) -> str:
    """A table under its column names, with a note below it."""
    head = "".join(f'<th style="{_HEAD}">{escape(name)}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{escape(text(cell))}</td>' for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<table style="{_STYLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f'<div style="{_NOTE}">{escape(caption)}</div>'
    )


def text(cell: Any) -> str:
    """A cell as text; a nested object by what names it."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return str(cell.get("kind") or cell.get("id") or cell.get("number") or "…")
    if isinstance(cell, list):
        return ", ".join(text(item) for item in cell)
    return str(cell)


def records(rows: Sequence[dict[str, Any]], caption: str) -> str:
    """Rows of the JSON contract."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in _PROVENANCE]
    # A column that is the same everywhere and empty says nothing.
    names = [name for name in names if any(row.get(name) not in (None, [], "") for row in rows)]
    shown = [[row.get(name) for name in names] for row in rows[:ROWS]]
    more = "" if len(rows) <= ROWS else f"; the first {ROWS} of {len(rows)} rows"
    return table(names, shown, caption + more)


def answer(found: Answer[Any]) -> str:
    """One answer: what it is, how certain, since when, and where it is stated."""
    record = found.to_dict()
    certainty = found.certainty
    rows = [
        ("value", found._shown()),
        ("as of", record.get("as_of")),
        ("certainty", certainty),
        ("other value", None if certainty is None else certainty.other),
        ("until", None if certainty is None else certainty.until),
        ("holds", record.get("holds")),
        ("in force since", record.get("in_force_since")),
        ("next change", record.get("next_change_at")),
        ("source", found.source and f"{found.source.id} {found.source.file}"),
        ("why", found.message),
        *(("warning", warning.message) for warning in found.warnings),
    ]
    filled = [row for row in rows if row[1] is not None]
    return table([found._question(), ""], filled, found.address)


def drawing(svg: str) -> str:
    """A drawing; it has its own colours for light and dark."""
    return f'<div style="max-width:960px">{svg}</div>'
