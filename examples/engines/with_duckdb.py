"""The tier, status and margin of each position by DuckDB, from the tables of `tierbook export parquet -o TABLES`.

    python with_duckdb.py TABLES POSITIONS.parquet ANSWERS.parquet
"""

import sys
import time

import duckdb

# A position without a time of knowledge is answered by all that is known now: as-of on the start of a period,
# then the tier in it. 0 is in the first tier, whose floor is therefore set below it.
NOW = """
WITH counted AS (
  SELECT *, coalesce(valid_from, '-infinity') AS start, CASE WHEN tier > 1 OR tier IS NULL THEN coalesce(floor, -1) ELSE -1 END AS above
  FROM tiers WHERE known_to IS NULL AND recorded_to IS NULL),
periods AS (SELECT DISTINCT subject, start FROM counted),
placed AS (
  SELECT p.*, v.subject, v.start FROM positions p
  ASOF LEFT JOIN periods v ON v.subject = 'binance:usdm:' || p.symbol AND v.start <= p.time
  WHERE p.known_at IS NULL)
SELECT p.row, t.tier, t.mmr, abs(p.notional) * t.mmr - t.maintenance_amount AS margin,
  coalesce(t.status, 'unknown_subject') AS status, t.certainty, t.source
FROM placed p LEFT JOIN counted t
  ON t.subject = p.subject AND t.start = p.start AND abs(p.notional) > t.above AND (t.cap IS NULL OR abs(p.notional) <= t.cap)
"""

# One with a time of its own finds the one row whose periods contain both of its times.
THEN = """
SELECT p.row, t.tier, t.mmr, abs(p.notional) * t.mmr - t.maintenance_amount AS margin,
  coalesce(t.status, 'unknown_subject') AS status, t.certainty, t.source
FROM (FROM positions WHERE known_at IS NOT NULL) p LEFT JOIN tiers t
  ON t.subject = 'binance:usdm:' || p.symbol AND t.recorded_to IS NULL
 AND (t.valid_from IS NULL OR t.valid_from <= p.time) AND (t.valid_to IS NULL OR p.time < t.valid_to)
 AND (t.known_from IS NULL OR t.known_from <= p.known_at) AND (t.known_to IS NULL OR p.known_at < t.known_to)
 AND (t.floor IS NULL OR abs(p.notional) > t.floor OR (p.notional = 0 AND t.tier = 1))
 AND (t.cap IS NULL OR abs(p.notional) <= t.cap)
"""


def main(tables, positions, answers):
    database = duckdb.connect()
    database.sql("SET TimeZone = 'UTC'")
    database.sql(f"CREATE VIEW tiers AS FROM '{tables}/tiers.parquet'")
    database.sql(f"CREATE VIEW positions AS FROM '{positions}'")
    for name, join in [("by_now", NOW), ("by_then", THEN)]:
        start = time.perf_counter()
        database.sql(f"CREATE TABLE {name} AS {join}")
        rows = database.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0]
        print(f"duckdb {duckdb.__version__}, {name}: {rows} rows in {time.perf_counter() - start:.2f} s")
    database.sql(f"COPY (FROM by_now UNION ALL FROM by_then ORDER BY row) TO '{answers}'")


if __name__ == "__main__":
    main(*sys.argv[1:])
