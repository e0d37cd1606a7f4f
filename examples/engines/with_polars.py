"""The tier, status and margin of each position by Polars, from the tables of `tierbook export parquet -o TABLES`.

    python with_polars.py TABLES POSITIONS.parquet ANSWERS.parquet
"""

import sys
import time

import polars
from polars import col, lit

# Before every period, and after: null in the tables is no bound.
FIRST, LAST = (polars.lit(year).str.to_datetime("%Y", time_unit="us", time_zone="UTC") for year in ("0001", "9999"))
EXACT = polars.Decimal(38, 18)  # products of these are exact; of the types of the file they are rounded to 10 digits


def in_tier():
    """0 is in the first tier, whose floor is therefore set below it. A row without a tier has no floor: it holds all."""
    above = polars.when(col("tier") == 1).then(None).otherwise(col("floor"))
    return (above.is_null() | (col("size") > above)) & (col("cap").is_null() | (col("size") <= col("cap")))


def by_now(positions, tiers):
    """By all that is known now: as-of on the start of a period, then the tier in it."""
    counted = tiers.filter(col("known_to").is_null()).with_columns(start=col("valid_from").fill_null(FIRST))
    periods = counted.select("subject", "start").unique().sort("start")
    placed = positions.sort("time").join_asof(
        periods, left_on="time", right_on="start", by="subject", strategy="backward", check_sortedness=False
    )
    return placed.join(counted, on=["subject", "start"]).filter(in_tier())


def by_then(positions, tiers):
    """By what was known at a time of its own: the one row whose periods contain both times. A join on the contract
    and a filter."""
    bounded = tiers.with_columns(
        col("valid_from", "known_from").fill_null(FIRST), col("valid_to", "known_to").fill_null(LAST)
    )
    return positions.join(bounded, on="subject").filter(
        (col("valid_from") <= col("time")) & (col("time") < col("valid_to")),
        (col("known_from") <= col("known_at")) & (col("known_at") < col("known_to")),
        in_tier(),
    )


def answers(positions, found):
    margin = col("size").cast(EXACT) * col("mmr").cast(EXACT) - col("maintenance_amount").cast(EXACT)
    found = found.select("row", "tier", "mmr", margin.alias("margin"), "status", "certainty", "source")
    joined = positions.select("row").join(found, on="row", how="left")
    return joined.with_columns(col("status").fill_null("unknown_subject"))


def main(tables, path, out):
    tiers = polars.scan_parquet(f"{tables}/tiers.parquet").filter(col("recorded_to").is_null())
    positions = polars.scan_parquet(path).with_columns(
        subject=lit("binance:usdm:") + col("symbol"), size=col("notional").abs()
    )
    parts = []
    for name, join, chosen in [
        ("by_now", by_now, positions.filter(col("known_at").is_null())),
        ("by_then", by_then, positions.filter(col("known_at").is_not_null())),
    ]:
        start = time.perf_counter()
        parts.append(answers(chosen, join(chosen, tiers)).collect(engine="streaming"))
        print(f"polars {polars.__version__}, {name}: {parts[-1].height} rows in {time.perf_counter() - start:.2f} s")
    polars.concat(parts).sort("row").write_parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
