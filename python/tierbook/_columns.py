"""What has columns, and how other libraries get them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _native
from ._values import one_line
from .exceptions import ArgumentError, ColumnError, Error

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow  # type: ignore[import-untyped]


class Columns:
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


def _not_given(frame: Any, name: str, error: Exception) -> Error:
    """The error of a frame that its own library cannot give as columns of Arrow. The native module calls it."""
    names: Iterable[Any] = () if name else getattr(frame, "columns", ())
    names = [str(it) for it in names]
    for it in dict.fromkeys(names):
        if names.count(it) > 1:
            return ColumnError(f"there are two columns `{it}`", "column_twice", ["rename one of them"])
    name = name or next((it for it in frame_columns(frame) if not _is_given(frame[it])), "")
    what = f"column `{name}`" if name else "the frame"
    message = (
        f"{what} cannot be read as one kind of values: {one_line(str(error.args[0] if error.args else error), 200)}"
    )
    hints = ["give it one kind of values, such as texts: frame.astype({%r: str})" % (name or "COLUMN")]
    return ArgumentError(message, "wrong_argument", hints)


def frame_columns(frame: Any) -> list[Any]:
    """The names by which a frame of pandas has its columns."""
    try:
        return list(frame.columns) if hasattr(frame, "dtypes") else []
    except Exception:
        return []


def _is_given(column: Any) -> bool:
    try:
        give = getattr(column, "__arrow_c_stream__", None)
        return give is None or give() is not None
    except Exception:
        return False
