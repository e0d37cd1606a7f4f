#!/usr/bin/env python3
"""Makes the observations that the benchmarks load: what an exchange showed at 147 times, 220 MB of JSON.

    benches/observations.py SNAPSHOTS FOLDER [--count 147]

SNAPSHOTS has real ones, `binance-usdm-YYYYMMDDTHHMMSSZ.json`, which are among the observations byte for byte.
Between two of them each contract goes over to its next table at a time of its own, and some take another real
table for a while, so that about one in twenty tables differs from the observation before. Every table keeps
the invariants of the exchange's own, so nothing wrong is found in one. The time is in the name of the file.
The same arguments give the same bytes.
"""
import argparse
import json
import pathlib
import random
import re
from datetime import datetime, timezone
from decimal import Decimal as D

STAMP = "%Y%m%dT%H%M%SZ"
NO_LIMIT = 2**63 - 1
NO_LIMIT_ROUNDED = 9223372036854776000
CHANGED = 0.05          # of the tables, from one observation to the next
FORMER = 0.35           # of the observations, before the exchange's list grew (2024-10)
GROWN = datetime(2024, 10, 24, 4, 7, tzinfo=timezone.utc)


class Form:
    """How the tables of one snapshot are spelled: keys, kinds of numbers and names change over the years."""

    def __init__(self, text):
        self.document = json.loads(text)
        rows = next(iter(self.document.values()))
        self.keys = list(rows[0])
        self.native = list(rows[0]["info"])
        self.is_float = isinstance(rows[0]["tier"], float)
        self.is_text = isinstance(rows[0]["info"]["bracket"], str)
        self.has_settlement = any(":" in name for name in self.document)
        self.is_sorted = list(self.document) == sorted(self.document)
        self.end = text[text.rindex("}"):]
        self.former = {full_name(name): name for name in self.document}
        # Amounts of ten millions and more are printed in two ways.
        own = [row["info"]["cum"] for rows in self.document.values() for row in rows]
        self.amounts = {D(str(amount)): amount for amount in own}

    def tables(self):
        """Contract by its full name -> its tiers as exact numbers (floor, cap, rate, leverage, amount)."""
        return {full_name(name): tuple(tier(row) for row in rows) for name, rows in self.document.items()}

    def text(self, tables):
        named = {self.name(contract): (contract, table) for contract, table in tables.items()}
        order = sorted(named) if self.is_sorted else [name for name in self.document if name in named]
        order += [name for name in named if name not in set(order)]
        document = {name: [self.row(number, name, named[name][0], tier)
                           for number, tier in enumerate(named[name][1], 1)] for name in order}
        return json.dumps(document, indent=2)[:-1] + self.end

    def name(self, contract):
        return contract if self.has_settlement else self.former.get(contract, contract.split(":")[0])

    def row(self, number, name, contract, tier):
        floor, cap, rate, leverage, amount = tier
        plain = float if self.is_float else lambda value: value
        own = str if self.is_text else lambda value: value
        amount = self.amounts.get(amount, str(float(amount))) if self.is_text else float(amount)
        shown_cap = cap if self.is_float or cap != NO_LIMIT else NO_LIMIT_ROUNDED
        every = {
            "tier": plain(number), "symbol": name, "currency": contract.split(":")[1].split("-")[0],
            "notionalFloor": plain(floor), "minNotional": plain(floor), "notionalCap": plain(shown_cap),
            "maxNotional": plain(shown_cap), "maxLeverage": plain(leverage),
            "maintenanceMarginRatio": float(rate), "maintenanceMarginRate": float(rate),
        }
        native = {
            "bracket": own(number), "initialLeverage": own(leverage), "notionalCap": own(cap),
            "maxNotional": own(cap), "notionalFloor": own(floor), "minNotional": own(floor),
            "maintMarginRatio": str(rate) if self.is_text else float(rate), "cum": amount,
        }
        every["info"] = {key: native[key] for key in self.native}
        return {key: every[key] for key in self.keys}


def full_name(name):
    """One name of a contract over the years: tools left out the settlement currency once."""
    if ":" in name:
        return name
    delivery = re.fullmatch(r"([A-Z0-9]+?)(USDT|BUSD|USDC)_(\d{6})", name)
    if delivery:
        return "{0}/{1}:{1}-{2}".format(*delivery.groups())
    pair = re.fullmatch(r"([A-Z0-9]+)/?(USDT|BUSD|USDC)", name)
    return "{0}/{1}:{1}".format(*pair.groups())


def tier(row):
    own = row["info"]
    floor = own.get("notionalFloor", own.get("minNotional"))
    cap = own.get("notionalCap", own.get("maxNotional"))
    rate, amount = str(own["maintMarginRatio"]), D(str(own["cum"]))
    return (int(D(str(floor))), int(D(str(cap))), rate, int(row["maxLeverage"]), amount)


def doubled(table):
    bound = lambda value: value if value >= NO_LIMIT // 2 else 2 * value
    return tuple((bound(floor), bound(cap), rate, leverage, 2 * amount)
                 for floor, cap, rate, leverage, amount in table)


def times(snapshots, count):
    """So many times, those of the snapshots among them: for each the number of the snapshot before it."""
    at = [moment for moment, _ in snapshots]
    steps = [0] * (len(at) - 1)
    former = [i for i in range(len(steps)) if at[i + 1] <= GROWN]
    later = [i for i in range(len(steps)) if at[i + 1] > GROWN]
    left = count - len(at)
    for group, share in ((former, round(left * FORMER)), (later, left - round(left * FORMER))):
        # The longest interval that is left gets the next one.
        for _ in range(share if group else 0):
            longest = max(group, key=lambda i: (at[i + 1] - at[i]) / (steps[i] + 1))
            steps[longest] += 1
    for i, (moment, between) in enumerate(zip(at, steps + [0])):
        for step in range(between + 1):
            yield i, step, between + 1, moment + (at[min(i + 1, len(at) - 1)] - moment) * step / (between + 1)


def observations(folder, count):
    """(time, text, tables changed, tables) of each."""
    snapshots = []
    for path in sorted(folder.glob("*.json")):
        stamp = re.search(r"\d{8}T\d{6}Z", path.name)[0]
        moment = datetime.strptime(stamp, STAMP).replace(tzinfo=timezone.utc)
        snapshots.append((moment, path.read_text()))
    forms = [Form(text) for _, text in snapshots]
    shown = [form.tables() for form in forms]
    for form, tables, (moment, text) in zip(forms, shown, snapshots):
        assert form.text(tables) == text, f"{moment} is not printed as it is"
    rng = random.Random(147)
    real = sorted({table for tables in shown for table in tables.values()})
    real = [table for table in real if all(floor < cap for floor, cap, *_ in table)]
    pool = real + [doubled(table) for table in real]
    before, current, turn, other = None, {}, {}, {}
    for i, step, of, moment in times(snapshots, count):
        if step == 0:
            other = {}
            current = dict(shown[i])
            following = shown[i + 1] if i + 1 < len(shown) else {}
            # A contract goes over at one of the steps, or with the next snapshot.
            names = sorted(set(current) | set(following))
            turn = {name: rng.randint(1, of) for name in names if current.get(name) != following.get(name)}
        else:
            for name in [name for name, at in turn.items() if at == step]:
                if name in shown[i + 1]:
                    current[name] = shown[i + 1][name]
                else:
                    current.pop(name, None)
            changed = sum(before.get(name) != table for name, table in current.items())
            free = sorted(name for name in current if turn.get(name, of) != step)
            for name in rng.sample(free, max(0, round(CHANGED * len(current)) - changed)):
                if name in other:
                    current[name] = other.pop(name)
                else:
                    other[name], current[name] = current[name], rng.choice(pool)
        changed = 0 if before is None else sum(before.get(name) != table for name, table in current.items())
        before = dict(current)
        yield moment, forms[i].text(current), changed, current


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("snapshots", type=pathlib.Path)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--count", type=int, default=147)
    arguments = arguments.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    size, files, seen, changes, distinct = 0, 0, 0, 0, set()
    for moment, text, changed, tables in observations(arguments.snapshots, arguments.count):
        name = f"binance-usdm-{moment.strftime(STAMP)}.json"
        (arguments.folder / name).write_text(text)
        size, files, seen, changes = size + len(text), files + 1, seen + len(tables), changes + changed
        distinct.update(tables.values())
    print(f"{files} observations, {size / 1e6:.1f} MB, {seen} tables seen, {changes} changes, "
          f"{len(distinct)} distinct")


if __name__ == "__main__":
    main()
