"""Tables of other libraries in and out, by Arrow's C interface and as dictionaries of columns."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from conftest import library

import tierbook
from tierbook import Snapshot

AT = "2026-02-07"
NAMES = ["ACTUSDT", "ACT/USDT:USDT", "NOSUCHUSDT", None, "ACTUSDT"]
SIZES = [10_000, 60_000, 1, 5, 900_000]
ANSWERS = [Decimal("0.05"), Decimal("0.1"), None, None, None]
STATUSES = ["value", "value", "unknown_subject", "unreadable", "above_limit"]


def answered(rules: Snapshot, frame: Any, **options: Any) -> list[dict[str, Any]]:
    return rules.evaluate(frame, as_of=options.pop("as_of", AT), on_error="null", **options).to_dicts()


def check(rules: Snapshot, frame: Any) -> None:
    rows = answered(rules, frame, symbol="symbol", notional="notional")
    assert [row["mmr"] for row in rows] == ANSWERS
    assert [row["status"] for row in rows] == STATUSES


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary", "dictionary_large"])
def test_kinds_of_text(rules: Snapshot, kind: str) -> None:
    pa = library("pyarrow")
    kinds = {
        "string": pa.string(),
        "large_string": pa.large_string(),
        "string_view": pa.string_view(),
        "dictionary": pa.dictionary(pa.int8(), pa.string()),
        "dictionary_large": pa.dictionary(pa.uint32(), pa.large_string()),
    }
    table = pa.table({"symbol": pa.array(NAMES, kinds[kind]), "notional": SIZES})
    check(rules, table)
    check(rules, pa.concat_tables([table[:1], table[1:4], table[4:4], table[4:]]))
    check(rules, pa.concat_tables([table, table, table])[5:10])
    found = pa.table(rules.evaluate(table, as_of=AT, on_error="null"))
    found.validate(full=True)
    assert found.column("symbol").type == kinds[kind]


def number_types() -> list[Any]:
    pa = pytest.importorskip("pyarrow")
    whole = [pa.int32(), pa.int64(), pa.uint32(), pa.uint64()]
    real = [pa.float32(), pa.float64()]
    decimals = [
        pa.decimal32(9, 0),
        pa.decimal32(9, 3),
        pa.decimal64(18, 8),
        pa.decimal128(28, 8),
        pa.decimal128(38, 18),
    ]
    return [*whole, *real, *decimals, pa.decimal256(76, 20), pa.decimal256(40, 0)]


@pytest.mark.parametrize("kind", number_types(), ids=str)
def test_kinds_of_numbers(rules: Snapshot, kind: Any) -> None:
    pa = library("pyarrow")
    check(rules, pa.table({"symbol": NAMES, "notional": pa.array([str(size) for size in SIZES]).cast(kind)}))


def test_small_numbers(rules: Snapshot) -> None:
    pa = library("pyarrow")
    for kind in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.float32()):
        table = pa.table({"symbol": ["ACTUSDT"] * 3, "notional": pa.array([0, 100, None], kind)})
        rows = answered(rules, table)
        assert [row["status"] for row in rows] == ["value", "value", "unreadable"]
    half = pa.table({"symbol": ["ACTUSDT"], "notional": pa.array([1.0], pa.float16())})
    with pytest.raises(tierbook.InputError, match="Float16"):
        rules.evaluate(half, as_of=AT)
    negative = pa.table({"symbol": ["ACTUSDT"], "notional": pa.array([Decimal(60_000)], pa.decimal128(10, -3))})
    with pytest.raises(tierbook.InputError, match="Decimal128"):
        rules.evaluate(negative, as_of=AT)


def test_zeros_at_the_end_are_no_digits(rules: Snapshot) -> None:
    pa = library("pyarrow")
    exact = Decimal("60000." + "0" * 30)
    assert rules.contract("ACTUSDT").mmr(exact, as_of=AT).value == Decimal("0.1")
    for kind in (pa.decimal128(38, 30), pa.decimal128(38, 18), pa.decimal256(70, 33)):
        sizes = pa.array([exact, Decimal(0), Decimal("60000.00000001")], kind)
        rows = answered(rules, pa.table({"symbol": ["ACTUSDT"] * 3, "notional": sizes}))
        assert [row["mmr"] for row in rows] == [Decimal("0.1"), Decimal("0.05"), Decimal("0.125")]


def test_floats_count_as_the_shortest_decimal(rules: Snapshot) -> None:
    pa = library("pyarrow")
    for kind in (pa.float32(), pa.float64()):
        table = pa.table({"symbol": ["ACTUSDT"], "notional": pa.array([20_000.1], kind)})
        assert answered(rules, table, measures=["margin"])[0]["margin"] == Decimal("1500.01")


def test_floats_that_are_not_finite_cannot_be_read(rules: Snapshot) -> None:
    for size in (float("nan"), float("inf")):
        frame = {"symbol": ["ACTUSDT"], "notional": [size]}
        assert answered(rules, frame)[0]["status"] == "unreadable"
        with pytest.raises(tierbook.Error, match="row 1"):
            rules.evaluate(frame, as_of=AT)


def test_negative_notionals_are_shorts(rules: Snapshot) -> None:
    for sizes in ([-60_000], [-60_000.0], ["-60000"], [Decimal(-60_000)]):
        assert answered(rules, {"symbol": ["ACTUSDT"], "notional": sizes})[0]["mmr"] == Decimal("0.1")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "+08:00", "America/New_York", None])
def test_kinds_of_times(rules: Snapshot, unit: str, zone: str | None) -> None:
    pa = library("pyarrow")
    at = datetime(2026, 2, 6, 7, tzinfo=timezone.utc)
    table = pa.table({"symbol": ["ACTUSDT"], "notional": [20_000], "t": pa.array([at], pa.timestamp(unit, zone))})
    table = rules.evaluate(table, as_of="t", known_at="now")
    row = table[0]
    # Without a zone it is read as UTC, which a notice says, and comes out as it went in.
    as_given = at if zone else at.replace(tzinfo=None)
    assert (row["mmr"], row["certainty"], row["t"]) == (Decimal("0.1"), "rolling_out", as_given)
    assert ["read as UTC" in notice for notice in table.notices] == ([] if zone else [True])


def test_dates_are_their_first_moment_in_utc(rules: Snapshot) -> None:
    pa = library("pyarrow")
    days = [date(2026, 2, 6), date(2026, 2, 7), None]
    for kind in (pa.date32(), pa.date64()):
        table = pa.table({"symbol": ["ACTUSDT"] * 3, "notional": [60_000] * 3, "day": pa.array(days, kind)})
        rows = answered(rules, table, as_of="day")
        assert [row["mmr"] for row in rows] == [Decimal("0.125"), Decimal("0.1"), None]
        assert [row["day"] for row in rows] == days


def test_other_columns_come_out_as_they_went_in(rules: Snapshot) -> None:
    pa = library("pyarrow")
    columns = {
        "symbol": pa.array(NAMES),
        "notional": pa.array(SIZES),
        "list": pa.array([[1], [], None, [2, None], [3]]),
        "large list": pa.array([["a"], [], None, ["b", None], ["c"]], pa.large_list(pa.string())),
        "fixed": pa.array([[1, 2], None, [3, 4], [5, 6], [7, 8]], pa.list_(pa.int16(), 2)),
        "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}, {"a": 2, "b": None}, {"a": 3, "b": "z"}]),
        "map": pa.array([[("k", 1)], None, [], [("l", 2)], [("m", None)]], pa.map_(pa.string(), pa.int64())),
        "binary": pa.array([b"\xff", b"", None, b"a", b"b"]),
        "fixed binary": pa.array([b"ab", b"cd", None, b"ef", b"gh"], pa.binary(2)),
        "bool": pa.array([True, False, None, True, False]),
        "duration": pa.array([1, 2, None, 4, 5], pa.duration("us")),
        "time": pa.array([1, 2, None, 4, 5], pa.time64("us")),
        "float16": pa.array([1.0, 2.0, None, 4.0, 5.0], pa.float16()),
        "null": pa.nulls(5),
        "decimal": pa.array([Decimal("1.50"), None] * 2 + [Decimal(2)], pa.decimal256(60, 2)),
        "encoded": pa.RunEndEncodedArray.from_arrays([2, 5], ["a", "b"]),
    }
    table = pa.table(columns)
    tables = [
        table,
        table[1:4],
        pa.concat_tables([table[:2], table[2:]]),
        table[:0],
        pa.concat_tables([table] * 3)[3:11],
    ]
    for given in tables:
        found = pa.table(rules.evaluate(given, as_of=AT, on_error="null"))
        found.validate(full=True)
        for name in columns:
            assert found.column(name).to_pylist() == given.column(name).to_pylist()
            assert found.column(name).type == given.column(name).type
        assert found.column_names[-4:] == ["status", "certainty", "holds", "source"]


def test_metadata_and_empty_tables(rules: Snapshot) -> None:
    pa = library("pyarrow")
    schema = pa.schema([("symbol", pa.string()), ("notional", pa.float64())], metadata={"a": "b"})
    for table in (schema.empty_table(), pa.table(schema.empty_table().columns, schema=schema)):
        found = pa.table(rules.evaluate(table, as_of=AT))
        assert found.num_rows == 0
        assert found.schema.metadata == {b"a": b"b"}
    for nothing in (pa.table({}), {}):
        with pytest.raises(tierbook.ColumnError) as refused:
            rules.evaluate(nothing, as_of=AT)
        assert isinstance(refused.value, KeyError)


def test_every_library_gives_its_tables(rules: Snapshot) -> None:
    pa, polars, pandas, numpy = library("pyarrow"), library("polars"), library("pandas"), library("numpy")
    table = pa.table({"symbol": NAMES, "notional": SIZES})
    frame = polars.DataFrame({"symbol": NAMES, "notional": SIZES})
    panda = pandas.DataFrame({"symbol": NAMES, "notional": SIZES})
    for given in (
        table,
        table.to_batches()[0],
        table.to_reader(),
        frame,
        frame.with_columns(polars.col("symbol").cast(polars.Categorical)),
        frame.with_columns(polars.col("symbol").cast(polars.Enum([name for name in NAMES[:3] if name]))),
        frame.with_columns(polars.col("notional").cast(polars.Decimal(20, 4))),
        polars.concat([frame[:2], frame[2:]], rechunk=False),
        polars.concat([frame, frame])[5:],
        panda,
        panda.astype({"symbol": "category"}),
        panda.convert_dtypes(dtype_backend="pyarrow"),
        panda.set_index(pandas.Index(["a", "b", "c", "d", "e"], name="key")),
        {"symbol": NAMES, "notional": SIZES},
        {"symbol": tuple(NAMES), "notional": iter(SIZES)},
        {"symbol": frame["symbol"], "notional": panda["notional"]},
        {"symbol": panda["symbol"], "notional": frame["notional"]},
        {"symbol": table["symbol"], "notional": numpy.array(SIZES)},
        {"symbol": polars.concat([frame[:2], frame[2:]], rechunk=False)["symbol"], "notional": numpy.array(SIZES)[::1]},
        {"symbol": numpy.array(NAMES, dtype=object), "notional": numpy.array(SIZES, dtype=">i4")},
        {"symbol": NAMES, "notional": panda["notional"].astype("Int64")},
        {"symbol": NAMES, "notional": pandas.Index(SIZES)},
    ):
        check(rules, given)


def test_duckdb_nanoarrow_and_arro3(rules: Snapshot) -> None:
    pa, duckdb = library("pyarrow"), library("duckdb")
    nanoarrow, core = library("nanoarrow"), library("arro3.core")
    table = pa.table({"symbol": NAMES, "notional": SIZES})
    given = table
    check(rules, duckdb.sql("from given"))
    check(rules, duckdb.sql("select symbol, notional::decimal(18, 2) notional from given"))
    check(rules, nanoarrow.ArrayStream(table))
    check(rules, nanoarrow.Array(table))
    check(rules, core.Table.from_arrow(table))
    check(rules, core.RecordBatch.from_arrow(table.to_batches()[0]))

    answers = rules.evaluate(table, as_of=AT, on_error="null")
    assert duckdb.sql("select mmr from answers").fetchall() == [(value,) for value in ANSWERS]
    array = nanoarrow.Array(answers)
    # nanoarrow 0.9 crashes when it lists string views, those of pyarrow as well.
    assert [child.name for child in array.schema.fields] == list(answers.columns)
    assert array.child(2).to_pylist() == ANSWERS
    assert core.Table.from_arrow(answers).column("status").to_pylist() == STATUSES


def test_what_goes_out(rules: Snapshot) -> None:
    pa, polars, pandas = library("pyarrow"), library("polars"), library("pandas")
    table = rules.evaluate({"symbol": NAMES, "notional": SIZES}, as_of=AT, on_error="null", measures=["mmr", "margin"])
    arrow = table.to_arrow()
    arrow.validate(full=True)
    assert arrow.schema.field("mmr").type == pa.decimal128(18, 10)
    assert arrow.schema.field("margin").type == pa.decimal128(38, 18)
    assert arrow.column("mmr").to_pylist() == ANSWERS
    frame = table.to_polars()
    assert frame["margin"].dtype == polars.Decimal(38, 18)
    assert frame["mmr"].to_list() == ANSWERS
    panda = table.to_pandas()
    assert panda["mmr"].tolist()[:2] == ANSWERS[:2]
    assert pandas.DataFrame.from_arrow(table)["status"].tolist() == STATUSES
    floats = rules.evaluate({"symbol": NAMES[:2], "notional": SIZES[:2]}, as_of=AT, decimals="float64").to_polars()
    assert floats["mmr"].to_list() == [0.05, 0.1]
    assert pa.table(table, schema=arrow.schema).equals(arrow)
    assert table.__arrow_c_stream__(None) is not None
    assert [row["mmr"] for row in table] == ANSWERS
    assert table[-1]["status"] == "above_limit"
    with pytest.raises(IndexError):
        table[5]


def test_rows_of_a_query_are_columns(rules: Snapshot) -> None:
    pa, polars = library("pyarrow"), library("polars")
    rows = rules.query("tiers of ACTUSDT as of 2026-02-07")
    rows.to_arrow().validate(full=True)
    assert rows.to_polars()["mmr"].to_list()[:2] == [Decimal("0.05"), Decimal("0.1")]
    assert pa.table(rows).num_rows == polars.DataFrame(rows).height == len(rows) == 6
    assert len(rows.to_pandas()) == 6
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0] == rows.to_dicts()[0]
    assert rows[1:3] == rows.to_dicts()[1:3]


def test_a_stream_is_read_once(rules: Snapshot) -> None:
    pa = library("pyarrow")
    table = pa.table({"symbol": NAMES, "notional": SIZES})

    class Once:
        """Gives the same capsule each time."""

        def __init__(self) -> None:
            self.capsule = table.__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.capsule

    once = Once()
    check(rules, once)
    with pytest.raises(tierbook.InputError, match="read before"):
        check(rules, once)
    taken = Once()
    assert pa.table(taken).num_rows == 5
    with pytest.raises(tierbook.InputError, match="read before"):
        check(rules, taken)

    class Pair:
        def __init__(self) -> None:
            self.capsules = table.to_batches()[0].__arrow_c_array__()

        def __arrow_c_array__(self, requested_schema: object = None) -> object:
            return self.capsules

    pair = Pair()
    check(rules, pair)
    with pytest.raises(tierbook.InputError, match="read before"):
        check(rules, pair)


def test_the_error_of_a_producer_is_told(rules: Snapshot) -> None:
    pa = library("pyarrow")
    schema = pa.schema([("symbol", pa.string()), ("notional", pa.int64())])

    def batches() -> Any:
        yield pa.record_batch({"symbol": ["ACTUSDT"], "notional": [1]}, schema=schema)
        raise ValueError("the disk is on fire")

    with pytest.raises(tierbook.InputError, match="the disk is on fire"):
        rules.evaluate(pa.RecordBatchReader.from_batches(schema, batches()), as_of=AT)


def test_what_is_no_table_is_refused(rules: Snapshot) -> None:
    pa, polars, numpy = library("pyarrow"), library("polars"), library("numpy")

    class Wrong:
        def __init__(self, given: object) -> None:
            self.given = given

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.given

    for frame in (
        None,
        "ACTUSDT",
        [1, 2],
        pa.array([1]),
        polars.Series([1]),
        numpy.zeros(3),
        Wrong(None),
        Wrong(5),
        Wrong(pa.schema([]).__arrow_c_schema__()),
        {"symbol": ["ACTUSDT"], "notional": [1, 2]},
        {"symbol": ["ACTUSDT"], "notional": 5},
        {"symbol": "ACTUSDT", "notional": [5]},
        {"symbol": ["ACTUSDT"], "notional": [[5]]},
        {"symbol": ["ACTUSDT"], "notional": [object()]},
        {"symbol": ["ACTUSDT", 5], "notional": [5, 6]},
        {"symbol": ["ACTUSDT"], "notional": numpy.zeros((1, 1))},
        {5: ["ACTUSDT"], "notional": [5]},
        {"symbol": ["ACTUSDT"], "notional": [True]},
        {"symbol": ["ACTUSDT"], "notional": [1], "note": ["\ud800"]},
    ):
        with pytest.raises(tierbook.Error) as refused:
            rules.evaluate(frame, symbol="symbol", notional="notional", as_of=AT)
        assert "Error" not in refused.value.message


def test_times_in_dictionaries(rules: Snapshot) -> None:
    numpy, pandas, polars = library("numpy"), library("pandas"), library("polars")
    at = datetime(2026, 2, 6, 7, tzinfo=timezone.utc)
    naive = at.replace(tzinfo=None)
    for times in (
        [at],
        ["2026-02-06T07:00Z"],
        numpy.array(["2026-02-06T07:00"], "datetime64[s]"),
        numpy.array(["2026-02-06T07:00"], "datetime64[ns]"),
        numpy.array(["2026-02-06T07:00"], "datetime64[m]"),
        numpy.array(["2026-02-06T07:00"], "datetime64[30m]"),
        numpy.array(["2026-02-06T07:00"], ">M8[us]"),
        pandas.Series([naive]),
        pandas.Series([at]),
        pandas.DatetimeIndex([pandas.Timestamp(at).tz_convert("Asia/Singapore")]),
        [pandas.Timestamp(at)],
        polars.Series([naive]),
        polars.Series([at]),
    ):
        row = answered(rules, {"symbol": ["ACTUSDT"], "notional": [20_000], "t": times}, as_of="t")[0]
        assert row["certainty"] == "rolling_out"
    nothing = numpy.array(["NaT"], "datetime64[us]")
    assert (
        answered(rules, {"symbol": ["ACTUSDT"], "notional": [1], "t": nothing}, as_of="t")[0]["status"] == "unreadable"
    )
    with pytest.raises(tierbook.ArgumentError, match="row 1 of t"):
        rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1], "t": [naive]}, as_of="t")


def test_numbers_in_dictionaries_keep_all_their_digits(rules: Snapshot) -> None:
    pa = library("pyarrow")
    columns = {
        "mixed": [1, 0.1, Decimal("-2.50"), None],
        "long": [Decimal("-12345678901234567890123456789012345678"), None, 3, 4],
        "large": [2**70, 1, 2, 3],
        "small": [Decimal("1E-30"), Decimal(1), None, 0],
    }
    table = rules.evaluate({"symbol": ["ACTUSDT"] * 4, "notional": [1] * 4, **columns}, as_of=AT)
    exact = {name: [None if it is None else Decimal(str(it)) for it in column] for name, column in columns.items()}
    for name, column in exact.items():
        assert [row[name] for row in table] == column
        assert pa.table(table).column(name).to_pylist() == column
    for column in (
        [Decimal(10) ** 38],
        [Decimal("1E+99999")],
        [Decimal("1E-40")],
        [Decimal(10) ** 30, Decimal("1E-20")],
    ):
        frame = {"symbol": ["ACTUSDT"] * len(column), "notional": [1] * len(column), "x": column}
        with pytest.raises(tierbook.InputError, match="too many digits"):
            rules.evaluate(frame, as_of=AT)
    with pytest.raises(tierbook.ArgumentError, match="finite"):
        rules.evaluate({"symbol": ["ACTUSDT"] * 2, "notional": [Decimal(1), float("nan")]}, as_of=AT)


def test_columns_are_named_and_found(rules: Snapshot) -> None:
    frame = {"Pair": ["ACTUSDT"], "size": [1]}
    with pytest.raises(tierbook.ColumnError) as refused:
        rules.evaluate(frame, symbol="pair2", as_of=AT)
    assert "Pair" in str(refused.value)
    with pytest.raises(tierbook.ColumnError) as refused:
        rules.evaluate({"x": ["ACTUSDT"]}, as_of=AT)
    assert any("symbol=COLUMN" in hint for hint in refused.value.hints)
    with pytest.raises(tierbook.ColumnError) as refused:
        rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]})
    assert any("as_of='2026-02-06T07:00Z'" in hint for hint in refused.value.hints)
    assert any("as_of=COLUMN" in hint for hint in refused.value.hints)
    with pytest.raises(tierbook.ArgumentError, match="did you mean `margin`"):
        rules.evaluate(frame, as_of=AT, measures=["margn"])  # type: ignore[list-item]


def test_what_a_library_cannot_give_is_refused_with_the_column(rules: Snapshot) -> None:
    pandas, polars, pa = library("pandas"), library("polars"), library("pyarrow")
    mixed = pandas.Series([1, "2"], dtype=object)
    frame = pandas.DataFrame({"symbol": ["ACTUSDT"] * 2, "notional": [1, 2], "my note": mixed})
    for given in (frame, {"symbol": ["ACTUSDT"] * 2, "notional": [1, 2], "my note": mixed}):
        with pytest.raises(tierbook.ArgumentError, match="`my note`") as refused:
            rules.evaluate(given, as_of=AT)
        assert refused.value.hints == ("give it one kind of values, such as texts: frame.astype({'my note': str})",)
    assert len(rules.evaluate(frame.astype({"my note": str}), as_of=AT)) == 2
    twice = pandas.DataFrame([["ACTUSDT", 1, 2]], columns=["symbol", "notional", "notional"])
    for given in (twice, pa.table([["ACTUSDT"], [1], [2], [3]], names=["symbol", "notional", "x", "x"])):
        with pytest.raises(tierbook.ColumnError, match="two columns `(notional|x)`") as twice_refused:
            rules.evaluate(given, as_of=AT)
        assert twice_refused.value.hints == ("rename one of them",)
    with pytest.raises(tierbook.ArgumentError) as lazy:
        rules.evaluate(polars.LazyFrame({"symbol": ["ACTUSDT"], "notional": [1]}), as_of=AT)  # type: ignore[arg-type]
    assert ".collect()" in lazy.value.hints[0]


def test_an_interrupt_of_a_producer_is_no_error_of_tierbook(rules: Snapshot) -> None:
    class Interrupted:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rules.evaluate(Interrupted(), as_of=AT)


def test_parameters_of_a_statement_are_columns_of_any_name_and_type(rules: Snapshot) -> None:
    at = datetime(2026, 2, 7, tzinfo=timezone.utc)
    columns: dict[str, list[Any]] = {"who": ["ACTUSDT"], "how_much": [60_000.5], "at": [at], "whole": [60_000]}
    asked = {"mmr of $who at $how_much as of $at": "0.125", "mmr of $who at $whole as of $at": "0.1"}
    for ask, value in asked.items():
        assert rules.evaluate(columns, ask=ask)["value"] == [Decimal(value)]
    exact = columns | {"how_much": [Decimal("60000.00000001")]}
    assert rules.evaluate(exact, ask="mmr of $who at $how_much as of $at")["value"] == [Decimal("0.125")]
    with pytest.raises(tierbook.InputError, match=r"row 1 .*`\$how_much` is bound to `much`"):
        rules.evaluate(columns | {"how_much": ["much"]}, ask="mmr of $who at $how_much as of $at")
    with pytest.raises(tierbook.ColumnError, match=r"`\$nosuch`"):
        rules.evaluate(columns, ask="mmr of $nosuch at 1")
    with pytest.raises(tierbook.QueryError) as refused:
        rules.evaluate(columns, ask="mmr of $who at")
    assert refused.value.span is not None and refused.value.query == "mmr of $who at"


def test_positions_have_the_prices_of_the_language(rules: Snapshot) -> None:
    frame = {
        "symbol": ["ACTUSDT", "ACT/USDT:USDT", "ACTUSDT", "ACTUSDT"],
        "dir": ["long", "SHORT", "sell", "long"],
        "units": [3_000_000, 3_000_000, 3_000_000, None],
        "notional": [60_000, 60_000, 60_000, 60_000],
        "price": [Decimal("0.02")] * 4,
        "wallet": [None, 12_000, None, Decimal("13750")],
        "leverage": [5, 20, 1, 20],
    }
    columns = {"side": "dir", "quantity": "units", "entry_price": "price", "isolated_margin": "wallet"}
    rows = answered(rules, frame, measures=["liquidation_price", "room"], **columns)
    questions = [
        "long 60k entry 0.02 with 5x",
        "short 60k entry 0.02 margin 12k",
        "short 60k entry 0.02 with 1x",
        "long 60k entry 0.02 margin 13750",
    ]
    for row, question in zip(rows, questions, strict=True):
        asked = rules.query(f"liquidation of ACTUSDT {question} as of {AT}")[0]
        assert (str(row["liquidation_price"]), row["status"]) == (asked["value"], asked["status"])
        assert row["room"] == 0
    lacking = {name: column for name, column in frame.items() if name != "price"}
    with pytest.raises(tierbook.ColumnError, match="entry"):
        rules.evaluate(lacking, as_of=AT, measures="liquidation_price")
