#!/usr/bin/env python3
"""Compares the forms of `tierbook export` with what ccxt and freqtrade make of them.

    pip install ccxt==4.5.90 freqtrade==2026.9
    python3 exchange_forms.py TIERBOOK DATABASE TIME ...

At each TIME ccxt's parser must make the `ccxt` form of the `binance` form (of the COIN-M one too, where there is one), freqtrade must read
the same tiers from its file, and the artifacts must have the same figures and be accepted by docs/check_artifact.py.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

import ccxt
from freqtrade.exchange.binance import Binance

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))
import check_artifact

TIERBOOK, DATABASE = sys.argv[1:3]
Binance.__del__ = lambda self: None  # it was never connected


def export(*arguments):
    ran = subprocess.run([TIERBOOK, "--db", DATABASE, "export", *arguments], capture_output=True, text=True)
    if ran.returncode not in (0, 3):
        sys.exit(ran.stderr)
    return ran.stdout


def unmarked(value):
    """A value without the markers."""
    if isinstance(value, dict):
        return {key: unmarked(part) for key, part in value.items() if key != "tierbook"}
    return [unmarked(part) for part in value] if isinstance(value, list) else value


def market(symbol):
    """What ccxt knows of a contract when it is connected."""
    base, quote, settle, day = re.fullmatch(r"(.+)/([^:]+):([^-]+)(?:-(\d+))?", symbol).groups()
    linear, kind = settle == quote, "future" if day else "swap"
    native = base + quote + (f"_{day}" if day else "" if linear else "_PERP")
    return {"id": native, "symbol": symbol, "base": base, "quote": quote, "settle": settle, "contract": True,
            "type": kind, "swap": kind == "swap", "future": kind == "future", "linear": linear, "inverse": not linear}


def parsed_by_ccxt(reply, symbols):
    exchange = ccxt.binance()
    markets = [market(symbol) for symbol in symbols]
    exchange.markets = {it["symbol"]: it for it in markets}
    exchange.markets_by_id = {it["id"]: [it] for it in markets}
    return exchange.parse_leverage_tiers(exchange.on_json_response(reply), None, "symbol")


def read_by_freqtrade(text):
    exchange = Binance.__new__(Binance)
    exchange._leverage_tiers = {}
    exchange.load_leverage_tiers = lambda: json.loads(text)
    exchange.fill_leverage_tiers()
    return exchange._leverage_tiers


def compare(time):
    """How many contracts and tiers are the same in all forms at a time, and which contracts are not."""
    at = ("--as-of", time)
    unified = unmarked(json.loads(export("ccxt", *at)))
    parsed = parsed_by_ccxt(export("binance", *at), unified)
    if any(not symbol.split(":")[0].endswith(symbol.split(":")[1].split("-")[0]) for symbol in unified):
        parsed |= parsed_by_ccxt(export("binance", "coinm:*", *at), unified)
    different = {symbol for symbol in unified.keys() | parsed.keys() if unified.get(symbol) != parsed.get(symbol)}

    file = export("freqtrade", *at)
    tiers = unmarked(json.loads(file))
    keys = ("minNotional", "maxNotional", "maintenanceMarginRate", "maxLeverage")
    for symbol, read in read_by_freqtrade(file).items():
        expected = [{**{key: tier[key] for key in keys}, "maintAmt": float(tier["info"]["cum"])} for tier in unified[symbol]]
        if read != expected or tiers[symbol] != unified[symbol]:
            different.add(symbol)

    artifacts = json.loads(export("artifact", *at))
    different |= tiers.keys() ^ {artifact["symbol"] for artifact in artifacts}
    for artifact in artifacts:
        figures = [(it["maxNotional"], it["maintenanceMarginRate"], it["info"]["cum"]) for it in tiers[artifact["symbol"]]]
        same = [(it["notional_cap"], it["maintenance_rate"], it["cumulative_maintenance_amount"]) for it in artifact["brackets"]]
        if check_artifact.wrong(artifact) or figures != same:
            different.add(artifact["symbol"])
    return len(unified), sum(map(len, unified.values())), sorted(different)


total = 0
for time in sys.argv[3:]:
    contracts, tiers, different = compare(time)
    total += len(different)
    print(f"{time}: {contracts} contracts, {tiers} tiers, {len(different)} different {' '.join(different[:5])}".rstrip())
sys.exit(1 if total else 0)
