#!/usr/bin/env python3
"""Checks bracket artifacts as a reader of them does, without tierbook: keys, order, continuity and the hash.

    python3 check_artifact.py FILE|FOLDER ...

A FILE has one artifact or a list of them, as `tierbook export artifact` writes. Exit code: 0 where each is accepted, else 1.
It needs Python 3.8.
"""
import hashlib
import json
import math
import sys
from datetime import datetime
from pathlib import Path

BRACKET = {"bracket_tier": int, "notional_cap": float, "maintenance_rate": float, "cumulative_maintenance_amount": float}
REQUIRED = {
    "schema_version": int, "symbol": str, "provenance_timestamp": str, "brackets": list, "content_hash": str,
}


def wrong(artifact):
    """What is wrong with an artifact; None where nothing is."""
    if type(artifact) is not dict:
        return "it is no object"
    if not REQUIRED.keys() <= artifact.keys():
        return f"keys are missing: {sorted(REQUIRED.keys() - artifact.keys())}"
    others = sorted(key for key, kind in REQUIRED.items() if type(artifact[key]) is not kind)
    if others:
        return f"these keys have other types: {others}"
    if artifact["schema_version"] != 1:
        return "the schema is not version 1"
    base, slash, rest = artifact["symbol"].partition("/")
    if not (base and slash and ":" in rest):
        return "the symbol is not in the unified form"
    try:
        datetime.fromisoformat(artifact["provenance_timestamp"].replace("Z", "+00:00"))
    except ValueError:
        return "the provenance is no time"
    for place, bracket in enumerate(artifact["brackets"], 1):
        if type(bracket) is not dict or {key: type(value) for key, value in bracket.items()} != BRACKET:
            return f"bracket {place} has other keys or types"
        # Every comparison with what is no number is false, and 1e999 is read as infinity.
        if not all(math.isfinite(value) for value in bracket.values() if type(value) is float):
            return f"bracket {place} has a value that is no finite number"
    brackets = sorted(artifact["brackets"], key=lambda bracket: bracket["bracket_tier"])
    if [bracket["bracket_tier"] for bracket in brackets] != list(range(1, len(brackets) + 1)) or not brackets:
        return "the tiers are not 1, 2, 3 …"
    floor = rate = amount = 0.0
    for bracket in brackets:
        if not (bracket["notional_cap"] >= floor and 0 <= bracket["maintenance_rate"] <= 1):
            return f"tier {bracket['bracket_tier']} has a cap or a rate out of order"
        expected = amount + floor * (bracket["maintenance_rate"] - rate)
        amount = bracket["cumulative_maintenance_amount"]
        if not abs(expected - amount) <= 1e-6 * max(1.0, amount):
            return f"the margin jumps at the floor of tier {bracket['bracket_tier']}"
        floor, rate = bracket["notional_cap"], bracket["maintenance_rate"]
    text = json.dumps(brackets, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(text.encode()).hexdigest()[:16] != artifact["content_hash"]:
        return "the hash is another one"
    return None


def no_number(word):
    raise ValueError(f"{word} is no number of JSON")


def artifacts(file):
    """The artifacts of a file, and what is wrong with the file; None where nothing is."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"), parse_constant=no_number)
    except (OSError, ValueError) as error:
        return [], f"it cannot be read: {error}"
    except RecursionError:
        return [], "it cannot be read: lists in lists without end"
    return (content if isinstance(content, list) else [content]), None


def main(paths):
    files = [file for path in map(Path, paths) for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    accepted = rejected = 0
    for file in files:
        found, unread = artifacts(file)
        if unread:
            rejected += 1
            print(f"{file}: {unread}")
        for artifact in found:
            message = wrong(artifact)
            accepted, rejected = accepted + (message is None), rejected + (message is not None)
            if message:
                symbol = artifact.get("symbol") if isinstance(artifact, dict) else None
                print(f"{file}: {symbol if isinstance(symbol, str) else 'without a symbol'}: {message}")
    print(f"{accepted} accepted, {rejected} rejected")
    return 1 if rejected or not accepted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
