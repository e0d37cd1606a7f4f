"""Answers, queries, tiers and documents, as the issue shows them."""

from __future__ import annotations

import json
import pathlib
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from conftest import SEED

import tierbook
from tierbook import Contract, Snapshot


def test_an_answer_says_what_it_knows(rules: Snapshot) -> None:
    answer = rules.contract("ACT/USDT:USDT").mmr(60_000, as_of="2026-02-06T07:00Z")
    assert answer.value == answer.unwrap() == Decimal("0.1")
    assert float(answer) == 0.1
    assert answer.status == "value"
    assert answer.certainty == "rolling_out"
    assert isinstance(answer.certainty, str)
    assert answer.certainty.other == Decimal("0.125")
    assert answer.certainty.until == datetime(2026, 2, 6, 7, 30, tzinfo=timezone.utc)
    assert answer.certainty.also == ()
    assert answer.holds == Decimal("0.9")
    assert answer.source is not None
    assert str(answer.source) == answer.source.id == "ee2413a8367c"
    assert answer.source.file == SEED.name
    assert answer.tier == rules.contract("ACTUSDT").tier(60_000, as_of="2026-02-06T07:00Z").value
    assert answer.unit == "fraction"
    assert answer.warnings == ()


def test_an_answer_is_the_row_of_the_language(rules: Snapshot) -> None:
    act, strk = rules.contract("ACTUSDT"), rules.collateral("pm-pro:STRK")
    at: Any = {"as_of": "2026-02-07"}
    for answer, query in [
        (act.mmr(60_000, **at), "mmr of ACTUSDT at 60000"),
        (act.margin(65_000, **at), "margin of ACTUSDT at 65000"),
        (act.initial_margin(65_000, 3, **at), "initial margin of ACTUSDT at 65000 with 3x"),
        (act.max_leverage(60_000, **at), "max leverage of ACTUSDT at 60000"),
        (act.tier(60_000, **at), "tier of ACTUSDT at 60000"),
        (act.limit(**at), "limit of ACTUSDT"),
        (act.max_position(5, **at), "max position of ACTUSDT at 5x"),
        (act.mmr(900_000, **at), "mmr of ACTUSDT at 900000"),
        (strk.ratio(300_000, **at), "ratio of pm-pro:STRK at 300000"),
        (strk.value(300_000, **at), "collateral of pm-pro:STRK at 300000"),
    ]:
        assert answer.to_dict() == rules.query(f"{query} as of 2026-02-07")[0], query
    assert act.tiers(**at).to_dicts() == rules.query("tiers of ACTUSDT as of 2026-02-07").to_dicts()


def test_absence_is_a_status_until_it_is_unwrapped(act: Contract) -> None:
    for answer, status in [
        (act.mmr(900_000, as_of="2026-02-07"), "above_limit"),
        (act.mmr(1, as_of="2020-01-01"), "unknown"),
        (act.mmr(1, as_of="2026-02-07", known_at="2026-01-01"), "not_known_then"),
        (act.tier(900_000, as_of="2026-02-07"), "above_limit"),
        (act.tiers(as_of="2020-01-01"), "unknown"),
    ]:
        assert (answer.value, answer.status) == (None, status)
        for unwrap in (answer.unwrap, lambda answer=answer: float(answer)):
            with pytest.raises(tierbook.NoRuleError) as refused:
                unwrap()
            assert isinstance(refused.value, LookupError)
            assert refused.value.status == status
            assert "ACTUSDT" in str(refused.value)


def test_one_ratio_is_a_table_of_one_tier(rules: Snapshot) -> None:
    tiers = rules.collateral("LTC").tiers(as_of="2026-02-07")
    assert tiers.value == (tierbook.Tier(1, Decimal(0), None, Decimal("0.8"), None, None, None),)
    assert tiers.source is not None
    assert tiers.certainty == "settled"


def test_times_of_an_answer(rules: Snapshot) -> None:
    answer = rules.contract("ACTUSDT").mmr(60_000, as_of="2026-02-06T05:00Z")
    assert answer.value == Decimal("0.125")
    assert answer.next_change_at == datetime(2026, 2, 6, 6, 30, tzinfo=timezone.utc)
    assert answer.as_of == datetime(2026, 2, 6, 5, tzinfo=timezone.utc)


def test_leverage_tiers_are_those_of_ccxt(rules: Snapshot) -> None:
    at = datetime(2026, 2, 7, tzinfo=timezone.utc)
    tiers = rules.leverage_tiers(["ACT/USDT:USDT"], as_of=at)
    assert list(tiers) == ["ACT/USDT:USDT"]
    found = tiers["ACT/USDT:USDT"]
    assert set(found[1]) == {
        "tier",
        "symbol",
        "currency",
        "minNotional",
        "maxNotional",
        "maintenanceMarginRate",
        "maxLeverage",
        "info",
    }
    kinds = {name: type(value) for name, value in found[1].items()}
    assert kinds["tier"] in (int, float)
    assert kinds["minNotional"] is kinds["maxNotional"] is kinds["maintenanceMarginRate"] is float
    assert (found[1]["maxNotional"], found[1]["maintenanceMarginRate"], found[1]["symbol"]) == (
        60_000.0,
        0.1,
        "ACT/USDT:USDT",
    )
    assert [tier["tier"] for tier in found] == [1, 2, 3, 4, 5, 6]
    assert rules.leverage_tiers("ACTUSDT", as_of=at) == tiers
    assert set(tiers) < set(rules.leverage_tiers(as_of=at))
    assert rules.leverage_tiers([], as_of="2020-01-01") == {}
    with pytest.raises(KeyError):
        rules.leverage_tiers(["NOSUCHUSDT"])
    assert json.loads(rules.freqtrade_tiers(["ACTUSDT"], as_of=at))["ACT/USDT:USDT"] == found


def test_documents(tmp_path: pathlib.Path) -> None:
    read = tierbook.read(SEED)
    assert (len(read.statements), len(read.findings)) == (68, 16)
    text = SEED.read_text()
    for again in (tierbook.read(text, name=SEED.name), tierbook.read(text.encode(), name=SEED.name)):
        assert again == read
    first = read.statements[0]
    assert first.valid_at is not None
    assert "LTC" in read.quoted(first.span)
    assert all(isinstance(finding.message, str) and finding.span for finding in read.findings)
    with pytest.raises(tierbook.InputError):
        tierbook.read("no rule here")
    with pytest.raises(tierbook.InputError, match="pathlib.Path"):
        tierbook.read(str(SEED))
    with pytest.raises(FileNotFoundError):
        tierbook.read(pathlib.Path("missing.txt"))


def test_a_database_from_beginning_to_end(tmp_path: pathlib.Path) -> None:
    place = tmp_path / "rules.db"
    with pytest.raises(FileNotFoundError) as missing:
        tierbook.open(place)
    assert isinstance(missing.value, tierbook.Error)
    assert "tierbook.create" in str(missing.value)
    with tierbook.create(place) as database:
        with pytest.raises(FileExistsError, match="already"):
            tierbook.create(place)
        assert database.head().tx == 0
        report = database.load(str(SEED))
        assert (report.loaded, len(report.findings)) == (1, 16)
        assert report.documents[0].outcome == "loaded"
        again = database.load(SEED.read_bytes(), name=SEED.name)
        assert again.documents[0].outcome == "already_loaded"
        head = database.head()
        snapshot = database.snapshot()
        assert (snapshot.tx, snapshot.head, snapshot.recorded_at) == head
        assert database.verify(head.hash).ok
        with pytest.raises(tierbook.Error):
            database.verify("0" * 63)
        done = database.retract("ee2413a8367c", reason="a test")
        assert done.is_new
        assert database.snapshot().contract("ACTUSDT").mmr(1, as_of="2026-02-07").status != "value"
        assert snapshot.contract("ACTUSDT").mmr(1, as_of="2026-02-07").status == "value"
        database.undo(done.tx, reason="a test")
        assert database.snapshot().contract("ACTUSDT").mmr(1, as_of="2026-02-07").status == "value"
        with pytest.raises(FileNotFoundError):
            database.load(tmp_path / "missing.txt")
        with pytest.raises(tierbook.InputError) as refused:
            database.load(b"no rule here", name="x.txt")
        assert refused.value.report is not None
        assert database.load(b"no rule here", name="x.txt", errors="report").documents[0].error is not None
        copied = database.backup(tmp_path / "copy")
        assert copied == database.head().tx
    with pytest.raises(tierbook.StoreError, match="closed"):
        database.snapshot()
    with tierbook.open(tmp_path / "copy") as copy:
        assert copy.verify().ok


def test_audit(tmp_path: pathlib.Path) -> None:
    with tierbook.create(tmp_path / "rules.db") as database:
        database.load(SEED)
        audit = database.audit(SEED.parent / "decisions.csv")
        assert sum(audit.counts.values()) == len(audit.rows) > 0
        assert not audit.ok


def test_an_explanation_asks_the_same_question(rules: Snapshot) -> None:
    act, at = rules.contract("ACTUSDT"), "2026-02-07"
    answers = [act.initial_margin(60_000, 4, as_of=at), act.max_position(10, as_of=at), act.tiers(as_of=at)]
    for answer in answers:
        explained = rules.explain(answer)[0]
        assert [row["address"] for row in explained["answer"]] == [row["address"] for row in answer._records()]


def test_statuses_are_counted_beside_a_column_of_that_name(rules: Snapshot) -> None:
    frame = {"symbol": ["ACTUSDT", "X", "ACTUSDT"], "notional": [1, 2, 900_000], "status": ["mine"] * 3}
    table = rules.evaluate(frame, as_of="2026-02-07")
    assert table.status_counts == {"value": 1, "unknown_subject": 1, "above_limit": 1}
    assert table["status"] == ["mine"] * 3
    assert [row["notional"] for row in table[::-2]] == [900_000, 1]
    assert table[3:] == []


def test_the_history_of_a_contract_and_of_an_asset(act: Contract, rules: Snapshot) -> None:
    for history, query in {
        act.history: "history of ACTUSDT",
        lambda: act.history("mmr", 60_000): "history of mmr of ACTUSDT at 60000",
        lambda: act.history("max_leverage", "60k"): "history of max leverage of ACTUSDT at 60000",
        lambda: act.history("limit", since="2026-02-05"): "history of limit of ACTUSDT since 2026-02-05",
        lambda: act.history("mmr", 1, known_at="2026-02-04"): "history of mmr of ACTUSDT at 1 known at 2026-02-04",
        lambda: rules.collateral("pm-pro:STRK").history(): "history of pm-pro:STRK",
        rules.collateral("LTC").history: "history of LTC",
    }.items():
        rows = history()
        assert rows.to_dicts() == rules.query(query).to_dicts()
        assert len(rows) > 0
    assert [row["value"] for row in act.history("mmr", 60_000)] == ["0.125", "0.1"]
