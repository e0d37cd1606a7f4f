"""A database from Python: loading several documents, corrections by file, the log, and audits of frames."""

from __future__ import annotations

import pathlib
import shutil
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from conftest import SEED, library

import tierbook

AT = "2026-02-07"
OTHER = "another.txt"


@pytest.fixture
def database(tmp_path: pathlib.Path) -> tierbook.Database:
    return tierbook.create(tmp_path / "rules.db")


@pytest.fixture
def loaded(database: tierbook.Database) -> tierbook.Database:
    database.load(SEED)
    return database


def other_text() -> bytes:
    """Another edition of the announcement, which has other bytes."""
    return SEED.read_bytes().replace(b"LTC85%80%", b"LTC85%75%")


def test_several_documents_are_one_report(database: tierbook.Database, tmp_path: pathlib.Path) -> None:
    file = tmp_path / OTHER
    file.write_bytes(other_text())
    for several in ([SEED, file], (str(SEED), file), iter([SEED, file]), {SEED: 1, file: 2}.keys()):
        report = database.load(several)
        assert [pathlib.Path(it.file) for it in report.documents] == [SEED, file]
    assert [it.outcome for it in report.documents] == ["already_loaded"] * 2
    assert [it.outcome for it in database.load([SEED.read_bytes(), b"x" * 99], errors="report").documents] == [
        "already_loaded",
        "unreadable",
    ]
    assert database.load([]).documents == ()
    assert repr(database.load([])) == "<LoadReport: no documents>"
    assert database.head().tx == 2


def test_one_of_several_that_is_not_there_stops_no_other(database: tierbook.Database, tmp_path: pathlib.Path) -> None:
    missing = tmp_path / "missing.txt"
    report = database.load([missing, SEED], errors="report")
    assert [it.outcome for it in report.documents] == ["unreadable", "loaded"]
    with pytest.raises(tierbook.InputError, match=r"missing\.txt") as refused:
        database.load([missing, SEED])
    assert refused.value.report is not None
    assert [it.outcome for it in refused.value.report.documents] == ["unreadable", "already_loaded"]
    with pytest.raises(FileNotFoundError):
        database.load(missing)


def test_what_cannot_be_loaded_is_refused_before_anything_is(database: tierbook.Database) -> None:
    for source in ([SEED, 5], [None], 5, None, [[SEED]]):
        with pytest.raises(tierbook.ArgumentError, match="source"):
            database.load(source)  # type: ignore[arg-type]
    with pytest.raises(tierbook.ArgumentError, match="name"):
        database.load([SEED, SEED.read_bytes()], name="two.txt")
    assert database.head().tx == 0


def test_a_report_counts_what_was_found_and_where(database: tierbook.Database) -> None:
    report = database.load(SEED)
    assert repr(report) == "<LoadReport: 1 loaded, 14 warnings, 2 notes>"
    assert {finding.file for finding in report.findings} == {SEED.name}
    assert {finding.file for finding in tierbook.read(SEED).findings} == {SEED.name}
    assert {finding.file for finding in tierbook.read(SEED.read_text()).findings} == {""}


def test_a_source_is_named_by_the_path_from_which_it_was_loaded(loaded: tierbook.Database) -> None:
    done = loaded.unload(SEED, reason="the wrong file")
    assert done.is_new
    with pytest.raises(tierbook.UnknownSubjectError):
        loaded.snapshot().contract("ACTUSDT").mmr(1, as_of=AT).unwrap()
    loaded.undo(done.tx)
    assert loaded.retract(str(SEED), reason="taken back").is_new
    assert loaded.correct_publication(SEED.name, "2026-02-03T06:00:47Z", reason="a second late").is_new


def test_a_name_of_several_sources_is_refused_with_their_ids(loaded: tierbook.Database, tmp_path: pathlib.Path) -> None:
    other = tmp_path / SEED.name
    other.write_bytes(other_text())
    loaded.load(other)
    ids = [row["id"] for row in loaded.snapshot().sources()]
    assert len(ids) == 2
    with pytest.raises(tierbook.ArgumentError) as refused:
        loaded.unload(other, reason="the wrong file")
    assert refused.value.code == "ambiguous_source"
    assert all(it in refused.value.message for it in ids)
    assert loaded.unload(ids[1], reason="the wrong file").is_new
    with pytest.raises(tierbook.ArgumentError, match="nosuch"):
        loaded.unload(tmp_path / "nosuch.txt", reason="x")


@pytest.mark.parametrize("reason", ["", "  ", "\n", None, 5])
def test_a_correction_needs_a_reason(loaded: tierbook.Database, reason: Any) -> None:
    for correct in (
        lambda: loaded.unload(SEED, reason=reason),
        lambda: loaded.retract("ee2413a8367c.55", reason=reason),
        lambda: loaded.reschedule("ee2413a8367c.55", AT, reason=reason),
        lambda: loaded.undo(reason=reason),
    ):
        with pytest.raises(tierbook.ArgumentError, match="reason"):
            correct()
    assert loaded.head().tx == 1


@pytest.mark.parametrize("tx", [-1, 2**63, 2**64, -(2**70), 1.0, True, "1"])
def test_a_number_of_no_transaction_is_refused(loaded: tierbook.Database, tx: Any) -> None:
    for ask in (lambda: loaded.undo(tx), lambda: loaded.unload(SEED, reason="x", tx=tx), lambda: loaded.log(tx)):
        with pytest.raises(tierbook.ArgumentError):
            ask()


def test_the_log_has_what_was_recorded(loaded: tierbook.Database) -> None:
    moved = loaded.reschedule("ee2413a8367c.55", "2026-02-08T06:30Z", reason="two days later")
    loaded.undo(moved.tx)
    log = loaded.log()
    assert [(row["tx"], row["action"], row["undone_by"]) for row in log] == [
        (1, "load", None),
        (2, "reschedule", 3),
        (3, "undo", None),
    ]
    assert (log[0]["file"], log[1]["reason"]) == (SEED.name, "two days later")
    assert log[1]["changed"] == ["binance:usdm:ACTUSDT"]
    assert [row["tx"] for row in loaded.log(2)] == [2, 3]
    assert loaded.log(0).to_dicts() == []
    assert "two days later" in str(log)
    assert library("polars").DataFrame(log)["tx"].to_list() == [1, 2, 3]


def test_a_frame_is_audited_as_its_file_is(loaded: tierbook.Database) -> None:
    polars, pandas, pa = library("polars"), library("pandas"), library("pyarrow")
    file = SEED.parent / "decisions.csv"
    expected = loaded.audit(file)
    texts = polars.read_csv(file, infer_schema=False)
    for frame in (texts, polars.read_csv(file), pandas.read_csv(file), pa.table(texts), texts.to_dict(as_series=False)):
        found = loaded.audit(frame)
        assert found.counts == expected.counts
        assert [row["judgement"] for row in found.rows] == [row["judgement"] for row in expected.rows]
        assert [row["line"] for row in found.rows] == [row["line"] for row in expected.rows]
        assert found.errors == expected.errors


def test_types_and_line_breaks_of_a_frame_that_is_audited(loaded: tierbook.Database) -> None:
    polars = library("polars")
    at = datetime(2026, 2, 6, 8, tzinfo=timezone.utc)
    log = polars.DataFrame({
        "time": [at, at, at],
        "symbol": ["ACTUSDT", "ACT/USDT:USDT", "ACTUSDT"],
        "notional": [Decimal(60_000), Decimal("60000.5"), None],
        "rate": [0.1, 0.125, 0.1],
        "note": ['two\nlines, and "more"', "", None],
    })  # fmt: skip
    audit = loaded.audit(log)
    assert audit.counts["right"] == 2
    assert [error[:6] for error in audit.errors] == ["line 4"]
    naive = log[:2].with_columns(time=polars.lit(at.replace(tzinfo=None)))
    assert loaded.audit(naive).counts["right"] == 2
    # The old rule was in force, eight hours earlier.
    assert loaded.audit(naive, zone="+08:00").counts["right"] == 1
    for wrong in (5, None, [1], polars.DataFrame({"a": [1]}), log.lazy()):
        with pytest.raises(tierbook.Error):
            loaded.audit(wrong)  # type: ignore[arg-type]


def test_a_database_is_told_apart_from_its_copy(loaded: tierbook.Database, tmp_path: pathlib.Path) -> None:
    assert loaded.backup(tmp_path / "copy") == 1
    shutil.rmtree(loaded.path)
    assert tierbook.open(tmp_path / "copy").snapshot().contract("ACTUSDT").mmr(60_000, as_of=AT).value == Decimal("0.1")
