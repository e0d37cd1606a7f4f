"""The tier, status and margin of each position by Spark, from the tables of `tierbook export parquet -o TABLES`.

    python with_spark.py TABLES POSITIONS.parquet ANSWERS.parquet

Here on this machine (`local[*]`, Java 17). On a cluster the tables, which are small, go to every worker with `broadcast`,
and positions stay where they are: nothing is shuffled.
"""

import sys
import time

import pyspark
from pyspark.sql import SparkSession

# Spark has no as-of join in SQL: a position without a time of knowledge is answered by the rows that count now, whose
# periods contain its time. One with a time of its own finds the row whose periods contain both times.
JOIN = """
SELECT /*+ BROADCAST(t) */ p.row, CAST(t.tier AS INT) AS tier, t.mmr, abs(p.notional) * t.mmr - t.maintenance_amount AS margin,
  coalesce(t.status, 'unknown_subject') AS status, t.certainty, t.source
FROM {positions} p LEFT JOIN {tiers} t
  ON t.subject = concat('binance:usdm:', p.symbol)
 AND (t.valid_from IS NULL OR t.valid_from <= p.time) AND (t.valid_to IS NULL OR p.time < t.valid_to)
 AND {known}
 AND (t.floor IS NULL OR abs(p.notional) > t.floor OR (p.notional = 0 AND t.tier = 1))
 AND (t.cap IS NULL OR abs(p.notional) <= t.cap)
"""
KNOWN_THEN = "(t.known_from IS NULL OR t.known_from <= p.known_at) AND (t.known_to IS NULL OR p.known_at < t.known_to)"
NOW = JOIN.format(positions="positions_now", tiers="tiers_now", known="true")
THEN = JOIN.format(positions="positions_then", tiers="tiers", known=KNOWN_THEN)


def main(tables, path, out):
    spark = (
        SparkSession.builder.master("local[*]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        # Without it products of decimals are rounded without a word; with it they are exact, or an error on overflow.
        .config("spark.sql.decimalOperations.allowPrecisionLoss", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    tiers = spark.read.parquet(f"{tables}/tiers.parquet").where("recorded_to IS NULL")
    positions = spark.read.parquet(path).repartition(spark.sparkContext.defaultParallelism)
    tiers.createOrReplaceTempView("tiers")
    tiers.where("known_to IS NULL").createOrReplaceTempView("tiers_now")
    positions.where("known_at IS NULL").createOrReplaceTempView("positions_now")
    positions.where("known_at IS NOT NULL").createOrReplaceTempView("positions_then")
    for name, join in [("by_now", NOW), ("by_then", THEN)]:
        start = time.perf_counter()
        spark.sql(join).write.mode("overwrite").parquet(f"{out}/{name}")
        rows = spark.read.parquet(f"{out}/{name}").count()
        print(f"spark {pyspark.__version__}, {name}: {rows} rows in {time.perf_counter() - start:.2f} s")
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
