"""The tier, status and margin of each position by PostgreSQL, from the tables of `tierbook export csv -o TABLES`.

    python with_postgresql.py TABLES POSITIONS.parquet ANSWERS.csv

The server is the one that `psql` finds ($PGHOST, $PGDATABASE, $PGUSER); the tables are temporary there. Only the text of
positions comes from Python: everything else is SQL for `psql`. `.ci/engines` starts a server of its own for it.
"""

import subprocess
import sys
import tempfile

import pyarrow.csv
import pyarrow.parquet

TABLES = r"""
SET timezone = 'UTC'; SET work_mem = '256MB'; SET jit = off;
CREATE TEMP TABLE tiers (subject text, valid_from timestamptz, valid_to timestamptz, known_from timestamptz,
  known_to timestamptz, recorded_from timestamptz, recorded_to timestamptz, tier int, floor numeric(28, 8),
  cap numeric(28, 8), mmr numeric(18, 10), max_leverage int, maintenance_amount numeric(28, 8), status text,
  certainty text, last_confirmed_at timestamptz, source text, ratio numeric(18, 10), unit text, class text);
CREATE TEMP TABLE positions (row bigint, symbol text, notional numeric(28, 8), time timestamptz, known_at timestamptz);
\copy tiers FROM 'TIERS' CSV HEADER
\copy positions FROM 'POSITIONS' CSV HEADER
DELETE FROM tiers WHERE recorded_to IS NOT NULL;
CREATE INDEX ON tiers (subject, known_from);
CREATE TEMP TABLE counted AS
  SELECT *, coalesce(valid_from, '-infinity') AS start, CASE WHEN tier = 1 THEN -1 ELSE coalesce(floor, -1) END AS above
  FROM tiers WHERE known_to IS NULL;
CREATE INDEX ON counted (subject, start);
ANALYZE tiers; ANALYZE counted; ANALYZE positions;
\timing on
"""

# A position without a time of knowledge is answered by all that is known now: the last start of a period by index,
# which is what an as-of join is, then the tier in it. 0 is in the first tier, whose floor is set below it.
NOW = """
CREATE TEMP TABLE by_now AS
SELECT p.row, t.tier, t.mmr, abs(p.notional) * t.mmr - t.maintenance_amount AS margin,
  coalesce(t.status, 'unknown_subject') AS status, t.certainty, t.source
FROM positions p
LEFT JOIN LATERAL (
  SELECT c.subject, c.start FROM counted c
  WHERE c.subject = 'binance:usdm:' || p.symbol AND c.start <= p.time ORDER BY c.start DESC LIMIT 1) v ON true
LEFT JOIN counted t
  ON t.subject = v.subject AND t.start = v.start AND abs(p.notional) > t.above AND (t.cap IS NULL OR abs(p.notional) <= t.cap)
WHERE p.known_at IS NULL;
"""

# One with a time of its own finds the one row whose periods contain both of its times.
THEN = """
CREATE TEMP TABLE by_then AS
SELECT p.row, t.tier, t.mmr, abs(p.notional) * t.mmr - t.maintenance_amount AS margin,
  coalesce(t.status, 'unknown_subject') AS status, t.certainty, t.source
FROM positions p LEFT JOIN tiers t
  ON t.subject = 'binance:usdm:' || p.symbol
 AND (t.valid_from IS NULL OR t.valid_from <= p.time) AND (t.valid_to IS NULL OR p.time < t.valid_to)
 AND (t.known_from IS NULL OR t.known_from <= p.known_at) AND (t.known_to IS NULL OR p.known_at < t.known_to)
 AND (t.floor IS NULL OR abs(p.notional) > t.floor OR (p.notional = 0 AND t.tier = 1))
 AND (t.cap IS NULL OR abs(p.notional) <= t.cap)
WHERE p.known_at IS NOT NULL;
"""

ANSWERS = r"""
\timing off
\copy (SELECT * FROM by_now UNION ALL SELECT * FROM by_then ORDER BY row) TO 'ANSWERS' CSV HEADER
"""


def main(tables, path, out):
    with tempfile.NamedTemporaryFile(suffix=".csv") as positions:
        pyarrow.csv.write_csv(pyarrow.parquet.read_table(path), positions.name)
        names = {"TIERS": f"{tables}/tiers.csv", "POSITIONS": positions.name, "ANSWERS": out}
        script = TABLES + "\\echo by_now\n" + NOW + "\\echo by_then\n" + THEN + ANSWERS
        for name, place in names.items():
            script = script.replace(f"'{name}'", f"'{place}'")
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"], input=script, text=True, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
