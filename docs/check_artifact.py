#!/usr/bin/env python3
"""Checks bracket artifacts as a reader of them does, without tierbook: keys, order, continuity and the hash.

    python3 check_artifact.py FILE|FOLDER ...

A FILE has one artifact or a list of them, as `tierbook export artifact` writes. Exit code: 0 where each is accepted, else 1.
It needs Python 3.8.
"""
import hashlib
import json
import sys
from datetime import datetime
from pathlib import Path

BRACKET = {"bracket_tier": int, "notional_cap": float, "maintenance_rate": float, "cumulative_maintenance_amount": float}
REQUIRED = {"schema_version", "symbol", "provenance_timestamp", "brackets", "content_hash"}


def wrong(artifact):
    """What is wrong with an artifact; None where nothing is."""
    if not REQUIRED <= artifact.keys():
        return f"keys are missing: {sorted(REQUIRED - artifact.keys())}"
    if artifact["schema_version"] != 1:
        return "the schema is not version 1"
    base, slash, rest = artifact["symbol"].partition("/")
    if not (base and slash and ":" in rest):
        return "the symbol is not in the unified form"
    datetime.fromisoformat(artifact["provenance_timestamp"].replace("Z", "+00:00"))
    brackets = sorted(artifact["brackets"], key=lambda bracket: bracket["bracket_tier"])
    if [bracket["bracket_tier"] for bracket in brackets] != list(range(1, len(brackets) + 1)) or not brackets:
        return "the tiers are not 1, 2, 3 …"
    floor = rate = amount = 0.0
    for bracket in brackets:
        if {key: type(value) for key, value in bracket.items()} != BRACKET:
            return f"tier {bracket['bracket_tier']} has other keys or types"
        if not (bracket["notional_cap"] >= floor and 0 <= bracket["maintenance_rate"] <= 1):
            return f"tier {bracket['bracket_tier']} has a cap or a rate out of order"
        expected = amount + floor * (bracket["maintenance_rate"] - rate)
        amount = bracket["cumulative_maintenance_amount"]
        if abs(expected - amount) > 1e-6 * max(1.0, amount):
            return f"the margin jumps at the floor of tier {bracket['bracket_tier']}"
        floor, rate = bracket["notional_cap"], bracket["maintenance_rate"]
    text = json.dumps(brackets, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(text.encode()).hexdigest()[:16] != artifact["content_hash"]:
        return "the hash is another one"
    return None


def main(paths):
    files = [file for path in map(Path, paths) for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    accepted = rejected = 0
    for file in files:
        content = json.loads(file.read_text())
        for artifact in content if isinstance(content, list) else [content]:
            message = wrong(artifact)
            accepted, rejected = accepted + (message is None), rejected + (message is not None)
            if message:
                print(f"{file}: {artifact.get('symbol')}: {message}")
    print(f"{accepted} accepted, {rejected} rejected")
    return 1 if rejected or not accepted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
