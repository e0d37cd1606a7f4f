"""Rows of answers and tables of columns, and how other libraries get them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, overload

from . import _html, _native
from ._values import Record, one_line
from .exceptions import Error, for_python

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow  # type: ignore[import-untyped]


class _Columns:
    """What has columns: it gives itself to every library that reads Arrow."""

    __slots__ = ()

    def _table(self) -> _native.Table:
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The C stream interface of Arrow: ``polars.DataFrame(x)``, ``pyarrow.table(x)``, ``duckdb.sql("from x")``.

        Nothing is copied. `requested_schema` is not needed: the receiver converts.
        """
        return self._table().stream()

    def to_polars(self) -> polars.DataFrame:
        """A frame of Polars: decimals exact, times in UTC.

        Returns
        -------
        polars.DataFrame

        Raises
        ------
        ModuleNotFoundError
            Polars is not installed.
        """
        import polars

        return polars.DataFrame(self)

    def to_arrow(self) -> pyarrow.Table:
        """A table of pyarrow.

        Returns
        -------
        pyarrow.Table

        Raises
        ------
        ModuleNotFoundError
            pyarrow is not installed.
        """
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self) -> pandas.DataFrame:
        """A frame of pandas. pandas has no decimals of its own: they are objects of `decimal.Decimal`, exact.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        ModuleNotFoundError
            pandas or pyarrow is not installed.
        """
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame


class Rows(_Columns):
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
    >>> rows
    <Rows: 2 rows>
    """

    __slots__ = ("_native", "_read")

    def __init__(self, native: _native.Rows) -> None:
        self._native = native
        self._read: list[Record] | None = None

    def to_dicts(self) -> list[Record]:
        """The rows as dictionaries of the JSON contract."""
        rows = self._read
        if rows is None:
            rows = self._read = json.loads(self._native.json())
        return [dict(row) for row in rows]

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
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        return self.to_dicts()[index]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.to_dicts())

    def __eq__(self, other: object) -> bool:
        return self.to_dicts() == other.to_dicts() if isinstance(other, Rows) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        """The answer as the command prints it."""
        return self._native.text.rstrip("\n") or repr(self)

    def __repr__(self) -> str:
        return f"<Rows: {len(self)} {'row' if len(self) == 1 else 'rows'}>"

    def _repr_html_(self) -> str:
        svg = self.svg
        return _html.records(self.to_dicts(), repr(self)) if svg is None else _html.drawing(svg)

    def __reduce__(self) -> tuple[Callable[..., Rows], tuple[str, str, str | None]]:
        return (_unpickled_rows, (self._native.json(), self._native.text, self._native.svg))


def _unpickled_rows(rows: str, text: str, svg: str | None) -> Rows:
    return Rows(_native.Rows(rows, text, svg))


class Table(_Columns):
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
    >>> table
    <Table: 2 rows, 8 columns: symbol, notional, mmr, margin, status, certainty, holds, source>
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
        """How many rows have no value of a measure; their ``status`` says why."""
        return self._native.done[0]

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

    def __getitem__(self, row: int) -> Record:
        place = row + len(self) if row < 0 else row
        if not 0 <= place < len(self):
            raise IndexError(f"row {row} of a table of {len(self)} rows")
        return self._native.rows(place, 1)[0]

    def __iter__(self) -> Iterator[Record]:
        part = 4096
        for start in range(0, len(self), part):
            yield from self._native.rows(start, part)

    def __repr__(self) -> str:
        names = list(self.columns)
        shown = ", ".join(one_line(name, 40) for name in names[:12]) + (", …" if len(names) > 12 else "")
        rows = "row" if len(self) == 1 else "rows"
        return f"<Table: {len(self)} {rows}, {len(names)} columns: {shown}>"

    def _repr_html_(self) -> str:
        try:
            rows = self._native.rows(0, _html.ROWS)
        except Error:
            return _html.table(["column", "type"], list(self.columns.items()), repr(self))
        shown = [list(row.values()) for row in rows]
        more = "" if len(self) <= _html.ROWS else f"; the first {_html.ROWS}"
        return _html.table(list(self.columns), shown, repr(self) + more)

    def __reduce__(self) -> tuple[Callable[[bytes], Table], tuple[bytes]]:
        return (_unpickled_table, (bytes(self._native.to_ipc()),))


def _unpickled_table(stream: bytes) -> Table:
    return Table(_native.Table.from_ipc(stream))
