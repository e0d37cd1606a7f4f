"""A table of decisions as the file that an audit reads."""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime

from ._rows import Table


@contextlib.contextmanager
def log_file(table: Table, zone: str | None) -> Iterator[str]:
    """The rows of a table in a file, each on a line of its own, for as long as the block lasts."""
    handle, path = tempfile.mkstemp(prefix="tierbook-", suffix=".csv")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([_line(name) for name in table.columns])
            writer.writerows([_cell(cell, zone) for cell in row.values()] for row in table)
        yield path
    finally:
        os.unlink(path)


def _cell(cell: object, zone: str | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        # As in every table: what has a type and no zone is in UTC, or in the zone that is named.
        return cell.isoformat() + ("Z" if cell.tzinfo is None and zone is None else "")
    return _line(str(cell))


def _line(text: str) -> str:
    """A text without line breaks: the number of a line tells the row."""
    return " ".join(text.splitlines())
