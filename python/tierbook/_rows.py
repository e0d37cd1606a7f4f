"""Rows of answers and tables of columns, and how other libraries get them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, overload

from . import _html, _native
from ._columns import Columns
from ._values import Record, one_line
from .exceptions import ColumnError, Error, for_python

class Rows(Columns):
    """The rows of the answer to a query, in the JSON contract.

    By index and in loops it has dictionaries, as ``tierbook query --format jsonl`` prints them: numbers and times are texts,
    exact. As columns (`to_polars`, `to_pandas`, `to_arrow`) nested fields have dotted names, numbers are decimals and
    times are times.

    Examples
    --------
    >>> import tierbook
    >>> rules = tierbook.open("rules.db").snapshot()
    >>> rows = rules.query("mmr of ACTUSDT at 1k, 60k as of 2026-02-07")
    >>> [row["value"] for row in rows]
    ['0.05', '0.1']
    >>> rows["value"]
    ['0.05', '0.1']
    >>> rows
    <Rows: 2 rows of 'mmr of ACTUSDT at 1k, 60k as of 2026-02-07'>
    """

    __slots__ = ("_asked", "_native", "_read")

    def __init__(self, native: _native.Rows, asked: str = "") -> None:
        self._native = native
        self._asked = asked
        self._read: list[Record] | None = None

    def _records(self) -> list[Record]:
        rows = self._read
        if rows is None:
            rows = self._read = json.loads(self._native.json())
        return rows

    def to_dicts(self) -> list[Record]:
        """The rows as dictionaries of the JSON contract."""
        return [dict(row) for row in self._records()]

    def _table(self) -> _native.Table:
        return self._native.table()

    @property
    def svg(self) -> str | None:
        """The drawing of ``chart`` as an SVG document; ``None`` of other rows."""
        return self._native.svg

    def __len__(self) -> int:
        return len(self._native)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice | str) -> list[Any]: ...
    def __getitem__(self, index: int | slice | str) -> Record | list[Any]:
        """A row by its number, some by a slice, or the values of a field by its name; ``None`` where a row has none."""
        rows = self._records()
        if isinstance(index, slice):
            return [dict(row) for row in rows[index]]
        if not isinstance(index, str):
            return dict(rows[index])
        if rows and not any(index in row for row in rows):
            raise no_column(index, dict.fromkeys(name for row in rows for name in row))
        return [row.get(index) for row in rows]

    def __iter__(self) -> Iterator[Record]:
        return map(dict, self._records())

    def __eq__(self, other: object) -> bool:
        return self._records() == other._records() if isinstance(other, Rows) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        """The answer as the command prints it."""
        return self._native.text.rstrip("\n") or repr(self)

    def __repr__(self) -> str:
        asked = f" of {one_line(self._asked, 120)!r}" if self._asked else ""
        return f"<Rows: {len(self)} {'row' if len(self) == 1 else 'rows'}{asked}>"

    def _repr_html_(self) -> str:
        svg = self.svg
        return _html.records(self.to_dicts(), repr(self)) if svg is None else _html.drawing(svg)

    def __reduce__(self) -> tuple[Callable[..., Rows], tuple[str, str, str | None, str]]:
        return (_unpickled_rows, (self._native.json(), self._native.text, self._native.svg, self._asked))


def _unpickled_rows(rows: str, text: str, svg: str | None, asked: str) -> Rows:
    return Rows(_native.Rows(rows, text, svg), asked)


def no_column(name: str, columns: Iterable[str]) -> ColumnError:
    """The error of a column that is not there."""
    return ColumnError(f"there is no column `{name}`; the columns are {', '.join(columns)}", "column_missing")


class Table(Columns):
    """A table with answers: the columns that were asked about, and after them the answers.

    It is in memory as Arrow, so that Polars, pandas, pyarrow and DuckDB take it without a copy.

    Examples
    --------
    >>> import tierbook
    >>> rules = tierbook.open("rules.db").snapshot()
    >>> frame = {"symbol": ["ACTUSDT", "NOSUCHUSDT"], "notional": [60_000, 60_000]}
    >>> table = rules.evaluate(frame, as_of="2026-02-07", measures=["mmr", "margin"])
    >>> table.to_dicts()[0]["margin"], table.without_rule
    (Decimal('5500'), 1)
    >>> table["mmr"], table.status_counts
    ([Decimal('0.1'), None], {'value': 1, 'unknown_subject': 1})
    >>> table
    <Table: 2 rows (1 without a value), 8 columns: symbol, notional, mmr, margin, status, certainty, holds, source>
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.Table) -> None:
        self._native = native

    def _table(self) -> _native.Table:
        return self._native

    @property
    def columns(self) -> Mapping[str, str]:
        """The names of the columns with their types."""
        return dict(self._native.columns())

    @property
    def without_rule(self) -> int:
        """How many rows have no value of a measure, unknown names and unreadable rows too; ``status`` says why."""
        return self._native.done[0]

    @property
    def status_counts(self) -> dict[str, int]:
        """How many rows have each status, the most frequent first."""
        return dict(self._native.status_counts())

    @property
    def unreadable(self) -> int:
        """How many rows had a cell that could not be read (with ``on_error="null"``)."""
        return self._native.done[1]

    @property
    def notices(self) -> tuple[str, ...]:
        """What should be known of how the table was read."""
        return tuple(map(for_python, self._native.done[2]))

    def to_dicts(self) -> list[Record]:
        """Every row as a dictionary: `Decimal`, `int`, `float`, `str`, `bool`, aware `datetime`, ``None``.

        Raises
        ------
        InputError
            A column has a type that none of these is; `to_arrow` and `to_polars` have all.
        """
        return self._native.rows(0, len(self._native))

    def __len__(self) -> int:
        return len(self._native)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice | str) -> list[Any]: ...
    def __getitem__(self, index: int | slice | str) -> Record | list[Any]:
        """A row by its number, some by a slice, or a column as a list by its name."""
        if isinstance(index, str):
            names = [name for name, _ in self._native.columns()]
            if index not in names:
                raise no_column(index, names)
            return self._native.column(names.index(index))
        if isinstance(index, slice):
            places = range(*index.indices(len(self)))
            first = min(places, default=0)
            rows = self._native.rows(first, max(places, default=-1) + 1 - first)
            return [rows[place - first] for place in places]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"row {index} of a table of {len(self)} rows")
        return self._native.rows(place, 1)[0]

    def __iter__(self) -> Iterator[Record]:
        part = 4096
        for start in range(0, len(self), part):
            yield from self._native.rows(start, part)

    def __repr__(self) -> str:
        names = list(self.columns)
        shown = ", ".join(one_line(name, 40) for name in names[:12]) + (", …" if len(names) > 12 else "")
        rows = f"{len(self)} {'row' if len(self) == 1 else 'rows'}"
        without = f" ({self.without_rule} without a value)" if self.without_rule else ""
        notices = f"; {len(self.notices)} in .notices" if self.notices else ""
        return f"<Table: {rows}{without}, {len(names)} columns: {shown}{notices}>"

    def _repr_html_(self) -> str:
        try:
            rows = self._native.rows(0, _html.ROWS)
        except Error:
            return _html.table(["column", "type"], list(self.columns.items()), repr(self))
        shown = [list(row.values()) for row in rows]
        more = "" if len(self) <= _html.ROWS else f"; the first {_html.ROWS}"
        return _html.table(list(self.columns), shown, repr(self) + more)

    def __reduce__(self) -> tuple[Callable[..., Table], tuple[bytes, tuple[int, int, list[str]]]]:
        return (_unpickled_table, (bytes(self._native.to_ipc()), self._native.done))


def _unpickled_table(stream: bytes, done: tuple[int, int, list[str]]) -> Table:
    return Table(_native.Table.from_ipc(stream, done))
