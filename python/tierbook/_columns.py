"""What has columns, and how other libraries get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _native

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
