#!/usr/bin/env python3
"""Ratios of tierbook against each peer from results/runs.jsonl of the yardstick: how many times better tierbook is
(above 1) or worse (below 1). Medians over the runs, like the table of the yardstick."""
import json, pathlib
from collections import defaultdict
from statistics import median

WORKS = [  # title, work, key, whether more is better
    ("point", "w1", "ops_s", 1), ("p99", "w1", "p99_us", 0), ("columns", "w2", "rows_s", 1), ("load", "w3", "events_s", 1),
    ("load each", "w3each", "events_s", 1), ("history", "w4", "p50_us", 0), ("diff", "w5", "p50_us", 0),
    ("cold", "w6", "ms", 0), ("disk", "w3", "bytes", 0)]
runs, peers = defaultdict(list), []
for line in open(pathlib.Path(__file__).resolve().parent / "results/runs.jsonl"):
    run = json.loads(line)
    if run["peer"] not in peers:
        peers.append(run["peer"])
    for _, work, key, _ in WORKS:
        if run["work"] == work and key in run:
            runs[run["set"], run["peer"], work, key].append(run[key])

for of in ("real", "deep", "wide"):
    if not any(key[:2] == (of, "tierbook") for key in runs):
        continue
    rows = [[f"[{of}] tierbook is … times as good as"] + [title for title, *_ in WORKS]]
    for peer in peers:
        row = [peer]
        for _, work, key, more in WORKS:
            ours, theirs = runs.get((of, "tierbook", work, key)), runs.get((of, peer, work, key))
            if not ours or not theirs:
                row.append("-")
                continue
            ratio = median(ours) / median(theirs)
            row.append(f"{ratio if more else 1 / ratio:.3g}")
        if peer != "tierbook" and set(row[1:]) != {"-"}:
            rows.append(row)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(c.ljust(w) if not i else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))))
print("\na row of the yardstick's columns may be of fewer rows (marked * in its table); above 1 tierbook is better")
