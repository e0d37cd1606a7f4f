#!/usr/bin/env python3
"""`tierbook eval` from Parquet to Parquet beside DuckDB's as-of join that reads and writes the same files.

    benches/eval_against_duckdb.py POSITIONS.parquet [TIERBOOK [ROUNDS]]

POSITIONS has symbol, notional and time, a contract, a number and an instant a row. Both are whole processes, one after
the other in each round, so that load on the machine meets both; DuckDB's is Python with `import duckdb`, which is
timed alone too. DuckDB reads the tables that `export parquet --known-at now` wrote before, and answers by what is known
now (the join without a second time is its fastest). Printed are medians of time on the clock and of CPU time, and the
most memory. DuckDB writes mmr, margin and status; eval also certainty, holds and source, and keeps the order of rows. A
second form of DuckDB's writes certainty and source too. $TIERBOOK_DB is the database.
"""

import os
import statistics
import sys
import tempfile
import time

DUCKDB = """
import duckdb, sys
tiers, positions, out, more = sys.argv[1:]
database = duckdb.connect()
database.sql("SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET enable_progress_bar = false")
database.sql(f'''COPY (
  WITH counted AS MATERIALIZED (
    SELECT subject, coalesce(valid_from, '-infinity') AS start, CASE WHEN tier = 1 THEN -1 ELSE coalesce(floor, -1) END AS above,
      cap, mmr, maintenance_amount, status, certainty, source
    FROM '{tiers}' WHERE known_to IS NULL AND recorded_to IS NULL AND subject LIKE 'binance:usdm:%'),
  periods AS (SELECT DISTINCT subject, start FROM counted),
  sized AS (SELECT *, abs(notional)::DECIMAL(28, 8) AS size FROM '{positions}'),
  placed AS (
    SELECT p.*, v.subject, v.start FROM sized p
    ASOF LEFT JOIN periods v ON v.subject = 'binance:usdm:' || p.symbol AND v.start <= p.time)
  SELECT p.symbol, p.notional, p.time, t.mmr, p.size * t.mmr - t.maintenance_amount AS margin,
    coalesce(t.status, 'unknown_subject') AS status{more}
  FROM placed p LEFT JOIN counted t
    ON t.subject = p.subject AND t.start = p.start AND p.size > t.above AND (t.cap IS NULL OR p.size <= t.cap)
) TO '{out}' (FORMAT parquet)''')
"""


def run(command):
    """Seconds on the clock, seconds of CPU, and the most memory in MB, of one process."""
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
    _, status, used = os.wait4(child, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed: {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(positions, program="tierbook", rounds="5"):
    with tempfile.TemporaryDirectory() as place:
        tiers = f"{place}/tiers.parquet"
        run([program, "export", "parquet", "--known-at", "now", "-o", tiers])
        commands = {
            "tierbook eval": [program, "eval", positions, "-o", f"{place}/eval.parquet", "--allow-unknown"],
            "duckdb": [sys.executable, "-c", DUCKDB, tiers, positions, f"{place}/duckdb.parquet", ""],
            "duckdb with certainty and source": [
                sys.executable, "-c", DUCKDB, tiers, positions, f"{place}/duckdb.parquet", ", t.certainty, t.source"
            ],
            "import duckdb": [sys.executable, "-c", "import duckdb"],
        }
        figures = {name: [] for name in commands}
        for _ in range(int(rounds)):
            for name, command in commands.items():
                figures[name].append(run(command))
        for name, runs in figures.items():
            clock, cpu, memory = (statistics.median(column) for column in zip(*runs))
            print(f"{name}: {clock:.2f} s, {cpu:.2f} s of CPU, {memory:.0f} MB")
        for name in list(commands)[1:3]:
            for index, unit in [(0, "clock"), (1, "CPU")]:
                ratios = [other[index] / own[index] for own, other in zip(figures["tierbook eval"], figures[name])]
                print(f"{name} / eval, {unit}: {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
