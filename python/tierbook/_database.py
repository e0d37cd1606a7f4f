"""A database: what is recorded in a folder, and every way to change it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, NamedTuple

from . import _native
from ._audit_log import log_file
from ._document import LoadReport
from ._rows import Rows, Table
from ._rules import Frame, Snapshot
from ._values import Path, Record, Time, checked, of_micros, one_line, path
from .exceptions import ArgumentError, StoreError, for_python


class Head(NamedTuple):
    """The newest transaction of a database.

    Attributes
    ----------
    tx : int
        Its number; 0 where nothing is recorded.
    hash : str
        Its hash, which depends on everything recorded before.
    recorded_at : datetime or None
        When it was recorded.
    """

    tx: int
    hash: str
    recorded_at: datetime | None


@dataclass(frozen=True)
class Correction:
    """What a correction did.

    Attributes
    ----------
    tx : int
        Its transaction; ``db.undo(tx)`` undoes it.
    is_new : bool
        Whether it changed anything; it did not where the same was done before.
    message : str
        What was done, in a sentence.
    """

    tx: int
    is_new: bool
    message: str


@dataclass(frozen=True)
class Verification:
    """What `Database.verify` found.

    Attributes
    ----------
    problems : tuple of str
        Everything that is wrong; empty where all is well.
    notes : tuple of str
        What is unusual but lost nothing.
    transactions, statements : int
        How many were verified.
    tx : int
        The newest transaction.
    hash : str
        Its hash.
    details : dict
        All of it, as ``tierbook verify --format json`` prints it.
    """

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    transactions: int
    statements: int
    tx: int
    hash: str
    details: Record = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __repr__(self) -> str:
        found = "ok" if self.ok else f"{len(self.problems)} problems: {one_line(self.problems[0])}"
        return f"<Verification: {found}, {self.transactions} transactions, {self.statements} statements>"


@dataclass(frozen=True)
class Audit:
    """A log of decisions, judged.

    Attributes
    ----------
    rows : Rows
        Every figure with its judgement, as ``tierbook audit --format jsonl`` prints them.
    counts : dict of str to int
        How many figures there are of each judgement: ``"right"``, ``"right_as_known"``, ``"look_ahead"``, ``"stale"``,
        ``"wrong"``, ``"above_limit"``, ``"ended"``, ``"unknown"``.
    errors : tuple of str
        The lines that cannot be read.
    """

    rows: Rows = field(repr=False)
    counts: Mapping[str, int]
    errors: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every line was read and every figure was right, or right as far as it could be known then."""
        wrong = set(self.counts) - {"right", "right_as_known"}
        return not self.errors and not any(self.counts[judgement] for judgement in wrong)


class Database:
    """A database in a folder; `tierbook.open` and `tierbook.create` give it.

    It is a context manager: after the ``with`` block it is closed. Nothing is lost without it: what `load` and the
    corrections record is on the disk when they return, and snapshots stay usable.

    Examples
    --------
    >>> import tierbook
    >>> with tierbook.open("rules.db") as db:
    ...     rules = db.snapshot()
    >>> rules.contract("ACTUSDT").limit(as_of="2026-02-07").value
    Decimal('800000')
    """

    __slots__ = ("_opened",)

    def __init__(self, native: _native.Database) -> None:
        self._opened: _native.Database | None = native

    @property
    def _native(self) -> _native.Database:
        if self._opened is None:
            raise StoreError("the database is closed", "database_closed", ["open it again: tierbook.open(path)"])
        return self._opened

    @property
    def path(self) -> str:
        """Its folder."""
        return str(self._native.path)

    def close(self) -> None:
        """Closes it. Snapshots stay usable."""
        self._opened = None

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def head(self) -> Head:
        """The newest transaction. Note its hash: `verify` proves later that nothing before it was changed."""
        tx, digits, recorded_at = self._native.head()
        return Head(tx, digits, of_micros(recorded_at))

    def snapshot(self) -> Snapshot:
        """The rules as they are recorded now. It never changes; take another to see what is recorded later."""
        return Snapshot(self._native.snapshot())

    def load(
        self,
        source: Path | bytes | Iterable[Path | bytes],
        *,
        name: str | None = None,
        published_at: Time | None = None,
        allow_unread: bool = False,
        keep: bool = False,
        strict: bool = False,
        complete: bool | None = None,
        venue: str | None = None,
        program: str | None = None,
        use_file_time: bool = False,
        revises: str | None = None,
        errors: Literal["raise", "report"] = "raise",
    ) -> LoadReport:
        """Reads documents and records what they state, each as one transaction.

        Parameters
        ----------
        source : path or bytes, or an iterable of them
            A file, a folder or an archive; or the bytes of one document, with its `name`. Of several one that is not
            there, or cannot be read, stops no other.
        name : str, optional
            The name of the file that `source` is the bytes of; a time in it tells when it was published.
        published_at : datetime, date or str, optional
            When it was published; takes precedence over what the document states.
        allow_unread : bool
            Loads a document although some of its text that looks like a table could not be read.
        keep : bool
            Records an announcement without any margin rule all the same.
        strict : bool
            Refuses a document if any side of its tables could not be read.
        complete : bool, optional
            Whether a table of an exchange names everything it has, so that what it does not name has no rule.
        venue, program : str, optional
            Whose contracts tables in the form of public tools are about: ``"bybit"``, ``"linear"``.
        use_file_time : bool
            A document that nothing else dates was published when its file was last changed.
        revises : str, optional
            The id of the source of which the document is a newer edition.
        errors : {"raise", "report"}
            What happens where a document is not recorded: an exception after all others are, or only the report.

        Returns
        -------
        LoadReport
            The outcome of each document.

        Raises
        ------
        InputError
            A document was refused or cannot be read. The others are recorded; the exception's ``report`` has all.
        LockedError
            Another process is writing.
        DamagedError, StoreError
            The database is damaged, or the disk refuses.

        Examples
        --------
        >>> import tempfile, tierbook
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     db = tierbook.create(folder + "/rules.db")
        ...     report = db.load("binance-2026-02-03.txt")
        >>> report
        <LoadReport: 1 loaded, 14 warnings, 2 notes>
        >>> report.documents[0].outcome, report.documents[0].statements, report.findings[0].code
        ('loaded', 68, 'rounded_rate')
        """
        if errors not in ("raise", "report"):
            hint = "give 'raise' or 'report'"
            raise ArgumentError(f"`errors` is {errors!r}", "wrong_argument", [hint])
        for flag, given in [("allow_unread", allow_unread), ("keep", keep), ("strict", strict)]:
            checked(given, bool, flag)
        checked(use_file_time, bool, "use_file_time")
        checked(complete, bool, "complete")
        checked(name, str, "name")
        options: dict[str, Any] = {
            "published_at": published_at,
            "allow_unread": allow_unread,
            "keep": keep,
            "strict": strict,
            "complete": complete,
            "venue": venue,
            "program": program,
            "use_file_time": use_file_time,
            "revises": revises,
        }
        report = LoadReport._of(*self._native.load(_sources(source, name), options))
        if errors == "raise":
            report.raise_first_error()
        return report

    def log(self, limit: int | None = None) -> Rows:
        """What was recorded, transaction by transaction, in order.

        Parameters
        ----------
        limit : int, optional
            Only so many, the newest.

        Returns
        -------
        Rows
            Of each transaction ``tx``, ``recorded_at``, ``action`` (``"load"``, ``"retract"``, …), ``source``,
            ``file``, ``title``, ``published_at``, ``reason``, ``undone_by`` and ``changed``, the contracts and assets
            whose tables it changed; as ``tierbook log --format jsonl`` prints them.

        Examples
        --------
        >>> import tierbook
        >>> [(row["tx"], row["action"], row["file"]) for row in tierbook.open("rules.db").log()]
        [(1, 'load', 'binance-2026-02-03.txt')]
        """
        checked(limit, int, "limit")
        return Rows(self._native.log(None if limit is None else _counted(limit, "limit")), "log")

    def unload(self, source: Path, *, reason: str, tx: int | None = None) -> Correction:
        """Takes back a source that was loaded by mistake: nobody published it. ``db.undo(tx)`` undoes it.

        Parameters
        ----------
        source : str or path
            The id of the source or its first digits, or the file as it was loaded, by its name or path.
        reason : str
            Why, for whoever reads the log.
        tx : int, optional
            Only what this transaction recorded of it.

        Raises
        ------
        ArgumentError
            No such source is stored, or several have that file; the message names their ids.

        Examples
        --------
        >>> import tempfile, tierbook
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     db = tierbook.create(folder + "/rules.db")
        ...     _ = db.load("./binance-2026-02-03.txt")
        ...     done = db.unload("./binance-2026-02-03.txt", reason="the wrong file")
        >>> done.tx, done.is_new
        (2, True)
        """
        return self._correct("unload", source, reason, tx=tx)

    def retract(self, what: Path, *, reason: str, published_at: Time | None = None) -> Correction:
        """Records that the exchange took back a source, or one statement of it (``"ee2413a8367c.55"``).

        Parameters
        ----------
        what : str or path
            The id of the source, its first digits or its file; or the id of a statement.
        reason : str
            Why, for whoever reads the log.
        published_at : datetime, date or str, optional
            When that was published; now where it is left out.

        Raises
        ------
        ArgumentError
            Nothing of that name is stored, or several sources have that file.
        """
        return self._correct("retract", what, reason, published_at)

    def supersede(self, older: Path, by: Path, *, reason: str, published_at: Time | None = None) -> Correction:
        """Records that a source is replaced by a newer edition, which is stored. Both are named as for `unload`."""
        return self._correct("supersede", older, reason, published_at, other=by)

    def reschedule(self, change: str, to: Time, *, reason: str, published_at: Time | None = None) -> Correction:
        """Records that the exchange moved a change (``"ee2413a8367c.55"``) to another time."""
        return self._correct("reschedule", change, reason, published_at, to=to)

    def correct_publication(self, source: Path, published_at: Time, *, reason: str) -> Correction:
        """Corrects when a source was published. It is named as for `unload`."""
        return self._correct("publication", source, reason, to=published_at)

    def undo(self, tx: int | None = None, *, reason: str = "undone") -> Correction:
        """Undoes a transaction; the newest that is neither undone nor an undo where none is given."""
        return self._correct("undo", "", reason, tx=tx)

    def _correct(
        self,
        kind: str,
        what: Path,
        reason: str,
        published_at: Time | None = None,
        *,
        other: Path | None = None,
        to: Time | None = None,
        tx: int | None = None,
    ) -> Correction:
        checked(tx, int, "tx")
        tx = None if tx is None else _counted(tx, "tx")
        if checked(reason, str, "reason") is None or not reason.strip():
            hints = ["say in a few words why, for whoever reads the log"]
            raise ArgumentError(f"`reason` is {reason!r}", "wrong_argument", hints)
        named = None if other is None else self._source(other, "by")
        what = self._source(what, "source") if kind != "undo" else ""
        return Correction(*self._native.correct(kind, what, reason, published_at, named, to, tx))

    def _source(self, named: Path, argument: str) -> str:
        """The id of the one source that was loaded from a file of that name; other names as they are."""
        text = path(named, argument)
        file = os.path.basename(text)
        ids = dict.fromkeys(row["id"] for row in self.snapshot().sources() if file and row["file"] == file)
        if len(ids) > 1:
            hints = ["name one by its id; `Snapshot.sources()` shows which is which"]
            message = f"{len(ids)} sources have the file `{file}`: {', '.join(ids)}"
            raise ArgumentError(message, "ambiguous_source", hints)
        return next(iter(ids), text)

    def verify(self, head: str | None = None) -> Verification:
        """Recomputes every hash and compares every record; with a hash noted earlier, also that it is in the chain.

        Parameters
        ----------
        head : str, optional
            The hash that `head` or `Snapshot.head` gave once.

        Returns
        -------
        Verification
            ``ok`` is true where nothing is wrong.

        Examples
        --------
        >>> import tierbook
        >>> db = tierbook.open("rules.db")
        >>> db.verify(db.head().hash).ok
        True
        """
        details: Record = json.loads(self._native.verify(checked(head, str, "head")))
        return Verification(
            tuple(map(for_python, details["problems"])),
            tuple(map(for_python, details["notes"])),
            details["transactions"],
            details["statements"],
            details["tx"],
            details["hash"],
            details,
        )

    def audit(self, log: Path | Frame, *, zone: str | None = None) -> Audit:
        """Judges the figures of a log of decisions: which were right, and which could not be known then.

        Parameters
        ----------
        log : path or frame
            CSV or JSON lines with columns for the time, the contract, the notional and the figure used
            (docs/auditing.md); or a table with these columns, of any kind that `Snapshot.evaluate` takes.
        zone : str, optional
            The zone of times that have none: ``"UTC"``, ``"+08:00"``. Typed columns without one are in UTC otherwise.

        Returns
        -------
        Audit
            Its rows have the ``line`` of a file, of which the first is the header: row 0 of a frame is line 2.

        Raises
        ------
        InputError, StoreError
            The log cannot be read, or has no column for what is needed.

        Examples
        --------
        >>> import tierbook
        >>> log = {"time": ["2026-02-06T08:00Z"], "symbol": ["ACTUSDT"], "notional": [60_000], "rate": [0.1]}
        >>> audit = tierbook.open("rules.db").audit(log)
        >>> audit.ok, audit.counts["right"]
        (True, 1)
        """
        checked(zone, str, "zone")
        if isinstance(log, (str, os.PathLike)):
            rows, counts, errors = self._native.audit(path(log, "log"), zone)
        else:
            with log_file(Table(_native.Table.from_frame(log)), zone) as written:
                rows, counts, errors = self._native.audit(written, zone)
        return Audit(Rows(rows), dict(counts), tuple(errors))

    def backup(self, to: Path) -> int:
        """Copies the database to a folder, or only what is newer there; the number of the newest transaction."""
        return self._native.backup(path(to, "to"))

    def __repr__(self) -> str:
        return "<Database, closed>" if self._opened is None else one_line(f"<Database {self.path}>", 400)


def _counted(value: int, name: str) -> int:
    """A number of a transaction, or of transactions."""
    if 0 <= value < 2**63:
        return value
    raise ArgumentError(f"`{name}` is {value}", "wrong_argument", ["give a whole number from 0 on"])


def _sources(source: Any, name: str | None) -> list[tuple[str, bytes | None]]:
    """What is to be loaded: paths, and bytes with their names."""
    given = source if _is_iterable(source) else [source]
    found: list[tuple[str, bytes | None]] = []
    for it in given:
        if isinstance(it, (bytes, bytearray, memoryview)):
            found.append((name or "document", bytes(it)))
        else:
            found.append((path(it, "source"), None))
    if name is not None and len(found) > 1:
        hints = ["load documents with a name one by one, or give their files"]
        raise ArgumentError("`name` is that of one document, but there are several", "wrong_argument", hints)
    return found


def _is_iterable(source: object) -> bool:
    return isinstance(source, Iterable) and not isinstance(source, (str, bytes, bytearray, memoryview, os.PathLike))
