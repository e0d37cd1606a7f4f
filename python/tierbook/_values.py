"""Values of answers: from the JSON of the contract to `Decimal` and `datetime`."""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar, Union

from .exceptions import ArgumentError

#: A number that is taken exactly: a float counts as the shortest decimal that means it.
Number: TypeAlias = Decimal | int | float | str

#: A time: an aware datetime (also of pandas), a date (its first moment in UTC), or text (``"2026-02-06T07:00Z"``).
Time: TypeAlias = datetime | date | str

#: An object of the JSON contract.
Record: TypeAlias = dict[str, Any]

#: A path of the file system.
Path: TypeAlias = Union[str, "os.PathLike[str]"]

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def decimal(text: str | None) -> Decimal | None:
    """A number of the JSON contract."""
    return None if text is None else Decimal(text)


def instant(text: str | None) -> datetime | None:
    """A time of the JSON contract, in UTC."""
    if text is None:
        return None
    # `fromisoformat` of Python 3.10 reads neither `Z` nor fractions of any length.
    whole, _, fraction = text.rstrip("Z").partition(".")
    at = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return at + timedelta(microseconds=int(fraction.ljust(6, "0")[:6])) if fraction else at


def of_micros(micros: int | None) -> datetime | None:
    """Microseconds since 1970 as a time in UTC."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


def shown(at: datetime) -> str:
    """A time as the language writes it, without seconds where these are zero."""
    text = at.astimezone(timezone.utc).replace(tzinfo=None).isoformat()
    return (text[:-3] if text.endswith(":00") else text) + "Z"


def path(value: Path, name: str) -> str:
    """A path as text."""
    found = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    if not isinstance(found, str):
        raise ArgumentError(
            f"`{name}` is {one_line(repr(value))}, not a path", "wrong_argument", ["give a str or a pathlib.Path"]
        )
    return found


_KINDS = {str: "a text", bool: "True or False", int: "a whole number"}


def checked(value: T, kind: type, name: str) -> T:
    """An argument of that type, or ``None``."""
    is_right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if value is None or is_right:
        return value
    hints = [f"give {kind.__name__}"]
    raise ArgumentError(f"`{name}` is {one_line(repr(value))}, not {_KINDS[kind]}", "wrong_argument", hints)


def written(at: Time, name: str) -> str:
    """A time as the language reads it."""
    if isinstance(at, str):
        return at
    if isinstance(at, datetime):
        if at.utcoffset() is not None:
            return shown(at)
    elif isinstance(at, date):
        return at.isoformat()
    hints = ["give an aware datetime, a date, or a text such as '2026-02-06T07:00Z'"]
    raise ArgumentError(f"`{name}` is {one_line(repr(at))}, not a time with a zone", "wrong_argument", hints)


def one_line(text: str, most: int = 120) -> str:
    """A text of others for a line of `repr`: without line breaks and controls, and not too long."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
