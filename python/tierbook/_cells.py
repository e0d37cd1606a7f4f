"""Cells of tables as text: numbers with commas, rates as percentages, objects of the JSON contract in a few words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from ._values import Record, shown

if TYPE_CHECKING:
    from ._answer import Tier

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def text(cell: Any) -> str:
    """A cell as text: numbers with commas, times without empty seconds, an object by what it says."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return shown(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, (Decimal, int, float)):
        return number(cell)
    if isinstance(cell, dict):
        return _object(cell)
    if isinstance(cell, (list, tuple)):
        entries = f"{len(cell)} {'entry' if len(cell) == 1 else 'entries'}"
        return entries if any(isinstance(it, dict) for it in cell) else ", ".join(map(text, cell))
    written = str(cell)
    return written.replace(":00Z", "Z") if _TIME.fullmatch(written) else written


def title(name: str) -> str:
    return name.removesuffix("_at").removesuffix("_seconds").replace("_", " ")


def field(name: str, row: Record) -> str:
    """A field of a row as text: a rate as a percentage, other numbers with commas."""
    cell = row.get(name)
    if cell is None or cell == [] or cell == "":
        return ""
    if name == "warnings":
        return ", ".join(dict.fromkeys(it["code"] for it in cell))
    if name.endswith("_seconds"):
        return str(timedelta(seconds=int(cell)))
    if name in ("mmr", "ratio", "rate"):
        return value(cell, "fraction")
    if name in ("value", "value_over", "value_up_to"):
        return value(cell, row.get("unit", ""))
    if name in ("at", "floor", "cap", "over", "up_to", "maintenance_amount") and isinstance(cell, str):
        return number(cell)
    if name == "certainty":
        return _certainty(cell if isinstance(cell, dict) else {"kind": cell[0], "also": cell[1:]}, row.get("unit", ""))
    if name == "reading":
        return "" if cell == "as_published" else str(cell)
    return text(cell)


def value(value: str, unit: str) -> str:
    """A value with its unit: a fraction as a percentage."""
    if unit == "fraction":
        return f"{number(Decimal(value) * 100)}\u00a0%"
    return f"{number(value)}{unit}" if unit == "x" else f"{number(value)} {'' if unit == 'tier' else unit}".rstrip()


def number(value: Decimal | float | str) -> str:
    """A number with commas and without zeros at its end; what is no number as it is."""
    if isinstance(value, float):
        return f"{value:,}"
    try:
        plain = f"{Decimal(value):,f}"
    except (InvalidOperation, ValueError):
        return str(value)
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def tier(tier: Tier) -> str:
    words = f"{tier.number}: above {number(tier.floor)}"
    words += "" if tier.cap is None else f" up to {number(tier.cap)}"
    words += f", {value(str(tier.rate), 'fraction')}"
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
        return ", ".join(f"{Decimal(it['by']):+,f} at {number(it['at'])}" for it in found)
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
        words += f"; the other value is {value(cell['other'], unit)}"
    return words + "".join(f"; also {it.replace('_', ' ')}" for it in cell["also"])


def _rule(rule: Record) -> str:
    parts = [f"{rule['tiers']} tiers" if (rule.get("tiers") or 0) > 1 else ""]
    if rule.get("first_ratio") is not None:
        parts.append(value(rule["first_ratio"], "fraction"))
    if rule.get("max_leverage") is not None:
        parts.append(f"{rule['max_leverage']}x")
    if rule.get("limit") is not None:
        parts.append(f"up to {number(rule['limit'])} {rule.get('unit', '')}".rstrip())
    return ", ".join(part for part in parts if part)
