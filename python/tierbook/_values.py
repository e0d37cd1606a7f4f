"""Values of answers: from the JSON of the contract to `Decimal` and `datetime`."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeAlias, Union

#: A number that is taken exactly: a float counts as the shortest decimal that means it.
Number: TypeAlias = Union[Decimal, int, float, str]

#: A time: an aware datetime (also of pandas), a date (its first moment in UTC), or text such as ``"2026-02-06T07:00Z"``.
Time: TypeAlias = Union[datetime, date, str]

#: An object of the JSON contract.
Record: TypeAlias = dict[str, Any]

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
