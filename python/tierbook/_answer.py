"""One answer: a value with its status, its certainty and its source."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar, cast

from . import _html, _native
from ._columns import Columns
from ._values import Record, decimal, instant, one_line, shown
from .exceptions import ArgumentError, Error, NoRuleError

#: Why there is a value, or why there is none. An
#: `Answer` has one of the first six; the other two are in the column ``status`` of a `Table` alone.
Status: TypeAlias = Literal[
    "value", "no_limit", "above_limit", "ended", "unknown", "not_known_then", "unknown_subject", "unreadable"
]

T = TypeVar("T")


class Certainty(str):
    """How certain an answer is: a ``str`` such as ``"settled"`` that knows more.

    ``"settled"``, ``"rolling_out"``, ``"unconfirmed"``, ``"contradicted"``, ``"unseen_change"`` or ``"doubtful"``;
    docs/answers.md says what each means.

    Attributes
    ----------
    other : Decimal or None
        The value under the other rule that may be in force, where there is one.
    until : datetime or None
        Until when that is so: the end of a roll-out.
    also : tuple of str
        What else makes the answer uncertain.

    Examples
    --------
    >>> import tierbook
    >>> act = tierbook.open("rules.db").snapshot().contract("ACTUSDT")
    >>> certainty = act.mmr(60_000, as_of="2026-02-06T07:00Z").certainty
    >>> certainty == "rolling_out", certainty.other
    (True, Decimal('0.125'))
    >>> certainty.until
    datetime.datetime(2026, 2, 6, 7, 30, tzinfo=datetime.timezone.utc)
    """

    other: Decimal | None = None
    until: datetime | None = None
    also: tuple[str, ...] = ()
    #: All of it as JSON.
    details: Record | None = None

    @classmethod
    def _of(cls, record: Record) -> Certainty:
        made = cls(record["kind"])
        other = record.get("other")
        made.other = decimal(other) if isinstance(other, str) else None
        made.until = instant(record.get("until"))
        made.also = tuple(record.get("also", ()))
        made.details = record
        return made

    def __reduce__(self) -> tuple[Callable[[Any], Certainty], tuple[Record | str]]:
        return (Certainty, (str(self),)) if self.details is None else (Certainty._of, (self.details,))


@dataclass(frozen=True)
class AnswerWarning:
    """What else should be known of an answer.

    Attributes
    ----------
    code : str
        A stable name, such as ``"repaired_floor"``.
    message : str
        The same in a sentence.
    """

    code: str
    message: str


@dataclass(frozen=True)
class Source:
    """The document that states a rule, and the place in it.

    Attributes
    ----------
    id : str
        Its id, the first 12 digits of its hash.
    file : str
        The name of its file.
    published_at : datetime
        When it was published.
    sha256 : str
        The hash of its bytes.
    tx : int
        The transaction that recorded it.
    span, row_span : tuple of int, or None
        The bytes of its table, and those of the row that answers.
    """

    id: str
    file: str
    published_at: datetime
    sha256: str
    tx: int
    span: tuple[int, int] | None
    row_span: tuple[int, int] | None

    @staticmethod
    def _of(record: Record) -> Source:
        span, row_span = record.get("span"), record.get("row_span")
        return Source(
            record["id"],
            record["file"],
            cast(datetime, instant(record["published_at"])),
            record["sha256"],
            record["tx"],
            None if span is None else (span[0], span[1]),
            None if row_span is None else (row_span[0], row_span[1]),
        )

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Tier:
    """One tier of a table.

    Attributes
    ----------
    number : int
        Its number, counted from 1.
    floor, cap : Decimal
        It contains the notionals (or amounts) above `floor` up to and with `cap`; ``None`` is no limit.
    rate : Decimal
        The maintenance margin rate of a contract, or the collateral ratio of an asset, as a fraction.
    min_leverage, max_leverage : int or None
        The leverages that it allows; ``None`` for an asset.
    maintenance_amount : Decimal or None
        What is subtracted: margin = notional × rate − maintenance amount.
    """

    number: int
    floor: Decimal
    cap: Decimal | None
    rate: Decimal
    min_leverage: int | None
    max_leverage: int | None
    maintenance_amount: Decimal | None

    @staticmethod
    def _of(record: Record) -> Tier:
        return Tier(
            record["number"],
            Decimal(record["floor"]),
            decimal(record["cap"]),
            Decimal(record["mmr"] if "mmr" in record else record["ratio"]),
            record.get("min_leverage"),
            record.get("max_leverage"),
            decimal(record.get("maintenance_amount")),
        )


class _Native(Protocol):
    @property
    def value(self) -> Any: ...
    @property
    def status(self) -> str: ...
    def rows(self) -> str: ...


@dataclass(frozen=True)
class _Stored:
    """What is kept of an answer that was pickled."""

    value: Any
    status: str
    json: str

    def rows(self) -> str:
        return self.json


class Answer(Generic[T]):
    """The answer to one question about a rule.

    It has a value only where its `status` is ``"value"``: that no rule is known is an answer, not an error. What it
    says in words is made when it is first asked for.

    Examples
    --------
    >>> import tierbook
    >>> act = tierbook.open("rules.db").snapshot().contract("ACTUSDT")
    >>> answer = act.mmr(60_000, as_of="2026-02-06T07:00Z")
    >>> answer.value, answer.status, answer.certainty, answer.source.id
    (Decimal('0.1'), 'value', 'rolling_out', 'ee2413a8367c')
    >>> act.mmr(900_000, as_of="2026-02-07").status
    'above_limit'
    """

    __slots__ = ("_native", "_rows")

    def __init__(self, native: _Native) -> None:
        self._native = native
        self._rows: list[Record] | None = None

    def _records(self) -> list[Record]:
        rows = self._rows
        if rows is None:
            rows = self._rows = json.loads(self._native.rows())
        return rows

    def _record(self) -> Record:
        records = self._records()
        return records[0] if records else {}

    @property
    def value(self) -> T | None:
        """The value; ``None`` where `status` is not ``"value"``, and for a limit that the rule does not have."""
        return cast("T | None", self._native.value)

    @property
    def status(self) -> Status:
        """Whether there is a value, or why there is none."""
        return cast(Status, self._native.status)

    @property
    def certainty(self) -> Certainty | None:
        """How certain the rule is; ``None`` where no rule is known."""
        record = self._record().get("certainty")
        return None if record is None else Certainty._of(record)

    @property
    def holds(self) -> Decimal | None:
        """How probable it is, from 0 to 1, that the exchange applied the table then; ``None`` where nothing says."""
        return decimal(self._record().get("holds"))

    @property
    def source(self) -> Source | None:
        """The document that states the rule; ``None`` where no rule is known."""
        record = self._record().get("source")
        return None if record is None else Source._of(record)

    @property
    def warnings(self) -> tuple[AnswerWarning, ...]:
        """What else should be known, such as that a floor was printed wrong and is repaired."""
        found = (warning for record in self._records() for warning in record.get("warnings", ()))
        return tuple(dict.fromkeys(AnswerWarning(it["code"], it["message"]) for it in found))

    @property
    def tier(self) -> Tier | None:
        """The tier that answers; ``None`` where none does."""
        record = self._record().get("tier")
        return None if record is None else Tier._of(record)

    @property
    def unit(self) -> str:
        """``"fraction"``, ``"x"`` of a leverage, ``"tier"``, or the currency of an amount."""
        return cast(str, self._record().get("unit", ""))

    @property
    def message(self) -> str | None:
        """Why there is no value, in one sentence."""
        return cast("str | None", self._record().get("message"))

    @property
    def as_of(self) -> datetime | None:
        """The time at which the rule is to be in force."""
        return instant(self._record().get("as_of"))

    @property
    def in_force_since(self) -> datetime | None:
        """Since when the rule is in force."""
        return instant(self._record().get("in_force_since"))

    @property
    def next_change_at(self) -> datetime | None:
        """When the next announced change takes effect; ``None`` where none is known."""
        return instant(self._record().get("next_change_at"))

    @property
    def address(self) -> str:
        """The name of this answer, by which anyone can ask it again: a citation."""
        return cast(str, self._record().get("address", ""))

    def unwrap(self) -> T:
        """The value, or an exception that says why there is none.

        Returns
        -------
        Decimal, int, Tier or tuple of Tier
            The value.

        Raises
        ------
        NoRuleError
            There is none; its ``status`` is that of the answer, or ``"no_limit"``.
        """
        value = self.value
        if value is not None:
            return value
        status = "no_limit" if self.status == "value" else self.status
        message = self.message or ("there is no limit" if status == "no_limit" else "no rule is known")
        raise NoRuleError(f"{self._question()}: {message}", status)

    def to_dict(self) -> Record:
        """The answer as the JSON contract has it: what ``tierbook query --format jsonl`` prints for it.

        Returns
        -------
        dict
            Numbers and times are texts, exact; docs/formats.md describes every field.
        """
        return dict(self._record())

    def _asked(self) -> str:
        """The question in the language, with its basis."""
        record = self._record()
        times = {"as of": "as_of", "known at": "known_at", "recorded by": "recorded_by"}
        basis = "".join(f" {words} {record[name]}" for words, name in times.items() if record.get(name))
        return self._question() + basis

    def _question(self) -> str:
        record = self._record()
        measure = str(record.get("measure", "answer")).replace("_", " ")
        at = "".join(f" {word} {record[word]}" for word in ("at", "with") if record.get(word) is not None)
        return f"{measure} of {record.get('subject', '?')}{at}"

    def _shown(self) -> str:
        value, unit = self.value, self.unit
        if value is None:
            return self.status
        # A fraction and a number of a tier need no unit.
        return f"{value}x" if unit == "x" else f"{value} {'' if unit in ('fraction', 'tier') else unit}".rstrip()

    def __repr__(self) -> str:
        try:
            return self._described()
        except Error:
            # What it says in words needs a database that is not there any more.
            return f"<Answer {self.status}>"

    def _described(self) -> str:
        parts = [f"{self._question()}: {self._shown()}"]
        if self.as_of is not None:
            parts.append(f"as of {shown(self.as_of)}")
        certainty = self.certainty
        if certainty is not None:
            until = "" if certainty.until is None else f" until {shown(certainty.until)}"
            parts.append(f"{certainty}{until}")
        if self.source is not None:
            parts.append(f"source {self.source.id}")
        return one_line(f"<Answer {', '.join(parts)}>", 400)

    def _repr_html_(self) -> str:
        return _html.answer(self)

    def __eq__(self, other: object) -> bool:
        """Whether two answers are the same. A number is not compared with an answer, which may have none: that raises."""
        if isinstance(other, (Decimal, int, float)):
            raise self._no_number()
        if not isinstance(other, Answer):
            return NotImplemented
        return self._records() == other._records()

    def _no_number(self) -> ArgumentError:
        hint = "compare answer.value, or answer.unwrap(), which raises where there is none"
        return ArgumentError("an answer is not a number: it may have none", "wrong_argument", [hint])

    def __lt__(self, other: object) -> bool:
        raise self._no_number()

    __le__ = __gt__ = __ge__ = __lt__

    def __bool__(self) -> bool:
        hint = "ask answer.status == 'value', or answer.value is not None"
        raise ArgumentError("an answer is neither true nor false", "wrong_argument", [hint])

    def __hash__(self) -> int:
        return hash((self.address, self.status))

    def __float__(self) -> float:
        """The value as the nearest float; NaN is never given for an absent one: that is a `NoRuleError`."""
        return float(cast(Any, self.unwrap()))

    def __reduce__(self) -> tuple[type[Answer[T]], tuple[_Stored]]:
        return (type(self), (_Stored(self._native.value, self._native.status, self._native.rows()),))


class TierAnswer(Answer[Tier]):
    """The answer whose value is one `Tier`."""

    __slots__ = ()

    def _shown(self) -> str:
        tier = self.value
        return self.status if tier is None else f"tier {tier.number}"

    @property
    def value(self) -> Tier | None:
        """The tier; ``None`` where `status` is not ``"value"``."""
        return self.tier if self.status == "value" else None


#: The columns of a whole table.
_OF_TIERS = ("subject", "number", "floor", "cap", "mmr", "ratio", "min_leverage", "max_leverage", "maintenance_amount")


class TiersAnswer(Answer["tuple[Tier, ...]"], Columns):
    """The answer whose value is a whole table: a tuple of `Tier`, in order.

    It has the length of the table, gives the tiers by index and in loops, and is a frame with a row for each tier
    (`to_polars`, `to_pandas`, `to_arrow`).

    Examples
    --------
    >>> import tierbook
    >>> tiers = tierbook.open("rules.db").snapshot().contract("ACTUSDT").tiers(as_of="2026-02-07")
    >>> len(tiers), tiers[1].cap, tiers[1].rate
    (6, Decimal('60000'), Decimal('0.1'))
    """

    __slots__ = ()

    def __len__(self) -> int:
        return len(self.value or ())

    def __getitem__(self, index: int) -> Tier:
        return (self.value or ())[index]

    def __iter__(self) -> Iterator[Tier]:
        return iter(self.value or ())

    def _table(self) -> _native.Table:
        records = self._records() if self.status == "value" else []
        rows = [{name: row[name] for name in _OF_TIERS if name in row} for row in records]
        return _native.Rows(json.dumps(rows), "", None).table()

    @property
    def value(self) -> tuple[Tier, ...] | None:
        """The tiers, in order; ``None`` where `status` is not ``"value"``."""
        if self.status != "value":
            return None
        records = self._records()
        if records and records[0].get("measure") == "ratio":
            # One ratio is for any amount.
            return (Tier(1, Decimal(0), None, Decimal(records[0]["value"]), None, None, None),)
        return tuple(Tier._of(record) for record in records)

    def to_dicts(self) -> list[Record]:
        """A row of the JSON contract for each tier."""
        return [dict(record) for record in self._records()]

    def _shown(self) -> str:
        value = self.value
        return self.status if value is None else f"{len(value)} {'tier' if len(value) == 1 else 'tiers'}"

    def _repr_html_(self) -> str:
        return _html.records(self._records(), repr(self))
