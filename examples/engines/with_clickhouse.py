"""The tier, status and margin of each position by ClickHouse, from the tables of `tierbook export parquet -o TABLES`.

    python with_clickhouse.py TABLES POSITIONS.parquet ANSWERS.parquet

Here by `chdb`, which is ClickHouse in the process; the SQL is the same on a server.
"""

import sys
import time

from chdb import session

SETTINGS = "SETTINGS join_use_nulls = 1"

# A null is before no time: the start of a period that has none is the first day that ClickHouse knows.
COUNTED = """
CREATE TABLE counted ENGINE = Memory AS
SELECT *, ifNull(valid_from, toDateTime64('1900-01-01', 6, 'UTC')) AS start, if(tier = 1, -1, ifNull(floor, -1)) AS above
FROM tiers WHERE known_to IS NULL
"""
NOW = """
SELECT p.row AS row, t.tier AS tier, t.mmr AS mmr, toDecimal128(p.size, 8) * t.mmr - t.maintenance_amount AS margin,
  ifNull(t.status, 'unknown_subject') AS status, t.certainty AS certainty, t.source AS source
FROM (
  SELECT p.*, v.subject AS subject, v.start AS start FROM positions_now p
  ASOF LEFT JOIN (SELECT DISTINCT subject, start FROM counted) v ON v.subject = p.contract AND v.start <= p.time) p
LEFT JOIN counted t
  ON t.subject = p.subject AND t.start = p.start AND p.size > t.above AND (t.cap IS NULL OR p.size <= t.cap)
"""
THEN = """
SELECT p.row AS row, t.tier AS tier, t.mmr AS mmr, toDecimal128(p.size, 8) * t.mmr - t.maintenance_amount AS margin,
  ifNull(t.status, 'unknown_subject') AS status, t.certainty AS certainty, t.source AS source
FROM positions_then p LEFT JOIN tiers t
  ON t.subject = p.contract
 AND (t.valid_from IS NULL OR t.valid_from <= p.time) AND (t.valid_to IS NULL OR p.time < t.valid_to)
 AND (t.known_from IS NULL OR t.known_from <= p.known_at) AND (t.known_to IS NULL OR p.known_at < t.known_to)
 AND (t.floor IS NULL OR p.size > t.floor OR (p.size = 0 AND t.tier = 1)) AND (t.cap IS NULL OR p.size <= t.cap)
"""


def main(tables, path, out):
    clickhouse = session.Session()
    clickhouse.query("CREATE DATABASE here ENGINE = Atomic")
    clickhouse.query("USE here")
    clickhouse.query(f"CREATE TABLE tiers ENGINE = Memory AS FROM file('{tables}/tiers.parquet') SELECT * WHERE recorded_to IS NULL")
    clickhouse.query(COUNTED)
    for name, chosen in [("positions_now", "IS NULL"), ("positions_then", "IS NOT NULL")]:
        clickhouse.query(
            f"CREATE TABLE {name} ENGINE = Memory AS SELECT assumeNotNull(row) AS row, concat('binance:usdm:', assumeNotNull(symbol)) AS contract,"
            f" abs(assumeNotNull(notional)) AS size, assumeNotNull(time) AS time, known_at FROM file('{path}') WHERE known_at {chosen}"
        )
    version = clickhouse.query("SELECT version()").bytes().decode().strip().strip('"')
    for name, join in [("by_now", NOW), ("by_then", THEN)]:
        start = time.perf_counter()
        clickhouse.query(f"CREATE TABLE {name} ENGINE = Memory AS {join} {SETTINGS}")
        rows = clickhouse.query(f"SELECT count() FROM {name}").bytes().decode().strip()
        print(f"clickhouse {version}, {name}: {rows} rows in {time.perf_counter() - start:.2f} s")
    clickhouse.query(f"SELECT * FROM by_now UNION ALL SELECT * FROM by_then INTO OUTFILE '{out}' TRUNCATE FORMAT Parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
