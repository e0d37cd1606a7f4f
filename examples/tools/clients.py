#!/usr/bin/env python3
"""Compares what public clients of the exchange read from `tierbook serve` with what was saved from the exchange itself.

    pip install ccxt==4.5.90 binance-futures-connector==4.2.0
    python3 clients.py TIERBOOK DATABASE SNAPSHOT.json ...

Each SNAPSHOT is what ccxt's users saved of all contracts at the time in its name, and is loaded. Both clients are used as they are, with another
base URL; every tier of every contract must be the same at that time.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

import ccxt
from binance.um_futures import UMFutures

TIERBOOK, DATABASE = sys.argv[1:3]


def time_of(path):
    """The time in the name of a snapshot."""
    year, month, day, hour, minute, second = re.search(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", path.name).groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def of_ccxt(base):
    """The tiers that ccxt reads; `fetchCurrencies` would ask another host."""
    exchange = ccxt.binanceusdm({"apiKey": "any", "secret": "any", "enableRateLimit": False})
    exchange.has["fetchCurrencies"] = False
    exchange.options["fetchCurrencies"] = False
    urls = exchange.urls["api"]
    for name in [name for name in urls if name.startswith("fapi")]:
        urls[name] = urls[name].replace("https://fapi.binance.com", base)
    return exchange.fetch_leverage_tiers()


def of_connector(base):
    """The brackets that the exchange's own client reads."""
    return UMFutures(key="any", secret="any", base_url=base).leverage_brackets()


def figures(tier):
    """The figures of a tier in ccxt's form, of today or of 2022."""
    floor, cap = (tier.get(new, tier.get(old)) for new, old in [("minNotional", "notionalFloor"), ("maxNotional", "notionalCap")])
    rate = tier.get("maintenanceMarginRate", tier.get("maintenanceMarginRatio"))
    info = tier["info"]
    names = ["bracket", "initialLeverage", "notionalCap", "notionalFloor", "maintMarginRatio", "cum"]
    return [float(it) for it in (tier["tier"], floor, cap, rate, tier["maxLeverage"])] + [float(info[name]) for name in names]


def saved(path):
    """The tiers of a snapshot by the names of today."""
    return {of_today(name): [figures(tier) for tier in tiers] for name, tiers in json.loads(path.read_text()).items()}


def of_today(name):
    """The name in ccxt of today of a contract that ccxt called `RAY/USDT`, `BTTUSDT` or `BTCUSDT_220325` in 2022."""
    if ":" in name:
        return name
    if "/" in name:
        return f"{name}:{name.split('/')[1]}"
    base, quote, day = re.fullmatch(r"(\w+?)(USDT|BUSD)(?:_(\d+))?", name).groups()
    return f"{base}/{quote}:{quote}" + (f"-{day}" if day else "")


def native(name):
    """The exchange's own name of a contract."""
    pair, _, settled = name.partition(":")
    return pair.replace("/", "") + settled.removeprefix(pair.split("/")[1]).replace("-", "_")


def brackets(tiers):
    """The figures of tiers as the exchange has them."""
    return [figures[5:] for figures in tiers]


def compare(address, path):
    """How many contracts and tiers are the same; ends where one is not."""
    time, expected = time_of(path), saved(path)
    base = f"http://{address}/as-of/{time}"
    by_ccxt = {name: [figures(tier) for tier in tiers] for name, tiers in of_ccxt(base).items()}
    names = ["bracket", "initialLeverage", "notionalCap", "notionalFloor", "maintMarginRatio", "cum"]
    by_connector = {it["symbol"]: [[float(tier[name]) for name in names] for tier in it["brackets"]] for it in of_connector(base)}
    wanted = {native(name): brackets(tiers) for name, tiers in expected.items()}
    for client, found, right in [("ccxt", by_ccxt, expected), ("binance-futures-connector", by_connector, wanted)]:
        wrong = sorted(name for name in found.keys() | right.keys() if found.get(name) != right.get(name))
        if wrong:
            name = wrong[0]
            sys.exit(f"{time}: {client} reads {len(wrong)} contracts differently, such as {name}:\n{found.get(name)}\n{right.get(name)}")
        print(f"{time}: {client} reads {len(found)} contracts with {sum(map(len, found.values()))} tiers as they were saved")


def symbols_without_rule(address):
    """The errors that clients make of a contract that there is not."""
    client = UMFutures(key="any", secret="any", base_url=f"http://{address}")
    try:
        client.leverage_brackets(symbol="NOSUCHUSDT")
    except Exception as error:
        assert error.error_code == -1121 and error.error_message == "Invalid symbol.", error
    else:
        sys.exit("a contract that there is not has brackets")


def main():
    paths = [Path(path) for path in sys.argv[3:]]
    for path in paths:
        ran = subprocess.run([TIERBOOK, "--db", DATABASE, "load", "--complete", path], capture_output=True, text=True)
        if ran.returncode != 0:
            sys.exit(ran.stdout + ran.stderr)
    server = subprocess.Popen([TIERBOOK, "--db", DATABASE, "serve", "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = server.stdout.readline().strip().removeprefix("listening on http://")
        for path in paths:
            compare(address, path)
        symbols_without_rule(address)
    finally:
        server.terminate()
        server.wait()


main()
