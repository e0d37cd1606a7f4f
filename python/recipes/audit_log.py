"""Judge the figures of a backtest: which rates were right, and which could not be known when they were used.

    python audit_log.py rules.db [decisions.csv]

`audit` takes a frame of Polars with the columns of docs/auditing.md (`time`, `symbol`, `notional`, `rate`, …), and gives it
back with the judgement of every row.
"""

import sys
from datetime import datetime, timezone

import polars

import tierbook


def audit(db: tierbook.Database, log: polars.DataFrame) -> polars.DataFrame:
    """The log with `judgement`, the right figure, and the one that could be known."""
    report = db.audit(log)
    if report.errors:
        raise ValueError("\n".join(report.errors))
    judged = report.rows.to_polars().select(polars.col("line").cast(polars.UInt32), "judgement", "right", "known_then")
    # The header is line 1, so that row 0 of the frame is line 2.
    return log.with_row_index("line", offset=2).join(judged, on="line", how="left").drop("line")


def main(database: str, file: str | None = None) -> None:
    with tierbook.open(database) as db:
        log = example(db.snapshot()) if file is None else polars.read_csv(file, infer_schema=False)
        judged = audit(db, log)
    with polars.Config(tbl_cols=-1, tbl_width_chars=140, tbl_hide_dataframe_shape=True):
        print(judged.group_by("judgement").len().sort("len", "judgement", descending=[True, False]))
        print("look-ahead:")
        print(judged.filter(polars.col("judgement") == "look_ahead"))


def example(rules: tierbook.Snapshot) -> polars.DataFrame:
    """A backtest with the usual mistake: it takes the tables of its last day for the days before."""
    times = [datetime(2026, 2, day, tzinfo=timezone.utc) for day in (4, 5, 8)]
    rows = polars.DataFrame({"time": times, "symbol": "ACTUSDT", "notional": 60_000})
    answers = rules.evaluate(rows, as_of=times[-1], measures="mmr").to_polars()
    return answers.select("time", "symbol", "notional", rate="mmr")


if __name__ == "__main__":
    main(*sys.argv[1:])
