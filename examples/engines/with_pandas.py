"""The tier, status and margin of each position by pandas, from the tables of `tierbook export parquet -o TABLES`.

    python with_pandas.py TABLES POSITIONS.parquet ANSWERS.parquet

pandas has decimals as objects only, which are slow to compare. Here notionals are whole numbers of 1e-8, the last
digit of the tables, and the exact `mmr` and `maintenance_amount` of the tier are given back by its row number.
"""

import sys
import time

import numpy
import pandas
import pyarrow
import pyarrow.parquet

FIRST, LAST = numpy.iinfo("int64").min, numpy.iinfo("int64").max  # null is no bound


def units(column, null):
    """DECIMAL(28, 8) as whole numbers of 1e-8: the low word of each. Up to 92 billion; more is refused."""
    column = column.combine_chunks()
    words = numpy.frombuffer(column.buffers()[1], "int64").reshape(-1, 2)[column.offset : column.offset + len(column)]
    there = column.is_valid().to_numpy(zero_copy_only=False)
    assert (words[there, 1] == words[there, 0] >> 63).all(), "a notional over 92 billion"
    return numpy.where(there, words[:, 0], null)


def instants(column, null):
    return column.cast(pyarrow.int64()).fill_null(null).to_numpy()


def read(tables, path):
    tiers = pyarrow.parquet.read_table(f"{tables}/tiers.parquet")
    tiers = tiers.filter(tiers["recorded_to"].is_null())
    bounds = {name: instants(tiers[name], FIRST) for name in ["valid_from", "known_from"]}
    bounds |= {name: instants(tiers[name], LAST) for name in ["valid_to", "known_to"]}
    bounds["subject"] = tiers["subject"].to_pandas()
    # 0 is in the first tier, whose floor is therefore set below it.
    first = tiers["tier"].fill_null(0).to_numpy() == 1
    bounds["above"] = numpy.where(first, -1, units(tiers["floor"], -1))
    bounds["up_to"] = units(tiers["cap"], LAST)

    asked = pyarrow.parquet.read_table(path)
    positions = pandas.DataFrame({
        "row": asked["row"].to_numpy(),
        "subject": "binance:usdm:" + asked["symbol"].to_pandas(),
        "size": abs(units(asked["notional"], 0)),
        "time": instants(asked["time"], 0),
        "known_at": instants(asked["known_at"], LAST),
    })
    return tiers, pandas.DataFrame(bounds), positions


def by_now(positions, bounds):
    """By all that is known now: as-of on the start of a period, then as-of on the floor of a tier in it."""
    # A tier that holds nothing, as exchanges have, starts where the next one does: without it starts are unique.
    counted = bounds[(bounds["known_to"] == LAST) & (bounds["above"] < bounds["up_to"])]
    counted = counted.rename_axis("tier_row").reset_index()
    periods = counted[["subject", "valid_from"]].drop_duplicates().sort_values("valid_from")
    placed = pandas.merge_asof(
        positions.sort_values("time"), periods, left_on="time", right_on="valid_from", by="subject"
    ).dropna(subset="valid_from")  # a contract that is not stored
    placed = placed.astype({"valid_from": "int64"})  # merge_asof made floats of them, which hold microseconds exactly
    found = pandas.merge_asof(
        placed.sort_values("size"), counted[["subject", "valid_from", "above", "tier_row"]].sort_values("above"),
        left_on="size", right_on="above", by=["subject", "valid_from"], allow_exact_matches=False,
    )  # fmt: skip
    return found.set_index("row")["tier_row"]


def by_then(positions, bounds):
    """By what was known at a time of its own: each contract's positions against each of its rows, both times inside."""
    rows_of = dict(list(bounds.groupby("subject")))
    found = []
    for subject, asked in positions.groupby("subject"):
        if subject not in rows_of:
            continue
        rows = rows_of[subject]
        time, known, size = (asked[name].to_numpy()[:, None] for name in ["time", "known_at", "size"])
        fits = (rows["valid_from"].to_numpy() <= time) & (time < rows["valid_to"].to_numpy())
        fits &= (rows["known_from"].to_numpy() <= known) & (known < rows["known_to"].to_numpy())
        fits &= (rows["above"].to_numpy() < size) & (size <= rows["up_to"].to_numpy())
        position, row = fits.nonzero()
        found.append(pandas.Series(rows.index[row], index=asked["row"].to_numpy()[position]))
    return pandas.concat(found)


def main(tables, path, out):
    tiers, bounds, positions = read(tables, path)
    chosen = {"by_now": positions["known_at"] == LAST, "by_then": positions["known_at"] != LAST}
    found = []
    for name, join in [("by_now", by_now), ("by_then", by_then)]:
        start = time.perf_counter()
        found.append(join(positions[chosen[name]], bounds))
        print(f"pandas {pandas.__version__}, {name}: {chosen[name].sum()} rows in {time.perf_counter() - start:.2f} s")
    rows = pandas.concat(found)
    assert rows.index.is_unique
    rows = rows.reindex(positions["row"])
    answers = tiers.take(pyarrow.array(rows, pyarrow.int64(), from_pandas=True))
    status = answers["status"].fill_null("unknown_subject")
    columns = {name: answers[name] for name in ["tier", "mmr", "maintenance_amount", "certainty", "source"]}
    pyarrow.parquet.write_table(pyarrow.table({"row": positions["row"], "status": status, **columns}), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
