"""Checks exported tables with pyarrow, DuckDB and Polars: their types, and the join of docs/tables.md on random
positions against the answers of `tierbook eval`, row by row.

    tierbook export parquet -o tables
    python examples/engines/tables.py tables [POSITIONS [TIERBOOK]]

TIERBOOK is the program; it asks the database of $TIERBOOK_DB.
"""

import os
import random
import subprocess
import sys
import tempfile

import duckdb
import polars
import pyarrow
import pyarrow.parquet

JOIN = """
SELECT p.row, t.status, t.certainty, t.source, t.mmr, p.notional * t.mmr - t.maintenance_amount AS margin
FROM positions p LEFT JOIN tiers t
  ON t.subject = p.symbol
 AND (t.valid_from IS NULL OR t.valid_from <= p.time)  AND (t.valid_to IS NULL OR p.time < t.valid_to)
 AND (t.known_from IS NULL OR t.known_from <= p.known_at) AND (t.known_to IS NULL OR p.known_at < t.known_to)
 AND t.recorded_to IS NULL
 AND (t.floor IS NULL OR p.notional > t.floor OR (p.notional = 0 AND t.tier = 1))
 AND (t.cap IS NULL OR p.notional <= t.cap)
ORDER BY p.row
"""


def check_types(folder):
    tiers = os.path.join(folder, "tiers.parquet")
    schema = pyarrow.parquet.read_schema(tiers)
    assert schema.metadata[b"tierbook.tables"] == b"1", schema.metadata
    assert pyarrow.parquet.read_metadata(tiers).metadata[b"tierbook.tables"] == b"1"
    assert schema.field("valid_from").type == pyarrow.timestamp("us", tz="UTC")
    assert schema.field("mmr").type == pyarrow.decimal128(18, 10)
    assert schema.field("cap").type == pyarrow.decimal128(28, 8)
    described = dict(row[:2] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{tiers}'").fetchall())
    assert described["valid_from"] == "TIMESTAMP WITH TIME ZONE", described
    assert described["mmr"] == "DECIMAL(18,10)" and described["cap"] == "DECIMAL(28,8)", described
    of_polars = polars.scan_parquet(tiers).collect_schema()
    assert of_polars["valid_from"] == polars.Datetime("us", "UTC"), of_polars
    assert of_polars["mmr"] == polars.Decimal(18, 10) and of_polars["cap"] == polars.Decimal(28, 8), of_polars
    for name in ["statements", "sources"]:
        print(name, polars.read_parquet(os.path.join(folder, f"{name}.parquet")).height, "rows")


def positions(database, count):
    """Positions at random times, many just where something changes, many at exact caps."""
    dice = random.Random(18)
    contracts = database.sql(
        "SELECT subject, list(DISTINCT cap) FILTER (cap IS NOT NULL),"
        " list(DISTINCT epoch_us(valid_from)) FILTER (valid_from IS NOT NULL),"
        " list(DISTINCT epoch_us(known_from)) FILTER (known_from IS NOT NULL)"
        " FROM tiers WHERE subject LIKE '%:usdm:%' GROUP BY subject ORDER BY subject"
    ).fetchall()
    rows = []
    for number in range(count):
        subject, caps, starts, known = dice.choice(contracts)
        caps, starts, known = caps or [0], sorted(starts or [1_700_000_000_000_000]), sorted(known or [1_700_000_000_000_000])
        aside = lambda: dice.choice([0, -1, 1, dice.randrange(90 * 86_400_000_000)])
        notional = dice.choice([sorted(caps)[dice.randrange(len(caps))], dice.randrange(5_000_000), 0])
        rows.append((number, subject, notional, dice.choice(starts) + aside(), dice.choice(known) + aside()))
    return rows


def compare(folder, count, program):
    database = duckdb.connect()
    database.sql("SET TimeZone = 'UTC'")
    database.sql(f"CREATE TABLE tiers AS SELECT * FROM '{folder}/tiers.parquet'")
    asked = polars.DataFrame(
        positions(database, count), schema=["row", "symbol", "notional", "time", "known_at"], orient="row", strict=False
    ).with_columns(
        polars.col("notional").cast(polars.Decimal(28, 8)),
        polars.col("time", "known_at").cast(polars.Datetime("us")).dt.replace_time_zone("UTC"),
    )
    with tempfile.TemporaryDirectory() as place:
        asked.write_parquet(f"{place}/positions.parquet")
        subprocess.run(
            [program, "eval", f"{place}/positions.parquet", "-o", f"{place}/answers.parquet", "--allow-unknown"], check=True
        )
        database.sql(f"CREATE TABLE positions AS SELECT * FROM '{place}/positions.parquet'")
        database.sql(f"CREATE TABLE joined AS {JOIN}")
        different = database.sql(
            f"SELECT * FROM '{place}/answers.parquet' a FULL JOIN joined j USING (row) WHERE j.status IS DISTINCT FROM a.status"
            " OR j.mmr IS DISTINCT FROM a.mmr OR j.margin IS DISTINCT FROM a.margin OR j.source IS DISTINCT FROM a.source"
            " OR j.certainty IS DISTINCT FROM replace(a.certainty, 'unconfirmed', 'settled')"
        ).fetchall()
        statuses = database.sql("SELECT status, certainty, count(*) FROM joined GROUP BY ALL ORDER BY ALL").fetchall()
        joined = database.sql("SELECT count(*) FROM joined").fetchall()[0][0]
    print(statuses)
    assert joined == count, f"{joined} rows for {count} positions"
    assert not different, f"{len(different)} answers differ: {different[:3]}"
    print(f"{count} positions: the join and tierbook give the same answers")


if __name__ == "__main__":
    check_types(sys.argv[1])
    if len(sys.argv) > 2:
        compare(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "tierbook")
