"""Random tables of every type that the importer reads, compared with the same values asked one by one.

A table is answered as Python reads it, or refused with an error of tierbook. TIERBOOK_FUZZ_ROUNDS says how many are
made; the number of one that fails is its seed.
"""

from __future__ import annotations

import os
import random
import struct
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from conftest import library

import tierbook
from tierbook import Answer, Snapshot

ROUNDS = int(os.environ.get("TIERBOOK_FUZZ_ROUNDS", "300"))
PART = 50

NAMES = [
    "ACTUSDT",
    "ACT/USDT:USDT",
    "usdm:ACTUSDT",
    "binance:usdm:IPUSDT",
    "IPUSDT",
    "NOSUCHUSDT",
    "ACTUSD",
    "é∂界",
    "x" * 40,
    "",
]
CAPS = [0, 1, 5_000, 10_000, 60_000, 200_000, 800_000, 1_000_000, 10**9]
MEASURES = ["mmr", "margin", "max_leverage", "tier", "limit", "initial_margin"]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FIRST, LAST = datetime(2026, 2, 1, tzinfo=timezone.utc), datetime(2026, 2, 10, tzinfo=timezone.utc)

#: A cell that no reader can take for one value.
UNREADABLE = object()


def shortest(value: float, kind: str) -> Decimal:
    """The shortest decimal that is that float."""
    wanted = struct.unpack(kind, struct.pack(kind, value))
    for digits in range(1, 18):
        text = f"{value:.{digits}g}"
        if struct.unpack(kind, struct.pack(kind, float(text))) == wanted:
            return Decimal(text)
    raise AssertionError(value)


class Made:
    """A column of pyarrow, and its cells as Python reads them: an argument of a question, `None`, or `UNREADABLE`."""

    def __init__(self, array: Any, cells: list[Any]) -> None:
        assert len(array) == len(cells)
        self.array, self.cells = array, cells


class Maker:
    """Makes tables of a seed."""

    def __init__(self, seed: int) -> None:
        self.pa = library("pyarrow")
        self.random = random.Random(seed)
        self.nulls = self.random.choice([0, 0, 0.2, 1])
        # Some rows before and after are cut off later.
        self.rows = self.random.choice([0, 1, 2, 9, 30])

    def cells(self, make: Any) -> list[Any]:
        return [None if self.random.random() < self.nulls else make() for _ in range(self.rows)]

    def text_type(self) -> Any:
        pa = self.pa
        plain = self.random.choice([pa.string(), pa.large_string(), pa.string_view()])
        if self.random.random() < 0.5:
            return plain
        widths = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
        return pa.dictionary(self.random.choice(widths), plain)

    def texts(self, cells: list[Any]) -> Any:
        """An array of texts, of any type. Dictionaries have values that no row has, and nulls among them."""
        pa, kind = self.pa, self.text_type()
        if not pa.types.is_dictionary(kind):
            return pa.array(cells, kind)
        values = list({*cells, "of no row"} - {None}) + self.random.choice([[], [None]])
        self.random.shuffle(values)
        null = values.index(None) if None in values and self.random.random() < 0.5 else None
        keys = [null if cell is None else values.index(cell) for cell in cells]
        # pyarrow makes no dictionary of views from a list.
        dictionary = pa.array(values, pa.string()).cast(kind.value_type)
        return pa.DictionaryArray.from_arrays(pa.array(keys, kind.index_type), dictionary)

    def names(self) -> Made:
        cells = self.cells(lambda: self.random.choice(NAMES))
        return Made(self.texts(cells), cells)

    def number(self) -> Decimal:
        cap = Decimal(self.random.choice(CAPS))
        step = Decimal(self.random.choice(["0", "1", "0.5", "0.01", "0.00000001", "0.000000000001"]))
        return self.random.choice([1, 1, 1, -1]) * (cap + self.random.choice([-1, 1]) * step)

    def notionals(self) -> Made:
        pa = self.pa
        kind = self.random.choice(
            [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
            + [pa.float32(), pa.float64()] * 3
            + [None] * 3
            + self.decimal_types() * 3
        )
        if kind is None:
            cells = self.cells(
                lambda: self.random.choice([str(self.number()), f"{abs(self.number()):,}", "60k", "sixty"])
            )
            return Made(self.texts(cells), [size_of_text(cell) for cell in cells])
        if pa.types.is_integer(kind):
            bits, signed = kind.bit_width, not pa.types.is_unsigned_integer(kind)
            least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
            cells = self.cells(lambda: self.random.choice([least, most, max(least, min(most, int(self.number())))]))
            return Made(pa.array(cells, kind), [None if cell is None else abs(Decimal(cell)) for cell in cells])
        if pa.types.is_floating(kind):
            odd = [float("nan"), float("inf"), -0.0, 1e-7, 1e16, 3.4e38]
            form = "f" if kind.bit_width == 32 else "d"
            made = self.cells(
                lambda: self.random.choice([float(self.number()), float(self.number()), self.random.choice(odd)])
            )
            # As they are in the column.
            cells = [cell if cell is None else struct.unpack(form, struct.pack(form, cell))[0] for cell in made]
            return Made(pa.array(cells, kind), [size_of_float(cell, form) for cell in cells])
        digits, scale = kind.precision, kind.scale
        cells = self.cells(lambda: self.decimal_of(digits, scale))
        return Made(pa.array(cells, kind), [None if cell is None else cell.copy_abs() for cell in cells])

    def decimal_types(self) -> list[Any]:
        pa = self.pa
        found = []
        for make, most in [(pa.decimal32, 9), (pa.decimal64, 18), (pa.decimal128, 38), (pa.decimal256, 76)]:
            digits = self.random.randint(1, most)
            found.append(make(digits, self.random.randint(0, digits)))
        return found

    def decimal_of(self, digits: int, scale: int) -> Decimal:
        near = self.number()
        units = (
            int(near.scaleb(scale))
            if self.random.random() < 0.8
            else self.random.randint(-(10**digits) + 1, 10**digits - 1)
        )
        most = 10**digits - 1
        units = max(-most, min(most, units))
        # Exact, where the context of `decimal` would round.
        return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -scale))

    def moment(self) -> datetime:
        return FIRST + (LAST - FIRST) * self.random.random()

    def times(self) -> Made:
        pa = self.pa
        which = self.random.choice(["text", "date32", "date64", *["timestamp"] * 6])
        if which == "text":
            cells = self.cells(
                lambda: self.random.choice([self.moment().isoformat(), self.moment().date().isoformat(), "soon"])
            )
            return Made(self.texts(cells), [UNREADABLE if cell == "soon" else cell for cell in cells])
        if which.startswith("date"):
            days = self.cells(lambda: self.moment().date())
            return Made(pa.array(days, pa.date32() if which == "date32" else pa.date64()), days)
        unit = self.random.choice(["s", "ms", "us", "ns"])
        zone = self.random.choice([None, "UTC", "+08:00", "-03:30", "America/New_York", "Asia/Kolkata"])
        a_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
        since = self.cells(
            lambda: int(self.moment().timestamp() * 1_000) * a_second // 1_000 + self.random.choice([0, 0, 1, -1])
        )
        far = [-(2**63), 2**63 - 1, 10**18]
        since = [self.random.choice(far) if it is not None and self.random.random() < 0.02 else it for it in since]
        cells = [None if it is None else time_of_count(it, a_second) for it in since]
        return Made(pa.array(since, pa.int64()).view(pa.timestamp(unit, zone)), cells)

    def anything(self) -> Any:
        """A column that is not asked about."""
        pa, whole = self.pa, self.cells(lambda: self.random.randint(-100, 100))
        kinds: list[Any] = [
            pa.null(),
            pa.bool_(),
            pa.float16(),
            pa.duration("ms"),
            pa.time32("s"),
            pa.binary(),
            pa.binary_view(),
        ]
        kinds += [
            pa.list_(pa.int8()),
            pa.large_list(pa.string()),
            pa.struct([("a", pa.int8())]),
            pa.list_view(pa.int16()),
        ]
        kinds += [pa.map_(pa.string(), pa.int8()), pa.binary(3), pa.month_day_nano_interval(), pa.list_(pa.int8(), 2)]
        kind = self.random.choice(kinds)

        def cell(it: int | None) -> Any:
            if it is None or pa.types.is_null(kind):
                return None
            if pa.types.is_fixed_size_binary(kind):
                return b"abc"
            if pa.types.is_binary(kind) or kind == pa.binary_view():
                return str(it).encode() * 5
            if pa.types.is_map(kind):
                return [("k" * (it % 20), it)]
            if pa.types.is_struct(kind):
                return {"a": it}
            if kind == pa.large_list(pa.string()):
                return [str(it)] * (abs(it) % 3)
            if pa.types.is_fixed_size_list(kind):
                return [it, it]
            if kind in (pa.list_(pa.int8()), pa.list_view(pa.int16())):
                return [it] * (abs(it) % 3)
            if kind == pa.month_day_nano_interval():
                return (it, it, it)
            return {pa.bool_(): it > 0, pa.float16(): float(it)}.get(kind, abs(it))

        return pa.array([cell(it) for it in whole], kind)

    def cut(self, array: Any) -> Any:
        """The same column as a slice of a longer one, in chunks."""
        pa = self.pa
        before, after = self.random.randint(0, 9), self.random.randint(0, 3)
        if len(array) and self.random.random() < 0.5:
            places = [0] * before + list(range(len(array))) + [0] * after
            array = taken(pa, array, places)[before : before + len(array)]
        chunks, start = [], 0
        while start < len(array):
            length = self.random.randint(0, len(array))
            chunks.append(array[start : start + length])
            start += length
        return pa.chunked_array(chunks, array.type)


def taken(pa: Any, array: Any, places: list[int]) -> Any:
    """The rows at some places; pyarrow takes none of views and of lists of views."""
    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(taken(pa, array.indices, places), array.dictionary)
    try:
        return array.take(pa.array(places, pa.int64()))
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.concat_arrays([array[place : place + 1] for place in places])


def listed(pa: Any, column: Any) -> list[Any]:
    """The cells; of times the counts, some of which are in no year that Python has."""
    cells: list[Any] = (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
    return cells


def is_too_long(notional: Any) -> bool:
    """Whether a number has more digits than the language takes; a column of decimals takes some more."""
    if not isinstance(notional, Decimal):
        return False
    whole, _, fraction = f"{notional:f}".partition(".")
    return len(whole.lstrip("0") + fraction.rstrip("0")) > 24


def is_too_wide(value: Any) -> bool:
    """Whether a column of amounts, which has 20 digits before the point and 18 after it, cannot have a value."""
    if not isinstance(value, Decimal):
        return False
    exponent = value.normalize().as_tuple().exponent
    return value.adjusted() >= 20 or (isinstance(exponent, int) and exponent < -18)


def size_of_text(cell: str | None) -> Any:
    if cell is None:
        return None
    return UNREADABLE if cell == "sixty" else cell.removeprefix("-")


def size_of_float(cell: float | None, form: str) -> Any:
    if cell is None:
        return None
    return abs(shortest(cell, form)) if abs(cell) < float("inf") else UNREADABLE


def time_of_count(count: int, a_second: int) -> Any:
    try:
        return EPOCH + timedelta(microseconds=count * 10**6 // a_second)
    except OverflowError:
        return UNREADABLE


def asked(rules: Snapshot, measure: str, name: str, notional: Any, **times: Any) -> Answer[Any]:
    contract = rules.contract(name)
    return getattr(contract, measure)(**times) if measure == "limit" else getattr(contract, measure)(notional, **times)


def expected(rules: Snapshot, measure: str, name: Any, notional: Any, as_of: Any, known_at: Any) -> dict[str, Any]:
    """The answer to a row by a question of its own."""
    without = {"value": None, "certainty": None, "holds": None, "source": None}
    # A name without letters is an empty cell.
    if (
        any(cell is None or cell is UNREADABLE or cell == "" for cell in (name, notional, as_of))
        or known_at is UNREADABLE
    ):
        return without | {"status": "unreadable"}
    try:
        # Every cell is read, also for a name that is not stored and for a limit.
        rules.contract("ACTUSDT").mmr(notional, as_of=as_of, known_at=known_at)
        answer = asked(rules, measure, name, notional, as_of=as_of, known_at=known_at)
    except tierbook.UnknownSubjectError:
        return without | {"status": "unknown_subject"}
    except tierbook.Error:
        return without | {"status": "unreadable"}
    value = answer.value
    if is_too_wide(value):
        return without | {"status": "unreadable"}
    return {
        "value": value.number if isinstance(value, tierbook.Tier) else value,
        "status": answer.status,
        "certainty": answer.certainty,
        "holds": answer.holds,
        "source": answer.source and answer.source.id,
    }


def check(rules: Snapshot, seed: int) -> str:
    """Makes the table of a seed and compares its answers; what became of it."""
    maker = Maker(seed)
    pa, measure = maker.pa, maker.random.choice(MEASURES)
    columns = {"name": maker.names(), "size": maker.notionals(), "when": maker.times()}
    knows = maker.random.random() < 0.3
    if knows:
        columns["known"] = maker.times()
        columns["known"].cells = [UNREADABLE if cell is None else cell for cell in columns["known"].cells]
    arrays = {name: maker.cut(made.array) for name, made in columns.items()}
    arrays |= {f"other {number}": maker.cut(maker.anything()) for number in range(maker.random.randint(0, 3))}
    names = list(arrays)
    maker.random.shuffle(names)
    table = pa.table({name: arrays[name] for name in names})
    options: dict[str, Any] = {"known_at": "known"} if knows else {}
    try:
        found = rules.evaluate(
            table,
            symbol="name",
            notional="size",
            as_of="when",
            measures=measure,
            on_error="null",
            **options,  # type: ignore[arg-type]
        )
    except tierbook.Error:
        return "refused"
    out = pa.table(found)
    out.validate(full=True)
    for name in names:
        assert out.column(name).type == table.column(name).type
        # By their texts, in which NaN is NaN.
        assert repr(listed(pa, out.column(name))) == repr(listed(pa, table.column(name))), name
    rows = zip(*(made.cells for made in columns.values()))
    wanted = [expected(rules, measure, *row, *([] if knows else [None])) for row in rows]
    answers = {"value": measure, "status": "status", "certainty": "certainty", "holds": "holds", "source": "source"}
    for field, name in answers.items():
        for row, value in enumerate(out.column(name).to_pylist()):
            if is_too_long(columns["size"].cells[row]):
                continue
            asked_about = [made.cells[row] for made in columns.values()]
            assert value == wanted[row][field], f"{name} of {measure} of {asked_about}, {table.schema}"
    return "answered"


@pytest.mark.parametrize("part", range(-(-ROUNDS // PART)))
def test_a_random_table_is_answered_as_its_rows_are_one_by_one(rules: Snapshot, part: int) -> None:
    became = []
    for seed in range(part * PART, min(ROUNDS, (part + 1) * PART)):
        try:
            became.append(check(rules, seed))
        except Exception as error:
            raise AssertionError(f"the table of seed {seed}: {error}") from error
    # Few kinds are refused: what is not read at all would be no comparison.
    assert became.count("answered") > 0.8 * len(became)
