#!/usr/bin/env python3
"""`tierbook eval` from file to file, of each form: random contracts, notionals and times.

    benches/eval_files.py FOLDER [TIERBOOK [ROWS [ROUNDS]]]

Needs a Python with pyarrow, and a database in $TIERBOOK_DB. FOLDER gets `questions.arrow`, `.parquet` and `.csv`, unless
they are there already: ROWS rows (10 million) with a contract of the database, a notional of two decimals from 1 to 10
million, every fifth a short, and a time from 2022 to 2026 in microseconds. The same arguments give the same rows. Each
form is answered into the same form, ROUNDS times (3), one form after the other in each round, so that other work on the
machine meets all. Printed are medians of the time on the clock and of CPU time, the most memory, and rows a second.
"""

import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import datetime, timezone

PART = 1_000_000
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()) * 10**6 for year in (2022, 2027))
FORMS = ["arrow", "parquet", "csv"]


def contracts(program):
    """The names of all contracts that are stored."""
    listed = subprocess.run([program, "--format", "jsonl", "query", "subjects"], check=True, capture_output=True)
    subjects = [json.loads(line) for line in listed.stdout.splitlines()]
    return sorted(it["name"] for it in subjects if it["program"] in ("usdm", "coinm"))


def part(names, rows, dice):
    """Some rows of questions, as columns."""
    symbols = dice.choices(names, k=rows)
    sizes = [round(10 ** dice.uniform(0, 7), 2) * (-1 if dice.random() < 0.2 else 1) for _ in range(rows)]
    times = [dice.randrange(FIRST, LAST) for _ in range(rows)]
    return [symbols, sizes, times]


def make(paths, program, rows):
    """Writes the files of questions."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    schema = pa.schema({"symbol": pa.string(), "notional": pa.float64(), "time": pa.timestamp("us", "UTC")})
    names, dice = contracts(program), random.Random(19)
    parts = {form: f"{path}.part" for form, path in paths.items()}
    with (
        pa.ipc.new_file(parts["arrow"], schema) as arrow,
        parquet.ParquetWriter(parts["parquet"], schema, compression="zstd") as columns,
        csv.CSVWriter(parts["csv"], schema, write_options=csv.WriteOptions(quoting_style="none")) as text,
    ):
        for first in range(0, rows, PART):
            some = pa.table(part(names, min(PART, rows - first), dice), schema=schema)
            arrow.write_table(some, max_chunksize=1 << 17)
            columns.write_table(some)
            text.write_table(some)
    for form, path in paths.items():
        os.replace(parts[form], path)
    print(f"{rows} rows, {len(names)} contracts", flush=True)


def run(command):
    """Seconds on the clock, seconds of CPU, and the most memory in MB, of one process."""
    start = time.perf_counter()
    actions = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    _, status, used = os.wait4(os.posix_spawnp(command[0], command, os.environ, file_actions=actions), 0)
    if status != 0:
        sys.exit(f"{command} failed: {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(folder, program="tierbook", rows="10000000", rounds="3"):
    os.makedirs(folder, exist_ok=True)
    paths = {form: os.path.join(folder, f"questions.{form}") for form in FORMS}
    if not all(map(os.path.isfile, paths.values())):
        # In a process of its own: what a process has in memory counts for those that it starts.
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(paths, program, int(rows)))
        maker.start()
        maker.join()
        if maker.exitcode != 0:
            sys.exit("the questions cannot be made")
    commands = {}
    for form, path in paths.items():
        out = os.path.join(folder, f"answers.{form}")
        command = [program, "eval", path, "-o", out, "--allow-unknown"]
        commands[f"{form} → {form}"] = command
        if form == "parquet":
            commands["parquet → parquet, known at its time"] = [*command, "--known-at", "time"]
    figures = {name: [] for name in commands}
    for round_ in range(int(rounds)):
        for name, command in commands.items():
            figures[name].append(run(command))
        print(f"round {round_ + 1}, load {os.getloadavg()[0]:.1f}", flush=True)
    for name, runs in figures.items():
        clock, cpu, _ = (statistics.median(column) for column in zip(*runs))
        memory, least = max(run[2] for run in runs), min(run[0] for run in runs)
        speed = int(rows) / clock / 1e6
        print(f"{name}: {clock:.2f} s ({least:.2f} at best), {cpu:.2f} s of CPU, {memory:.0f} MB, {speed:.1f} M rows/s")


if __name__ == "__main__":
    main(*sys.argv[1:])
