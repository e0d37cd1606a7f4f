"""What goes wrong, as exceptions.

Every exception of tierbook is an `Error` with a stable ``code``, with ``hints`` that say how to fix it, and with the
``span`` of the wrong words where there is a query. Each is also the built-in exception that a user would catch there.
That no rule is known is no exception: it is the ``status`` of an `Answer`, until ``unwrap()`` is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._document import Finding, LoadReport

__all__ = [
    "ArgumentError",
    "ColumnError",
    "DamagedError",
    "DatabaseExistsError",
    "DatabaseNotFoundError",
    "Error",
    "InputError",
    "LockedError",
    "NoRuleError",
    "QueryError",
    "StoreError",
    "UnknownSubjectError",
]


class Error(Exception):
    """The base of every exception of tierbook.

    Attributes
    ----------
    message : str
        What is wrong, in one sentence.
    code : str
        A stable name for it, such as ``"unknown_subject"``; docs/errors.md lists all.
    hints : tuple of str
        How to fix it, the most likely fix first.
    span : tuple of int, or None
        Where in `query` the wrong words are: first character, and the one after the last.
    label : str
        A few words for that place.
    query : str
        The text that was asked; empty where there is none.

    Examples
    --------
    >>> import tierbook
    >>> rules = tierbook.open("rules.db").snapshot()
    >>> try:
    ...     rules.query("mmr of ACTUST at 60000")
    ... except tierbook.Error as error:
    ...     print(error.code, error.span, error.hints)
    unknown_subject (7, 13) ('did you mean `ACTUSDT`?',)
    """

    def __init__(
        self,
        message: str,
        code: str = "",
        hints: Sequence[str] = (),
        span: tuple[int, int] | None = None,
        label: str = "",
        query: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hints = tuple(hints)
        self.span = span
        self.label = label
        self.query = query

    def __str__(self) -> str:
        text = self.message
        if self.span is not None and self.query:
            text += "\n" + _marked(self.query, self.span, self.label)
        for hint in self.hints:
            text += f"\n  hint: {hint}"
        return text

    def __reduce__(self) -> tuple[Callable[..., Error], tuple[object, ...]]:
        return (
            type(self),
            (self.message, self.code, self.hints, self.span, self.label, self.query),
        )


class QueryError(Error, ValueError):
    """A text of the query language is wrong; ``query`` is that text, and ``span`` the place in it."""


class ArgumentError(Error, ValueError, TypeError):
    """An argument has a type or a value that is refused: a time without a zone, a notional below zero."""


class ColumnError(ArgumentError, KeyError):
    """A table has no such column, or two of that name."""


class UnknownSubjectError(Error, KeyError):
    """No contract or asset of that name is stored.

    Examples
    --------
    >>> import tierbook
    >>> rules = tierbook.open("rules.db").snapshot()
    >>> try:
    ...     rules.contract("ACTUST")
    ... except KeyError as error:
    ...     print(error.suggestions)
    ('ACTUSDT',)
    """

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Stored names that are alike."""
        near = [hint for hint in self.hints if hint.startswith("did you mean")]
        return tuple(name for hint in near for name in re.findall(r"`([^`]+)`", hint))


class NoRuleError(Error, LookupError):
    """No rule answers a question, and the value was asked for all the same.

    Examples
    --------
    >>> import tierbook
    >>> act = tierbook.open("rules.db").snapshot().contract("ACTUSDT")
    >>> try:
    ...     act.mmr(900_000, as_of="2026-02-07").unwrap()
    ... except LookupError as error:
    ...     print(error.status)
    above_limit
    """

    @property
    def status(self) -> str:
        """Why there is none: ``"above_limit"``, ``"ended"``, ``"unknown"``, ``"not_known_then"``, ``"no_limit"``."""
        return self.code


class InputError(Error, ValueError):
    """A document, or a table, cannot be read.

    Attributes
    ----------
    report : LoadReport or None
        What became of every document, where it was loading that failed.
    """

    report: LoadReport | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in the documents that were loaded."""
        return () if self.report is None else self.report.findings


class StoreError(Error, OSError):
    """The files of a database cannot be read or written."""


class DamagedError(StoreError):
    """The files of a database are damaged, or of a format that this version does not know."""


class LockedError(StoreError):
    """Another process is writing to the database."""


class DatabaseNotFoundError(StoreError, FileNotFoundError):
    """There is no database in the folder, or no file of that name."""


class DatabaseExistsError(StoreError, FileExistsError):
    """There is a database in the folder already."""


_CLASSES: dict[str, type[Error]] = {
    "query": QueryError,
    "argument": ArgumentError,
    "unknown_subject": UnknownSubjectError,
    "input": InputError,
    "damaged": DamagedError,
    "locked": LockedError,
    "not_found": DatabaseNotFoundError,
    "no_answer": NoRuleError,
    "io": StoreError,
}

_CODES: dict[str, type[Error]] = {
    "column_missing": ColumnError,
    "column_twice": ColumnError,
    "database_exists": DatabaseExistsError,
}


def _of(
    what: tuple[str, str, str],
    hints: Sequence[str],
    place: tuple[tuple[int, int] | None, str, str],
) -> Error:
    """The exception of an error of the library. The native module calls it."""
    kind, code, message = what
    span, label, query = place
    made = _CODES.get(code) or _CLASSES.get(kind, Error)
    return made(for_python(message), code, [for_python(hint) for hint in hints], span, label, query)


#: What the hints of the command call by its own name is a method or an argument here, in this order.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"`sources`", "`Snapshot.sources()`"),
    (r"`subjects`", "`Snapshot.subjects`"),
    (r"`tierbook query sources`", "`Snapshot.sources()`"),
    (r"`tierbook query (source [^`]+)`", r"`Snapshot.query('\1')`"),
    (r"bind it: tierbook query --set (\w+)=VALUE …", r"write its value in place of $\1"),
    (r"write --set NAME=VALUE, as in --set notional=60000", "write the value in its place"),
    (r"`tierbook aliases` .*", "aliases are of the command alone; write the query itself"),
    (r"`tierbook supersede ([^ `]+) --by ([^ `]+)`", r"`Database.supersede('\1', '\2', reason=…)`"),
    (r"`tierbook undo ([^`]+)`, then give the command again", r"`Database.undo(\1)`, then do it again"),
    (r"`tierbook undo ([^`]+)`", r"`Database.undo(\1)`"),
    (r"`tierbook check ([^`]+)`", r"`tierbook.read(pathlib.Path('\1'))`"),
    (r"`tierbook check`", "`tierbook.read()`"),
    (r"`tierbook load FILE…` creates one and fills it, `tierbook init` creates", "`tierbook.create(path)` makes"),
    (r"`tierbook load [A-Z…]+` adds to it", "`tierbook.open(path)` opens it"),
    (r"`--db [A-Z]+` or TIERBOOK_DB selects another folder", "or give another folder"),
    (r"`--recursive` reads the folders in it too", "give those folders one by one"),
    (r"`tierbook (?:--db [^ `]+ )?log` (lists|shows)", r"`Snapshot.sources()` \1"),
    (r"`tierbook (?:--db [^ `]+ )?(head|verify)`", r"`Database.\1()`"),
    (r"`load (--[^`]+)`", r"`\1`"),
    (r"`tierbook (\w[^`]*)`", r"the command `tierbook \1`"),
)
_REPLACED = tuple((re.compile(words), by) for words, by in _WORDS)

#: An option of the command, and its value where it has one.
_OPTION = re.compile(r"--([a-z][a-z-]*)(?: ([A-Z]+\b|\d{4}-[\w:-]+|\d+\b|[+-]\d\d:\d\d|[a-z]\w*(?=[`,;.)]|$)|UTC))?")
_ARGUMENTS = {"time": "as_of"}
_SWITCHES = frozenset({"strict", "allow_unread", "keep", "use_file_time"})


def for_python(text: str) -> str:
    """A message or a hint of the library, which speaks of the command, in the words of Python."""
    for words, by in _REPLACED:
        text = words.sub(by, text)
    # The command keeps its options.
    parts = re.split(r"(the command `[^`]*`)", text)
    return "".join(part if part.startswith("the command `") else _OPTION.sub(_as_argument, part) for part in parts)


def _as_argument(option: re.Match[str]) -> str:
    name = option[1].replace("-", "_")
    name = _ARGUMENTS.get(name, name)
    if option[2] is None:
        return f"{name}=True" if name in _SWITCHES else name
    # A word in capitals stands for a value.
    value = option[2] if re.fullmatch("(?!UTC)[A-Z]+|[0-9]+", option[2]) else repr(option[2])
    return f"{name}={value}"


def _marked(query: str, span: tuple[int, int], label: str) -> str:
    """The line of a query in which a place is, with marks below the place."""
    start, end = span
    begin = query.rfind("\n", 0, start) + 1
    line = query[begin:].split("\n", 1)[0]
    marks = "^" * max(1, min(end, begin + len(line)) - start)
    return f"  | {line}\n  | {' ' * (start - begin)}{marks} {label}".rstrip()
