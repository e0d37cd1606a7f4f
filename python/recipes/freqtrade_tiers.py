"""Give freqtrade's backtests the tiers of the time at which they start.

    python freqtrade_tiers.py rules.db 2026-02-06T08:00Z      # the old file is kept beside the new one
    freqtrade backtesting --timerange 20260206- ...
    python freqtrade_tiers.py --undo                          # puts the old file back

Backtests and dry runs of freqtrade 2026.9 read Binance's tiers from a file in its package, which has those of the day of
its release. Of other exchanges they read `DATADIR/futures/leverage_tiers_USDT.json`; `--cache FILE` writes that.
"""

import argparse
import importlib.util
import json
import os
from datetime import datetime, timezone
from pathlib import Path

import tierbook


def package_file() -> Path:
    """The file of Binance's tiers in the installed freqtrade, which is not imported."""
    package = importlib.util.find_spec("freqtrade")
    if package is None or package.origin is None:
        raise SystemExit("freqtrade is not installed here; name the file with --file")
    return Path(package.origin).with_name("exchange") / "binance_leverage_tiers.json"


def write(path: Path, text: str) -> None:
    """Puts a text into a file, which at no time has only a part of it."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def saved(path: Path) -> Path:
    return path.with_name(path.name + ".before-tierbook")


def replace(path: Path, text: str) -> set[str]:
    """Puts tiers into freqtrade's file and keeps what was there; the pairs that have no tiers any more."""
    old = path.read_text(encoding="utf-8") if path.exists() else "{}"
    if '"tierbook"' not in old:  # tierbook marks what it writes: the file that is kept is freqtrade's own
        write(saved(path), old)
    write(path, text)
    return set(json.loads(old)) - set(json.loads(text))


def undo(path: Path) -> None:
    if not saved(path).exists():
        raise SystemExit(f"nothing to undo: there is no {saved(path)}")
    os.replace(saved(path), path)


def cached(tiers: dict) -> str:
    """The form of the file in freqtrade's data folder, which freqtrade takes for four weeks."""
    return json.dumps({"updated": datetime.now(timezone.utc).isoformat(), "data": tiers})


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("database", nargs="?")
    arguments.add_argument("start", nargs="?", help="when the backtest starts")
    arguments.add_argument("--symbols", nargs="*", help="the contracts, or patterns such as bybit:linear:*")
    arguments.add_argument("--file", type=Path, help="instead of the file in the package")
    arguments.add_argument("--cache", type=Path, help="write this file of freqtrade's data folder")
    arguments.add_argument("--undo", action="store_true")
    given = arguments.parse_args()
    path = given.cache or given.file or package_file()
    if given.undo:
        return undo(path)
    if given.start is None:
        arguments.error("name the database and the time at which the backtest starts")
    rules = tierbook.open(given.database).snapshot()
    if given.cache:
        given.cache.parent.mkdir(parents=True, exist_ok=True)
        tiers = rules.leverage_tiers(given.symbols, as_of=given.start)
        write(given.cache, cached(tiers))
        return print(f"{given.cache}: {len(tiers)} pairs")
    text = rules.freqtrade_tiers(given.symbols, as_of=given.start)
    without = replace(path, text)
    print(f"{path}: {len(json.loads(text))} pairs; {len(without)} have no tiers at {given.start}")


if __name__ == "__main__":
    main()
