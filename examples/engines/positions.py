"""Random positions to compare engines on: at and beside changes, at and beside caps, 0, shorts, above the last cap,
names that are not stored, half of them with a `known_at` of their own.

    tierbook export parquet -o tables
    python positions.py tables/tiers.parquet 1000000 positions.parquet
"""

import sys

import numpy
import pyarrow
import pyarrow.compute as compute
import pyarrow.parquet

UNIT = 10**8  # notionals are counted in the last digit of DECIMAL(28, 8)
DAY = 86_400_000_000  # microseconds


class Choices:
    """For each contract the values of a column; `pick` takes one at random for each contract asked for."""

    def __init__(self, subjects, groups, values):
        order = numpy.argsort(groups, kind="stable")
        self.values = values[order]
        self.start = numpy.searchsorted(groups[order], numpy.arange(subjects))
        self.count = numpy.bincount(groups, minlength=subjects)

    def pick(self, dice, contracts, otherwise):
        at = self.start[contracts] + (dice.random(len(contracts)) * self.count[contracts]).astype(int)
        found = self.values[numpy.minimum(at, len(self.values) - 1)]
        return numpy.where(self.count[contracts] > 0, found, otherwise)


def of_column(subjects, groups, column):
    there = compute.is_valid(column).to_numpy(zero_copy_only=False)
    values = column.drop_null()
    if pyarrow.types.is_decimal(values.type):
        values = numpy.array([int(value * UNIT) for value in values.to_pylist()])
    else:
        values = values.cast(pyarrow.int64()).to_numpy()
    pairs = numpy.unique(numpy.stack([groups[there], values]), axis=1)
    return Choices(subjects, pairs[0], pairs[1])


def positions(tiers, count, seed=18):
    dice = numpy.random.default_rng(seed)
    tiers = tiers.filter(compute.match_substring(tiers["subject"], ":usdm:"))
    names = compute.unique(tiers["subject"])
    groups = compute.index_in(tiers["subject"], names).to_numpy()
    column = lambda name: of_column(len(names), groups, tiers[name].combine_chunks())

    contracts = dice.integers(len(names), size=count)
    symbols = compute.take(compute.replace_substring(names, "binance:usdm:", ""), contracts)
    symbols = compute.if_else(dice.random(count) < 0.01, "NOSUCHUSDT", symbols)

    caps = column("cap").pick(dice, contracts, 1_000 * UNIT)
    last = numpy.where(dice.random(count) < 0.05, 10**10 * UNIT // 2, caps)
    anything = (10 ** (2 + 5 * dice.random(count)) * 100).astype(int) * (UNIT // 100)
    kinds = [caps, caps - 1, caps + 1, last, numpy.zeros(count, int), anything, anything, anything]
    notionals = numpy.choose(dice.integers(len(kinds), size=count), kinds)
    notionals = numpy.where(dice.random(count) < 0.2, -notionals, notionals)

    def times(name):
        there = tiers[name].drop_null().cast(pyarrow.int64()).to_numpy()
        changes = column(name).pick(dice, contracts, there.min())
        anything = dice.integers(there.min() - 30 * DAY, there.max() + 90 * DAY, size=count)
        kinds = [changes, changes - 1, changes + 1, anything, anything, changes + dice.integers(30 * DAY, size=count)]
        return numpy.choose(dice.integers(len(kinds), size=count), kinds)

    instant = pyarrow.timestamp("us", tz="UTC")
    halves = numpy.stack([notionals, notionals >> 63], axis=1)  # the two words of a 128-bit number
    return pyarrow.table({
        "row": numpy.arange(count),
        "symbol": symbols,
        "notional": pyarrow.Array.from_buffers(pyarrow.decimal128(28, 8), count, [None, pyarrow.py_buffer(halves)]),
        "time": pyarrow.array(times("valid_from"), instant),
        "known_at": pyarrow.array(times("known_from"), instant, mask=dice.random(count) < 0.5),
    })


if __name__ == "__main__":
    tiers_path, count, out = sys.argv[1:]
    pyarrow.parquet.write_table(positions(pyarrow.parquet.read_table(tiers_path), int(count)), out)
