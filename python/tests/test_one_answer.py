"""One question has one answer: `Snapshot.evaluate`, the command `tierbook eval` and single questions agree in every column.

Random rows about every contract of the exchange's snapshots in ../shared. TIERBOOK_ROWS says how many; TIERBOOK_BINARY is
the command, else the one in target/debug.
"""

from __future__ import annotations

import csv
import os
import pathlib
import random
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from conftest import REPOSITORY, library, shared

import tierbook
from tierbook import Answer, Contract, Snapshot

ROWS = int(os.environ.get("TIERBOOK_ROWS", "20_000"))
#: How many of them are asked one by one as well.
SINGLE = 500
MEASURES = ["mmr", "margin", "max_leverage", "amount"]
#: More than before the first snapshot, and after the last.
FIRST, LAST = datetime(2021, 12, 1, tzinfo=timezone.utc), datetime(2026, 4, 1, tzinfo=timezone.utc)
STEP = Decimal("0.00000001")
UNKNOWN = ["NOSUCHUSDT", "NO/SUCH:USDT", "binance:usdm:NOSUCHUSDT", "?", "é∂界"]


def binary() -> pathlib.Path:
    named = os.environ.get("TIERBOOK_BINARY")
    path = pathlib.Path(named) if named else REPOSITORY / "target/debug/tierbook"
    if not path.exists() and not named:
        pytest.skip(f"{path} is not there")
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tierbook.Database]:
    with tierbook.create(tmp_path_factory.mktemp("exchange") / "rules.db") as database:
        database.load(shared("exchange") / "snapshots")
        yield database


class Contracts:
    """What rows are about: the contracts with their spellings and caps, and the times at which tables were seen."""

    def __init__(self, rules: Snapshot) -> None:
        published = [datetime.fromisoformat(row["published_at"].replace("Z", "+00:00")) for row in rules.sources()]
        self.moments = published
        self.names: list[tuple[str, list[str]]] = []
        self.caps: dict[str, list[Decimal]] = {}
        for name in rules.subjects:
            contract, short = rules.contract(name), name.rsplit(":", 1)[1]
            quote = next(quote for quote in ("USDT", "USDC", "USD1", "BUSD", "BTC", "U", "") if short.endswith(quote))
            ccxt = f"{short.removesuffix(quote)}/{quote}:{quote}"
            self.names.append(
                (name, [name, short, "usdm:" + short, *([ccxt] if is_name_of(rules, ccxt, name) else [])])
            )
            tables = [contract.tiers(as_of=at).value or () for at in self.moments]
            self.caps[name] = sorted(
                {tier.cap for table in tables for tier in table if tier.cap is not None} | {Decimal(0)}
            )


@pytest.fixture(scope="module")
def contracts(database: tierbook.Database) -> Contracts:
    return Contracts(database.snapshot())


class Rows:
    """Random rows, with every boundary of the rules often among them."""

    def __init__(self, contracts: Contracts, seed: int) -> None:
        self.random = random.Random(seed)
        self.names, self.caps, self.moments = contracts.names, contracts.caps, contracts.moments

    def row(self) -> tuple[str, Decimal, datetime]:
        name, spelled = self.random.choice(self.names)
        spelling = self.random.choice(UNKNOWN) if self.random.random() < 0.01 else self.random.choice(spelled)
        return spelling, self.notional(self.caps[name]), self.moment()

    def notional(self, caps: list[Decimal]) -> Decimal:
        which = self.random.random()
        if which < 0.7:
            near = self.random.choice(caps) + self.random.choice([Decimal(0), STEP, -STEP])
        elif which < 0.75:
            near = caps[-1] * 10
        else:
            near = Decimal(self.random.randrange(10**15)).scaleb(-self.random.randrange(9))
        # Below zero is a short of that size.
        return near if self.random.random() < 0.8 else -near

    def moment(self) -> datetime:
        if self.random.random() < 0.3:
            return self.random.choice(self.moments) + self.random.choice([-1, 0, 1]) * timedelta(microseconds=1)
        # Late ones more often, when there are more contracts.
        return LAST - timedelta(
            microseconds=int((LAST - FIRST) / timedelta(microseconds=1) * self.random.random() ** 3)
        )


def is_name_of(rules: Snapshot, spelling: str, name: str) -> bool:
    try:
        return rules.contract(spelling).subject == name
    except tierbook.Error:
        return False


def written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def answered_by_the_command(database: tierbook.Database, given: pathlib.Path, *options: str) -> Any:
    """The table that `tierbook eval` writes for a file, and the seconds that it took."""
    parquet = library("pyarrow.parquet")
    out = given.with_suffix(".answers.parquet")
    measures = ["--measures", ",".join(MEASURES)]
    command = [binary(), "--db", database.path, "eval", given, *measures, *options, "--allow-unknown", "-o", out]
    began = time.perf_counter()
    ran = subprocess.run([str(it) for it in command], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return parquet.read_table(out), time.perf_counter() - began


def compare(found: Any, of_command: Any) -> None:
    """Two tables of pyarrow, cell by cell, with the types of the numbers."""
    pa = library("pyarrow")
    assert found.column_names == of_command.column_names
    for name in found.column_names:
        mine, its = found.column(name), of_command.column(name)
        if pa.types.is_decimal(mine.type):
            assert mine.type == its.type, name
        mine, its = (text_or(pa, it).combine_chunks() for it in (mine, its))
        if not mine.equals(its):
            row = next(row for row in range(len(mine)) if mine[row] != its[row])
            raise AssertionError(
                f"row {row}, {name}: {found.slice(row, 1).to_pylist()} != {of_command.slice(row, 1).to_pylist()}"
            )


def text_or(pa: Any, column: Any) -> Any:
    """A column with one type of text instead of three."""
    is_text = (
        pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type)
    )
    return column.cast(pa.large_string()) if is_text else column


def check_single(rules: Snapshot, row: dict[str, Any], as_of: Any, known_at: Any) -> None:
    """One row by questions of its own."""
    try:
        contract = rules.contract(row["symbol"])
    except tierbook.UnknownSubjectError:
        assert (row["status"], row["source"], *(row[name] for name in MEASURES)) == ("unknown_subject", *[None] * 5)
        return
    size = Decimal(row["notional"]).copy_abs()
    times = {"as_of": as_of, "known_at": known_at}
    answers = of_measures(contract, size, times)
    assert [row[name] for name in MEASURES] == [value for value, _ in answers]
    statuses = [answer.status for _, answer in answers]
    assert row["status"] == next((it for it in statuses if it != "value"), "value")
    first = answers[0][1]
    assert row["certainty"] == first.certainty
    assert row["holds"] == first.holds
    assert row["source"] == (first.source and first.source.id)


def of_measures(contract: Contract, size: Decimal, times: dict[str, Any]) -> list[tuple[Any, Answer[Any]]]:
    tier = contract.tier(size, **times)
    asked: list[Answer[Any]] = [getattr(contract, name)(size, **times) for name in MEASURES[:3]]
    amount = None if tier.value is None else tier.value.maintenance_amount
    return [*((answer.value, answer) for answer in asked), (amount, tier)]


def test_texts_of_a_csv_file(database: tierbook.Database, contracts: Contracts, tmp_path: pathlib.Path) -> None:
    rules, path = database.snapshot(), tmp_path / "rows.csv"
    made = Rows(contracts, 1)
    rows = [made.row() for _ in range(ROWS // 2)]
    columns = {
        "symbol": [name for name, _, _ in rows],
        "notional": [f"{size:f}" for _, size, _ in rows],
        "time": [written(at) for _, _, at in rows],
    }
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([list(columns), *zip(*columns.values())])
    of_command, seconds = answered_by_the_command(database, path)
    began = time.perf_counter()
    found = rules.evaluate(columns, measures=MEASURES)  # type: ignore[arg-type]
    report(found, "texts", time.perf_counter() - began, seconds)
    compare(found.to_arrow(), of_command)
    step = -(-len(rows) // SINGLE)
    for row, (_, _, at) in list(zip(found, rows))[::step]:
        check_single(rules, row, at, None)


def test_types_of_a_parquet_file_as_they_were_known_then(
    database: tierbook.Database, contracts: Contracts, tmp_path: pathlib.Path
) -> None:
    pa, parquet = library("pyarrow"), library("pyarrow.parquet")
    rules, path = database.snapshot(), tmp_path / "rows.parquet"
    made = Rows(contracts, 2)
    rows = [made.row() for _ in range(ROWS - ROWS // 2)]
    names, sizes, times = zip(*rows)
    known = [at + timedelta(days=made.random.choice([-400, -30, -1, 0, 0, 1, 30])) for at in times]
    utc = pa.timestamp("us", "UTC")
    table = pa.table({
        "symbol": pa.array(names).dictionary_encode(),
        "notional": pa.array(sizes, pa.decimal128(28, 8)),
        "time": pa.array(times, utc),
        "known_at": pa.array(known, utc),
    })  # fmt: skip
    parquet.write_table(table, path)
    of_command, seconds = answered_by_the_command(database, path)
    began = time.perf_counter()
    found = rules.evaluate(table, measures=MEASURES)  # type: ignore[arg-type]
    report(found, "types", time.perf_counter() - began, seconds)
    arrow = found.to_arrow()
    # Parquet has no dictionary of this type.
    place = arrow.column_names.index("symbol")
    compare(arrow.set_column(place, "symbol", arrow.column("symbol").cast(pa.string())), decoded(pa, of_command))
    step = -(-len(rows) // SINGLE)
    for row, at, knew in list(zip(found, times, known))[::step]:
        check_single(rules, row, at, knew)


def decoded(pa: Any, table: Any) -> Any:
    place = table.column_names.index("symbol")
    return table.set_column(place, "symbol", table.column("symbol").cast(pa.string()))


def report(found: tierbook.Table, what: str, seconds: float, of_command: float) -> None:
    """What there was to compare; shown by `pytest -s`."""
    counts = found.status_counts
    print(f"{what}: {len(found):,} rows in {seconds:.2f} s, the command {of_command:.2f} s; {counts}")
    # Every kind of answer is among them.
    assert counts["value"] > len(found) / 3
    assert counts["above_limit"] > len(found) / 100
    assert counts["unknown_subject"] > len(found) / 1000
    assert counts.get("unknown", 0) + counts.get("not_known_then", 0) > len(found) / 1000
