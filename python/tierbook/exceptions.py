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
    """A query, or what is asked in columns, is wrong."""


class ColumnError(QueryError, KeyError):
    """A table has no such column, or two of that name."""


class ArgumentError(Error, ValueError, TypeError):
    """An argument has a type or a value that is refused, such as a time without a zone."""


class UnknownSubjectError(Error, KeyError):
    """No contract or asset of that name is stored.

    Attributes
    ----------
    suggestions : tuple of str
        Stored names that are alike.
    """

    @property
    def suggestions(self) -> tuple[str, ...]:
        return tuple(name for hint in self.hints for name in re.findall(r"`([^`]+)`", hint))


class NoRuleError(Error, LookupError):
    """No rule answers a question, and the value was asked for all the same.

    Attributes
    ----------
    status : str
        Why there is none: ``"above_limit"``, ``"ended"``, ``"unknown"``, ``"not_known_then"``.
    """

    @property
    def status(self) -> str:
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
    """There is no database in the folder."""


_CLASSES: dict[str, type[Error]] = {
    "query": QueryError,
    "unknown_subject": UnknownSubjectError,
    "input": InputError,
    "damaged": DamagedError,
    "locked": LockedError,
    "not_found": DatabaseNotFoundError,
    "no_answer": NoRuleError,
    "io": StoreError,
}

_CODES: dict[str, type[Error]] = {"column_missing": ColumnError, "column_twice": ColumnError}


def _of(
    what: tuple[str, str, str],
    hints: Sequence[str],
    place: tuple[tuple[int, int] | None, str, str],
) -> Error:
    """The exception of an error of the library. The native module calls it."""
    kind, code, message = what
    span, label, query = place
    made = _CODES.get(code) or _CLASSES.get(kind, Error)
    return made(_for_python(message), code, [_for_python(hint) for hint in hints], span, label, query)


#: What the command calls by an option or a command is an argument or a method here.
_OPTION = re.compile(r"--([a-z][a-z-]*)(?: ([A-Z]+\b|[a-z0-9+][\w:+.-]*))?")
_COMMANDS = {
    "tierbook head": "Database.head()",
    "tierbook verify": "Database.verify()",
    "tierbook load": "Database.load()",
    "tierbook query": "Snapshot.query()",
    "tierbook undo": "Database.undo()",
    "tierbook check": "tierbook.read()",
    "tierbook subjects": "Snapshot.subjects",
    "tierbook sources": "Snapshot.sources()",
}


def _for_python(text: str) -> str:
    """A message or a hint of the command in the words of Python."""
    if "--" in text:
        text = _OPTION.sub(_as_argument, text)
    for command, method in _COMMANDS.items():
        text = text.replace(command, method)
    return text


def _as_argument(option: re.Match[str]) -> str:
    name = option[1].replace("-", "_")
    if option[2] is None:
        return name
    value = option[2] if option[2].isupper() else repr(option[2])
    return f"{name}={value}"


def _marked(query: str, span: tuple[int, int], label: str) -> str:
    """The line of a query in which a place is, with marks below the place."""
    start, end = span
    begin = query.rfind("\n", 0, start) + 1
    line = query[begin:].split("\n", 1)[0]
    marks = "^" * max(1, min(end, begin + len(line)) - start)
    return f"  | {line}\n  | {' ' * (start - begin)}{marks} {label}".rstrip()
