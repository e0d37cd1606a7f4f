"""The recipes run: with small data here, with more by TIERBOOK_RECIPE_ROWS and with the announcements of ../shared.

A recipe whose libraries are not installed is skipped, which pytest shows; TIERBOOK_REQUIRE_RECIPES=1 makes that a failure.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import shared

import tierbook

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "python/recipes"
ACT = "ACT/USDT:USDT"


def needs(*modules):
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing and os.environ.get("TIERBOOK_REQUIRE_RECIPES") == "1":
        pytest.fail(f"not installed: {missing}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def recipe(name):
    """A recipe as a module, without running it."""
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(name, *arguments, **environment):
    """What a recipe prints when it is run as a program."""
    command = [sys.executable, RECIPES / f"{name}.py", *map(str, arguments)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """A database with the announcement of the repository."""
    path = tmp_path_factory.mktemp("seeded") / "rules.db"
    tierbook.create(path).load(ROOT / "seed/binance-2026-02-03.txt")
    return path


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A database with announcements and snapshots of several years."""
    path = tmp_path_factory.mktemp("year") / "rules.db"
    with tierbook.create(path) as db:
        db.load([shared("announcements"), shared("exchange") / "snapshots"], errors="report")
    return path


# freqtrade


def used_by_freqtrade(file, monkeypatch):
    """The tiers that freqtrade's own loader makes of a file beside its module."""
    from freqtrade.enums import RunMode, TradingMode
    from freqtrade.exchange import binance

    monkeypatch.setattr(binance, "__file__", str(file.with_name("binance.py")))
    monkeypatch.setattr(binance.Binance, "__del__", lambda self: None)  # it was never connected
    exchange = binance.Binance.__new__(binance.Binance)
    exchange._config = {"dry_run": True, "runmode": RunMode.BACKTEST, "stake_currency": "USDT"}
    exchange.trading_mode = TradingMode.FUTURES
    exchange._leverage_tiers = {}
    exchange.fill_leverage_tiers()
    return exchange


def test_freqtrade_uses_the_tiers_of_the_start(seeded, tmp_path, monkeypatch):
    needs("freqtrade")
    file = tmp_path / "binance_leverage_tiers.json"
    original = recipe("freqtrade_tiers").package_file().read_bytes()
    file.write_bytes(original)
    before, start = used_by_freqtrade(file, monkeypatch), datetime(2026, 2, 6, 8, tzinfo=timezone.utc)
    printed = run("freqtrade_tiers", seeded, "2026-02-06T08:00Z", "--file", file)
    assert printed.startswith(f"{file}: 10 pairs; ")
    after = used_by_freqtrade(file, monkeypatch)
    assert len(before._leverage_tiers) > 400 and len(after._leverage_tiers) == 10

    # At each cap: freqtrade's rate and amount give the margin that tierbook gives, and the leverage.
    act = tierbook.open(seeded).snapshot().contract(ACT)
    for tier in act.tiers(as_of=start).unwrap():
        rate, amount = after.get_maintenance_ratio_and_amt(ACT, float(tier.cap) - 1)
        margin = Decimal(str(rate)) * (tier.cap - 1) - Decimal(str(amount))
        assert margin == act.margin(tier.cap - 1, as_of=start).unwrap()
    assert after.get_max_leverage(ACT, 1_000.0) == 10

    # Once more, for another start: what is kept is still freqtrade's own file.
    run("freqtrade_tiers", seeded, "2026-02-06T06:00Z", "--file", file)
    assert used_by_freqtrade(file, monkeypatch).get_max_leverage(ACT, 1.0) == 20
    assert [it.name for it in tmp_path.iterdir() if it.suffix == ".part"] == []
    run("freqtrade_tiers", "--undo", "--file", file)
    assert file.read_bytes() == original and list(tmp_path.iterdir()) == [file]


def test_the_file_of_freqtrade_is_as_it_was_recorded(seeded, tmp_path):
    """Without freqtrade: the form that its version 2026.9 reads, and what it does with a file that is not there."""
    file = tmp_path / "binance_leverage_tiers.json"
    assert "0 have no tiers" in run("freqtrade_tiers", seeded, "2026-02-06T08:00Z", "--file", file)
    first = json.loads(file.read_text(encoding="utf-8"))[ACT][0]
    assert {name: first[name] for name in ("minNotional", "maxNotional", "maintenanceMarginRate", "maxLeverage")} == {
        "minNotional": 0.0, "maxNotional": 10000.0, "maintenanceMarginRate": 0.05, "maxLeverage": 10.0,
    }  # fmt: skip
    assert float(first["info"]["cum"]) == 0.0


def test_the_cache_of_freqtrade_is_taken_by_its_loader(seeded, tmp_path):
    file = tmp_path / "futures/leverage_tiers_USDT.json"
    run("freqtrade_tiers", seeded, "2026-02-06T08:00Z", "--symbols", ACT, "--cache", file)
    needs("freqtrade")
    from freqtrade.exchange.exchange import Exchange

    exchange = Exchange.__new__(Exchange)
    exchange._config, exchange.close = {"datadir": tmp_path}, lambda: None
    tiers = exchange.load_cached_leverage_tiers("USDT")
    assert list(tiers) == [ACT] and tiers[ACT][0]["maxLeverage"] == 10


# ccxt


def test_an_exchange_of_ccxt_has_the_markets_of_a_time(seeded):
    needs("ccxt")
    rules = tierbook.open(seeded).snapshot()
    exchange = recipe("ccxt_markets").HistoricalBinance(rules, "2026-02-06T08:00Z")
    assert exchange.load_markets()[ACT]["id"] == "ACTUSDT" and exchange.market("ACTUSDT")["symbol"] == ACT
    assert exchange.market(ACT)["limits"]["leverage"]["max"] == 10
    assert exchange.fetch_leverage_tiers([ACT]) == {ACT: exchange.fetch_market_leverage_tiers(ACT)}
    assert len(exchange.fetch_leverage_tiers()) == len(exchange.markets) == 10
    before = recipe("ccxt_markets").HistoricalBinance(rules, "2026-02-06T06:00Z")
    assert before.market(ACT)["limits"]["leverage"]["max"] == 20
    assert "10.0 x" in run("ccxt_markets", seeded, "2026-02-06T08:00Z", ACT)


def same_as_the_parser_of_ccxt(path, as_of):
    """How many contracts ccxt's own parser reads as the recipe gives them, from the reply of the exchange."""
    import ccxt

    exchange = recipe("ccxt_markets").HistoricalBinance(tierbook.open(path).snapshot(), as_of)
    reply = [
        {"symbol": exchange.market(symbol)["id"], "brackets": [tier["info"] for tier in tiers]}
        for symbol, tiers in exchange.fetch_leverage_tiers().items()
    ]
    other = ccxt.binanceusdm({"options": {"fetchCurrencies": False}})
    other.set_markets(exchange.markets)
    assert other.parse_leverage_tiers(reply, None, "symbol") == exchange.fetch_leverage_tiers()
    return len(reply)


def test_ccxt_reads_the_same_tiers_from_the_exchange(seeded):
    needs("ccxt")
    assert same_as_the_parser_of_ccxt(seeded, "2026-02-06T08:00Z") == 10


def test_ccxt_reads_the_same_tiers_of_any_year(year):
    needs("ccxt")
    for as_of, contracts in [("2022-03-01", 150), ("2024-10-25", 300), ("2026-02-07", 600)]:
        assert same_as_the_parser_of_ccxt(year, as_of) > contracts


# Polars


def test_the_backtest_leaves_before_it_is_liquidated(seeded):
    needs("polars")
    import polars

    module, rules = recipe("polars_backtest"), tierbook.open(seeded).snapshot()
    start, end = (datetime(2026, 2, day, 7, tzinfo=timezone.utc) for day in (3, 10))
    frame = module.bars(["ACTUSDT", "IPUSDT"], 2_000, start, end)
    result = module.backtest(rules, frame)
    assert result["bars"].to_list() == [1_000, 1_000] and result["without_rule"].sum() == 0
    left = result.filter(polars.col("left").is_not_null() & polars.col("liquidated").is_not_null())
    assert (left["left"] <= left["liquidated"]).all()

    # One position, bar by bar, with single answers.
    act = rules.contract("ACTUSDT")
    for bar in frame.filter(symbol="ACTUSDT")[::100].iter_rows(named=True):
        margin = act.margin(bar["notional"], as_of=bar["time"]).unwrap()
        usage = float(margin) / bar["equity"]
        row = result.row(by_predicate=polars.col("symbol") == "ACTUSDT", named=True)
        gone = min((at for at in (row["left"], row["liquidated"]) if at), default=end)
        assert bar["time"] >= gone or usage <= row["peak_usage"]


def test_the_backtest_of_many_rows(seeded):
    needs("polars")
    rows = int(os.environ.get("TIERBOOK_RECIPE_ROWS", "200_000"))
    printed = run("polars_backtest", seeded, "--rows", rows, POLARS_MAX_THREADS="2")
    found = re.search(r"([\d,]+) bars in [\d.]+ s: ([\d,]+) a second", printed)
    assert found and int(found[1].replace(",", "")) == rows
    print(printed.splitlines()[-1])


# audit


def test_the_audit_of_a_frame_finds_the_look_ahead(seeded):
    needs("polars")
    import polars

    printed = run("audit_log", seeded)
    assert printed.count("look_ahead") == 3  # counted once, and two rows
    with tierbook.open(seeded) as db:
        log = polars.read_csv(ROOT / "seed/decisions.csv", infer_schema=False)
        judged = recipe("audit_log").audit(db, log)
        report = db.audit(ROOT / "seed/decisions.csv")
    assert judged.drop("judgement", "right", "known_then").equals(log)
    assert judged["judgement"].to_list() == [row["judgement"] for row in report.rows]


# the notebook


def executed(path, **environment):
    """The notebook with its outputs; every cell ran."""
    needs("nbclient", "nbformat", "ipykernel", "polars")
    import nbclient
    import nbformat

    notebook = nbformat.read(RECIPES / "contract_year.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "it is stored without outputs"
    os.environ.update(environment, TIERBOOK_DB=str(path))
    try:
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    finally:
        for name in (*environment, "TIERBOOK_DB"):
            del os.environ[name]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in cells)
    return ["".join(output["data"].get("text/html", "") for output in cell.outputs) for cell in cells]


def test_the_notebook_shows_a_contract(seeded):
    html = "\n".join(executed(seeded))
    assert html.count("<svg ") == 2 and "fill:currentColor" in html
    assert "rolling out" in html and "ee2413a8367c" in html and "not known then" in html


def test_the_notebook_shows_a_year(year):
    html = executed(year, TIERBOOK_CONTRACT="ACTUSDT")
    assert sum("unseen change" in part for part in html) >= 2
