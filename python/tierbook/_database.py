"""A database: what is recorded in a folder, and every way to change it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, NamedTuple

from . import _native
from ._document import LoadReport
from ._rows import Rows
from ._rules import Snapshot
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
        source: Path | bytes,
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
        source : path or bytes
            A file, a folder or an archive; or the bytes of one document, with its `name`.
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
        >>> report.documents[0].outcome, report.documents[0].statements, len(report.findings)
        ('loaded', 68, 16)
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
        if isinstance(source, (bytes, bytearray, memoryview)):
            loaded = self._native.load(name or "document", bytes(source), options)
        else:
            loaded = self._native.load(path(source, "source"), None, options)
        report = LoadReport._of(*loaded)
        if errors == "raise":
            report.raise_first_error()
        return report

    def unload(self, source: str, *, reason: str, tx: int | None = None) -> Correction:
        """Takes back a source that was loaded by mistake: nobody published it. ``db.undo(tx)`` undoes it."""
        return self._correct("unload", source, reason, tx=tx)

    def retract(self, what: str, *, reason: str, published_at: Time | None = None) -> Correction:
        """Records that the exchange took back a source, or one statement of it (``"ee2413a8367c.55"``).

        Parameters
        ----------
        what : str
            The id of the source, its first digits or its file; or the id of a statement.
        reason : str
            Why, for whoever reads the log.
        published_at : datetime, date or str, optional
            When that was published; now where it is left out.

        Raises
        ------
        QueryError
            Nothing of that name is stored.
        """
        return self._correct("retract", what, reason, published_at)

    def supersede(self, older: str, by: str, *, reason: str, published_at: Time | None = None) -> Correction:
        """Records that a source is replaced by a newer edition, which is stored."""
        return self._correct("supersede", older, reason, published_at, other=by)

    def reschedule(self, change: str, to: Time, *, reason: str, published_at: Time | None = None) -> Correction:
        """Records that the exchange moved a change (``"ee2413a8367c.55"``) to another time."""
        return self._correct("reschedule", change, reason, published_at, to=to)

    def correct_publication(self, source: str, published_at: Time, *, reason: str) -> Correction:
        """Corrects when a source was published."""
        return self._correct("publication", source, reason, to=published_at)

    def undo(self, tx: int | None = None, *, reason: str = "undone") -> Correction:
        """Undoes a transaction; the newest that is neither undone nor an undo where none is given."""
        return self._correct("undo", "", reason, tx=tx)

    def _correct(
        self,
        kind: str,
        what: str,
        reason: str,
        published_at: Time | None = None,
        *,
        other: str | None = None,
        to: Time | None = None,
        tx: int | None = None,
    ) -> Correction:
        checked(tx, int, "tx")
        return Correction(*self._native.correct(kind, what, reason, published_at, other, to, tx))

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

    def audit(self, log: Path, *, zone: str | None = None) -> Audit:
        """Judges the figures of a log of decisions: which were right, and which could not be known then.

        Parameters
        ----------
        log : path
            CSV with columns for the time, the contract, the notional and the figure used (docs/auditing.md).
        zone : str, optional
            The zone of times that have none: ``"UTC"``, ``"+08:00"``.

        Returns
        -------
        Audit

        Raises
        ------
        InputError, StoreError
            The log cannot be read, or has no column for what is needed.

        Examples
        --------
        >>> import pathlib, tempfile, tierbook
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     log = pathlib.Path(folder, "log.csv")
        ...     _ = log.write_text("time,subject,notional,rate\\n2026-02-06T08:00Z,ACTUSDT,60000,0.1\\n")
        ...     audit = tierbook.open("rules.db").audit(log)
        >>> audit.ok, audit.counts["right"]
        (True, 1)
        """
        rows, counts, errors = self._native.audit(path(log, "log"), checked(zone, str, "zone"))
        return Audit(Rows(rows), dict(counts), tuple(errors))

    def backup(self, to: Path) -> int:
        """Copies the database to a folder, or only what is newer there; the number of the newest transaction."""
        return self._native.backup(path(to, "to"))

    def __repr__(self) -> str:
        return "<Database, closed>" if self._opened is None else one_line(f"<Database {self.path}>", 400)
