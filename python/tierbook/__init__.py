"""tierbook: the margin rules of crypto exchanges, as announced and as known at any time.

It answers what leverage, maintenance margin rate or collateral ratio was in force for a contract or an asset at any
time, exactly, with the document that states it, how certain it is, and as it was known at any earlier time.

Begin with a database and a snapshot of it::

    import tierbook

    db = tierbook.open("rules.db")              # tierbook.create("rules.db") makes one
    db.load("announcement.txt")                 # a file, a folder, an archive, bytes, or a list of them
    rules = db.snapshot()

Ask about one contract::

    answer = rules.contract("ACT/USDT:USDT").mmr(60_000, as_of="2026-02-06T07:00Z")
    answer.value, answer.status, answer.certainty, answer.source

Ask in the query language, about everything::

    rules.query("history of mmr of ACTUSDT at 60k").to_polars()

Ask about every row of a frame, ten million as well::

    rules.evaluate(frame, symbol="symbol", notional="notional", as_of="time", measures=["mmr", "margin"])

Where to look: `Database`, `Snapshot`, `Contract`, `Collateral`, `Answer`, `Rows`, `Table`, `Document`, `Error`. Every
number is exact (`decimal.Decimal`), every time has a zone, and what is not known has a status and no value.
"""

from __future__ import annotations

from . import _native
from ._answer import Answer, AnswerWarning, Certainty, Source, Status, Tier, TierAnswer, TiersAnswer
from ._database import Audit, Correction, Database, Head, Verification
from ._document import Document, Finding, Loaded, LoadReport, Statement, read
from ._impact import Impact
from ._rows import Rows, Table
from ._rules import Collateral, Contract, Snapshot
from ._values import Path as _Path
from ._values import path as _path
from .exceptions import (
    ArgumentError,
    ColumnError,
    DamagedError,
    DatabaseExistsError,
    DatabaseNotFoundError,
    Error,
    InputError,
    LockedError,
    NoRuleError,
    QueryError,
    StoreError,
    UnknownSubjectError,
)

__version__: str = _native.__version__

__all__ = [
    "Answer",
    "AnswerWarning",
    "ArgumentError",
    "Audit",
    "Certainty",
    "Collateral",
    "ColumnError",
    "Contract",
    "Correction",
    "DamagedError",
    "Database",
    "DatabaseExistsError",
    "DatabaseNotFoundError",
    "Document",
    "Error",
    "Finding",
    "Head",
    "Impact",
    "InputError",
    "LoadReport",
    "Loaded",
    "LockedError",
    "NoRuleError",
    "QueryError",
    "Rows",
    "Snapshot",
    "Source",
    "Statement",
    "Status",
    "StoreError",
    "Table",
    "Tier",
    "TierAnswer",
    "TiersAnswer",
    "UnknownSubjectError",
    "Verification",
    "create",
    "open",
    "read",
]


def open(path: _Path) -> Database:
    """Opens the database in a folder. It never creates one.

    Parameters
    ----------
    path : str or path
        The folder.

    Returns
    -------
    Database

    Raises
    ------
    DatabaseNotFoundError
        There is no database in the folder. It is a `FileNotFoundError` too.

    Examples
    --------
    >>> import tierbook
    >>> tierbook.open("rules.db")
    <Database rules.db>
    """
    return Database(_native.Database.open(_path(path, "path")))


def create(path: _Path) -> Database:
    """Makes an empty database in a folder, which is made where it is missing.

    Parameters
    ----------
    path : str or path
        The folder.

    Returns
    -------
    Database

    Raises
    ------
    DatabaseExistsError
        There is a database already. It is a `FileExistsError` too.
    StoreError
        The folder cannot be written.

    Examples
    --------
    >>> import tempfile, tierbook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     db = tierbook.create(folder + "/rules.db")
    ...     db.load("binance-2026-02-03.txt")
    <LoadReport: 1 loaded, 14 warnings, 2 notes>
    """
    return Database(_native.Database.create(_path(path, "path")))


def __dir__() -> list[str]:
    return [*__all__, "__version__", "exceptions"]
