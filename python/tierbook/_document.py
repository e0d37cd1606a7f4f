"""Documents: what one states, what was found in it, and what loading did with it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, cast

from . import _html, _native
from ._answer import Tier
from ._values import Record, Time, checked, instant, one_line
from .exceptions import ArgumentError, Error, InputError, for_python

#: The outcome of loading a document.
Outcome: TypeAlias = Literal["loaded", "already_loaded", "no_rule", "refused", "unreadable"]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, suspicious or unread in a document.

    Attributes
    ----------
    code : str
        A stable name for it, such as ``"gap"``; docs/announcements.md lists all.
    severity : str
        ``"error"`` (something is not read), ``"warning"`` or ``"note"``.
    message : str
        The same in a sentence.
    span : tuple of int
        The bytes of the document.
    subjects : tuple of str
        The contracts or assets.
    file : str
        The name of the document's file; empty where it has none.
    """

    code: str
    severity: str
    message: str
    span: tuple[int, int]
    subjects: tuple[str, ...]
    file: str = ""

    @staticmethod
    def _of(record: Record, file: str) -> Finding:
        start, end = record["span"]
        message, subjects = for_python(record["message"]), tuple(record["subjects"])
        return Finding(record["code"], record["severity"], message, (start, end), subjects, file)


@dataclass(frozen=True)
class Statement:
    """What a document states about one contract or asset.

    Attributes
    ----------
    subject : str
        Its full name.
    kind : str
        ``"change"`` (from `valid_at` on), ``"previous"`` (the rule before a change), ``"observation"``, ``"end"``,
        ``"launch"``, ``"conversion"`` or ``"postponed"``.
    valid_at : datetime or None
        When it takes effect; of a rule before a change, when that takes effect; ``None`` for the publication.
    tiers : tuple of Tier
        The table; empty where it states none.
    span : tuple of int
        The bytes of the document that state it.
    details : dict
        All of it as JSON.
    """

    subject: str
    kind: str
    valid_at: datetime | None
    tiers: tuple[Tier, ...] = field(repr=False)
    span: tuple[int, int]
    details: Record = field(repr=False, compare=False)

    @staticmethod
    def _of(record: Record) -> Statement:
        start, end = record["span"]
        return Statement(
            record["subject"],
            record["kind"],
            instant(record["valid_at"]),
            tuple(Tier._of(tier) for tier in record["tiers"]),
            (start, end),
            record,
        )


@dataclass(frozen=True)
class Document:
    """A document that was read without a database; `tierbook.read` gives it.

    Attributes
    ----------
    title : str
        Its title.
    published_at : datetime or None
        When it was published, as far as it or its name tells.
    statements : tuple of Statement
        What it states, in order.
    findings : tuple of Finding
        What is wrong, suspicious or unread in it, in order.
    sha256 : str
        The hash of its bytes; its first 12 digits are the id that a database gives it.
    text : str
        The text in which the spans are places, counted in bytes of UTF-8.
    has_unread : bool
        Whether something could not be read, so that `Database.load` refuses it.

    Examples
    --------
    >>> import pathlib, tierbook
    >>> document = tierbook.read(pathlib.Path("binance-2026-02-03.txt"))
    >>> document.quoted(document.findings[0].span)
    '3x100,000 < Position ≤ 500,00016.70%'
    """

    title: str
    published_at: datetime | None
    statements: tuple[Statement, ...] = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    sha256: str = field(repr=False)
    text: str = field(repr=False)
    has_unread: bool

    def quoted(self, span: tuple[int, int]) -> str:
        """The words at a place, such as the ``span`` of a statement or finding.

        Raises
        ------
        ArgumentError
            `span` is no pair of two numbers, such as the ``None`` of an answer without a place.
        """
        if not (isinstance(span, (tuple, list)) and len(span) == 2 and all(isinstance(it, int) for it in span)):
            hints = ["give the span of a statement or finding: document.quoted(finding.span)"]
            raise ArgumentError(f"`span` is {one_line(repr(span))}, not a place", "wrong_argument", hints)
        start, end = (max(0, it) for it in span)
        return self.text.encode()[start:end].decode(errors="replace")

    def __repr__(self) -> str:
        counts = f"{len(self.statements)} statements, {len(self.findings)} findings"
        return f"<Document {one_line(self.title)!r}: {counts}>"

    def _repr_html_(self) -> str:
        return _html.document(self)


def read(
    source: str | bytes | os.PathLike[str],
    *,
    name: str | None = None,
    published_at: Time | None = None,
    venue: str | None = None,
    program: str | None = None,
    complete: bool | None = None,
) -> Document:
    """Reads a document without a database: an announcement, a page, a table of an exchange or a seed.

    Parameters
    ----------
    source : str, bytes or path
        The text of the document as ``str`` or ``bytes``, or its file as a `pathlib.Path`.
    name : str, optional
        The name of its file; a time in it tells when it was published.
    published_at : datetime, date or str, optional
        When it was published.
    venue, program : str, optional
        Whose contracts tables in the form of public tools are about.
    complete : bool, optional
        Whether a table of an exchange names everything it has.

    Returns
    -------
    Document
        Its statements, and what was found in it: what cannot be read is a finding, with its place.

    Raises
    ------
    InputError
        It is no text, of no form that is known, or has no margin rule at all.
    FileNotFoundError, OSError
        The file cannot be read.

    Examples
    --------
    >>> import pathlib, tierbook
    >>> document = tierbook.read(pathlib.Path("binance-2026-02-03.txt"))
    >>> document.statements[0].subject, document.statements[0].kind
    ('binance:pm:LTC', 'change')
    >>> len(document.statements), len(document.findings)
    (68, 16)
    """
    if isinstance(source, os.PathLike):
        with open(source, "rb") as file:
            content = file.read()
        name = name or os.path.basename(os.fspath(source))
    else:
        content = _content(source)
    for argument, value in [("name", name), ("venue", venue), ("program", program)]:
        checked(value, str, argument)
    checked(complete, bool, "complete")
    try:
        found, text = _native.read(content, name or "", published_at, venue, program, complete)
    except InputError as error:
        if isinstance(source, str) and _is_like_a_file(source):
            hint = f"a str is the text itself; give the file as pathlib.Path({source!r})"
            if not os.path.exists(source):
                hint = f"there is no file {source!r}; give the text of a document, or its file as pathlib.Path(...)"
            error.hints = (hint, *error.hints)
        raise
    record = json.loads(found)
    return Document(
        record["title"],
        instant(record["published_at"]),
        tuple(Statement._of(it) for it in record["statements"]),
        tuple(Finding._of(it, name or "") for it in record["findings"]),
        record["sha256"],
        text,
        record["has_unread"],
    )


def _is_like_a_file(text: str) -> bool:
    """Whether a text is the name of a file more likely than a document: one word or path with an ending."""
    is_short = len(text) < 1_000 and "\n" not in text
    has_ending = re.search(r"\.(txt|md|html?|eml|jsonl?|toml|csv|zip|gz|zst|pdf)$", text.strip(), re.IGNORECASE)
    return is_short and (has_ending is not None or os.path.exists(text))


def _content(source: str | bytes) -> bytes:
    if isinstance(source, str):
        return source.encode("utf-8", "surrogatepass")
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    hints = ["give the text as str or bytes, or its file as pathlib.Path"]
    raise ArgumentError(f"`source` is {one_line(repr(source))}, not a document", "wrong_argument", hints)


@dataclass(frozen=True)
class Loaded:
    """One document and the outcome of loading it.

    Attributes
    ----------
    file : str
        The file as it was named.
    outcome : str
        ``"loaded"``, ``"already_loaded"``, ``"no_rule"`` (no margin rule in it), ``"refused"`` (some of it could not be
        read, nothing is recorded) or ``"unreadable"``.
    source : str or None
        The id under which it is, or would be, recorded.
    tx : int or None
        The transaction.
    statements : int
        How many statements it has.
    findings : tuple of Finding
        What is wrong, suspicious or unread in it.
    error : Error or None
        Why it is not recorded.
    details : dict
        All of it as JSON, as ``tierbook load --format jsonl`` prints it.
    """

    file: str
    outcome: Outcome
    source: str | None
    tx: int | None
    statements: int
    findings: tuple[Finding, ...] = field(repr=False)
    error: Error | None
    details: Record = field(repr=False)

    @staticmethod
    def _of(record: Record) -> Loaded:
        mistake = record["mistake"]
        error = None if mistake is None else _mistake(mistake)
        return Loaded(
            record["file"],
            cast(Outcome, record["outcome"]),
            record["source"],
            record["tx"],
            record["statements"] or 0,
            tuple(Finding._of(it, os.path.basename(record["file"])) for it in record["findings"] or ()),
            error,
            record,
        )


def _mistake(record: Record) -> InputError:
    return InputError(for_python(record["message"]), record["code"], [for_python(it) for it in record["hints"]])


@dataclass(frozen=True)
class LoadReport:
    """What loading did.

    Attributes
    ----------
    documents : tuple of Loaded
        The outcome of each document, in the order of loading.
    notices : tuple of str
        What the store reports, such as that the index was rebuilt.
    """

    documents: tuple[Loaded, ...]
    notices: tuple[str, ...]

    @staticmethod
    def _of(documents: str, notices: list[str]) -> LoadReport:
        return LoadReport(tuple(Loaded._of(it) for it in json.loads(documents)), tuple(map(for_python, notices)))

    @property
    def loaded(self) -> int:
        """How many documents were recorded."""
        return sum(it.outcome == "loaded" for it in self.documents)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in all of them."""
        return tuple(finding for it in self.documents for finding in it.findings)

    def raise_first_error(self) -> None:
        """Raises the error of the first document that is not recorded; its ``report`` is this report."""
        for it in self.documents:
            if it.error is not None:
                error = InputError(f"{it.file}: {it.error.message}", it.error.code, it.error.hints)
                error.report = self
                raise error

    def __repr__(self) -> str:
        outcomes = [it.outcome for it in self.documents]
        counts = [f"{outcomes.count(it)} {it.replace('_', ' ')}" for it in dict.fromkeys(outcomes)]
        severities = [it.severity for it in self.findings]
        for severity in ("error", "warning", "note"):
            count = severities.count(severity)
            counts += [f"{count} {severity}{'' if count == 1 else 's'}"] if count else []
        return f"<LoadReport: {', '.join(counts) or 'no documents'}>"
