"""Numbers and times of Python: exact, or refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import library

import tierbook
from tierbook import Contract, Error, Snapshot

AT = "2026-02-07"


def asked_at(act: Contract, notional: Any) -> Any:
    return act.mmr(notional, as_of=AT).to_dict()["at"]


@pytest.mark.parametrize(
    ("notional", "exact"),
    [
        (60_000, "60000"),
        (Decimal("60000.00000001"), "60000.00000001"),
        (Decimal("6E+4"), "60000"),
        (Decimal("1E-20"), "0.00000000000000000001"),
        ("60000", "60000"),
        ("60k", "60000"),
        ("60,000.50", "60000.5"),
        ("6E4", "60000"),
        (" 60_000 ", "60000"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e16, "10000000000000000"),
        (60_000.1, "60000.1"),
        (0, "0"),
        (-0.0, "0"),
        (Decimal("-0E-30"), "0"),
        (999_999_999_999_999_999_999_999, "999999999999999999999999"),
        ("1234567890.12345678901234", "1234567890.12345678901234"),
    ],
)
def test_numbers_are_exact(act: Contract, notional: Any, exact: str) -> None:
    assert asked_at(act, notional) == exact


@pytest.mark.parametrize(
    ("notional", "words"),
    [
        (True, "True"),
        (float("nan"), "finite"),
        (float("inf"), "finite"),
        (-float("inf"), "finite"),
        (Decimal("NaN"), "finite"),
        (Decimal("sNaN"), "finite"),
        (Decimal("-Infinity"), "finite"),
        (None, "not a number"),
        ([1], "not a number"),
        (1j, "not a number"),
        (b"60000", "not a number"),
        ("", "not a number"),
        ("sixty", "not a number"),
        ("nan", "not a number"),
        ("10x", "leverage"),
        ("60 000", "not a number"),
        (10**28, "digits"),
        pytest.param(10**5000, "not a number", id="huge"),
        (Decimal("1E+999999999"), "not a number"),
        (Decimal("0.00000000000000000000000000001"), "not a number"),
        ("12345678901234567890.123456789", "digits"),
    ],
)
def test_other_numbers_are_refused(act: Contract, notional: Any, words: str) -> None:
    with pytest.raises(Error) as refused:
        act.mmr(notional, as_of=AT)
    assert words in str(refused.value)
    assert refused.value.hints
    assert isinstance(refused.value, ValueError)


def test_a_wrong_type_is_a_type_error(act: Contract) -> None:
    for notional in (True, None, [1], {}, object()):
        with pytest.raises(TypeError):
            act.mmr(notional, as_of=AT)  # type: ignore[arg-type]


def test_negative_numbers_are_refused_as_the_language_does(act: Contract, rules: Snapshot) -> None:
    with pytest.raises(tierbook.QueryError) as of_query:
        rules.query("mmr of ACTUSDT at -60000")
    for notional in (-60_000, "-60000", Decimal(-60_000), -60_000.0):
        with pytest.raises(tierbook.ArgumentError) as of_call:
            act.mmr(notional, as_of=AT)
        found = of_call.value
        assert found.message == of_query.value.message
        assert (found.code, found.hints, found.span) == (of_query.value.code, of_query.value.hints, None)


def test_numbers_of_numpy(act: Contract) -> None:
    numpy = library("numpy")
    exact = {
        numpy.int64(60_000): "60000",
        numpy.uint8(200): "200",
        numpy.float64(0.1): "0.1",
        numpy.float32(0.1): "0.1",
        numpy.float32(60_000.1): "60000.1",
        numpy.float16(0.1): "0.1",
    }
    for notional, text in exact.items():
        assert asked_at(act, notional) == text
    for notional in (
        numpy.bool_(True),
        numpy.float64("nan"),
        numpy.float32("inf"),
        numpy.array([1, 2]),
        numpy.array(1),
    ):
        with pytest.raises(tierbook.ArgumentError):
            act.mmr(notional, as_of=AT)


def test_leverages(act: Contract) -> None:
    numpy = library("numpy")
    assert act.max_position(5, as_of=AT).value == Decimal(60_000)
    assert act.max_position(numpy.int64(5), as_of=AT).value == Decimal(60_000)
    assert act.initial_margin(60_000, 5, as_of=AT).value == Decimal(12_000)
    for leverage in (0, -1, True, 5.0, "5", 2**40, numpy.bool_(True)):
        for ask in (
            lambda leverage: act.max_position(leverage, as_of=AT),
            lambda leverage: act.initial_margin(1, leverage, as_of=AT),
        ):
            with pytest.raises(tierbook.ArgumentError) as refused:
                ask(leverage)
            assert refused.value.code == "not_a_leverage"


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("at", "in_utc"),
    [
        ("2026-02-06T07:00Z", "2026-02-06T07:00:00Z"),
        ("2026-02-06T15:00:00.25+08:00", "2026-02-06T07:00:00.25Z"),
        ("2026-02-06", "2026-02-06T00:00:00Z"),
        (date(2026, 2, 6), "2026-02-06T00:00:00Z"),
        (datetime(2026, 2, 6, 7, tzinfo=timezone.utc), "2026-02-06T07:00:00Z"),
        (datetime(2026, 2, 6, 7, 0, 0, 1, tzinfo=timezone.utc), "2026-02-06T07:00:00.000001Z"),
        (datetime(2026, 2, 6, 15, tzinfo=timezone(timedelta(hours=8))), "2026-02-06T07:00:00Z"),
        (datetime(2026, 2, 6, 2, tzinfo=NEW_YORK), "2026-02-06T07:00:00Z"),
        # The hour that the clock has twice.
        (datetime(2025, 11, 2, 1, 30, tzinfo=NEW_YORK), "2025-11-02T05:30:00Z"),
        (datetime(2025, 11, 2, 1, 30, fold=1, tzinfo=NEW_YORK), "2025-11-02T06:30:00Z"),
    ],
)
def test_times(act: Contract, at: Any, in_utc: str) -> None:
    assert act.mmr(1, as_of=at).to_dict()["as_of"] == in_utc


def test_a_time_is_now_where_it_is_left_out(act: Contract) -> None:
    before = datetime.now(timezone.utc)
    at = act.mmr(1).as_of
    assert at is not None
    assert before <= at <= datetime.now(timezone.utc)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 2, 6, 7),
        "2026-02-06T07:00",
        "2026-02-06 07:00",
        "soon",
        "2026-13-01",
        5,
        1770361200.0,
        True,
        b"2026-02-06",
        datetime(2026, 2, 6, 7).time(),
        timedelta(1),
    ],
)
def test_other_times_are_refused(act: Contract, at: Any) -> None:
    for name in ("as_of", "known_at", "recorded_by"):
        with pytest.raises(Error) as refused:
            act.mmr(1, **{name: at})
        assert isinstance(refused.value, ValueError)
        assert refused.value.hints
        assert isinstance(at, str) or name in refused.value.message


def test_times_of_pandas_and_numpy(act: Contract) -> None:
    pandas, numpy = library("pandas"), library("numpy")
    for at in (
        pandas.Timestamp("2026-02-06T07:00Z"),
        pandas.Timestamp("2026-02-06T07:00:00.000000999Z"),
        pandas.Timestamp("2026-02-06T15:00", tz="Asia/Singapore"),
    ):
        assert act.mmr(1, as_of=at).to_dict()["as_of"] == "2026-02-06T07:00:00Z"
    folded = pandas.Timestamp("2025-11-02T01:30").tz_localize("America/New_York", ambiguous=False)
    assert act.mmr(1, as_of=folded).to_dict()["as_of"] == "2025-11-02T06:30:00Z"
    for at in (pandas.Timestamp("2026-02-06T07:00"), pandas.NaT, numpy.datetime64("2026-02-06T07:00"), pandas.NA):
        with pytest.raises(tierbook.ArgumentError) as refused:
            act.mmr(1, as_of=at)
        assert refused.value.hints


def test_recorded_by_in_the_future_is_refused(act: Contract, rules: Snapshot) -> None:
    later = datetime.now(timezone.utc) + timedelta(days=1)
    frame = {"symbol": ["ACTUSDT"], "notional": [1]}
    for ask in (
        lambda: act.mmr(1, recorded_by=later),
        lambda: act.tiers(recorded_by=later),
        lambda: rules.collateral("LTC").ratio(recorded_by=later),
        lambda: rules.leverage_tiers(["ACTUSDT"], recorded_by=later),
        lambda: rules.freqtrade_tiers(["ACTUSDT"], recorded_by=later),
        lambda: rules.evaluate(frame, as_of=AT, recorded_by=later),
        lambda: act.history(recorded_by=later),
    ):
        with pytest.raises(tierbook.ArgumentError) as refused:
            ask()
        assert refused.value.code == "recorded_in_future"


@pytest.mark.parametrize(
    "ask",
    [
        lambda rules, wrong: rules.contract(wrong),
        lambda rules, wrong: rules.collateral(wrong),
        lambda rules, wrong: rules.query(wrong),
        lambda rules, wrong: rules.changes(of=wrong),
        lambda rules, wrong: rules.changes(since=wrong),
        lambda rules, wrong: rules.leverage_tiers(wrong),
        lambda rules, wrong: rules.leverage_tiers([wrong]),
        lambda rules, wrong: rules.evaluate(wrong, as_of=AT),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, symbol=wrong),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of=wrong),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of=AT, measures=[wrong]),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of=AT, measures=wrong),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of=AT, ask=wrong),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of=AT, zone=wrong),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of=AT, decimals=wrong),
        lambda rules, wrong: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of=AT, on_error=wrong),
        lambda rules, wrong: tierbook.open(wrong),
        lambda rules, wrong: tierbook.create(wrong),
        lambda rules, wrong: tierbook.read(wrong),
        lambda rules, wrong: tierbook.read("x", name=wrong),
        lambda rules, wrong: tierbook.read("x", venue=wrong),
        lambda rules, wrong: tierbook.read("x", complete=wrong),
    ],
)
def test_a_wrong_type_is_an_error_of_tierbook(rules: Snapshot, ask: Any) -> None:
    with pytest.raises(Error) as refused:
        ask(rules, 5)
    assert isinstance(refused.value, TypeError)
    assert refused.value.hints
