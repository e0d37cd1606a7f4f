"""Compares what engines answered with the answers of `tierbook eval` on the same positions, row by row.

    python compare.py TABLES POSITIONS.parquet ANSWERS.parquet…

The program is $TIERBOOK_BIN or `tierbook`; it asks the database of $TIERBOOK_DB. First the types of the tables are
checked. Of each row are compared: tier, mmr, margin, status, certainty (`unconfirmed` is the age of an answer, in the
tables it is `settled`) and source. Where an engine gives `maintenance_amount` and no margin, because its products are
not exact, the margin is computed here from what it gives.
"""

import decimal
import os
import subprocess
import sys
import tempfile

import pyarrow
import pyarrow.compute as compute
import pyarrow.csv
import pyarrow.parquet

MARGIN = pyarrow.decimal128(38, 18)
TYPES = {
    "row": pyarrow.int64(), "tier": pyarrow.int64(), "mmr": pyarrow.decimal128(18, 10), "margin": MARGIN,
    "maintenance_amount": pyarrow.decimal128(28, 8), "status": pyarrow.string(), "certainty": pyarrow.string(),
    "source": pyarrow.string(),
}  # fmt: skip
COMPARED = ["tier", "mmr", "margin", "status", "certainty", "source"]


def check_types(tables):
    path = os.path.join(tables, "tiers.parquet")
    schema = pyarrow.parquet.read_schema(path)
    assert schema.metadata[b"tierbook.tables"] == b"1", schema.metadata
    assert pyarrow.parquet.read_metadata(path).metadata[b"tierbook.tables"] == b"1"
    for name in ["valid_from", "valid_to", "known_from", "known_to", "recorded_from", "recorded_to", "last_confirmed_at"]:
        assert schema.field(name).type == pyarrow.timestamp("us", tz="UTC"), schema.field(name)
    for name in ["mmr", "ratio"]:
        assert schema.field(name).type == pyarrow.decimal128(18, 10), schema.field(name)
    for name in ["floor", "cap", "maintenance_amount"]:
        assert schema.field(name).type == pyarrow.decimal128(28, 8), schema.field(name)


def read(path):
    """The answers of an engine in the order of rows, with the types of TYPES. A cast that would lose a digit fails."""
    if path.endswith(".csv"):
        options = pyarrow.csv.ConvertOptions(column_types=TYPES, strings_can_be_null=True)
        table = pyarrow.csv.read_csv(path, convert_options=options)
    else:
        table = pyarrow.parquet.read_table(path)
    columns = {name: table[name].cast(TYPES[name]) for name in table.column_names if name in TYPES}
    return pyarrow.table(columns).sort_by("row").combine_chunks()


def margins(positions, answers):
    """notional * mmr - maintenance_amount by Python's decimals, which are exact here."""
    decimal.getcontext().prec = 60
    rows = zip(positions["notional"].to_pylist(), answers["mmr"].to_pylist(), answers["maintenance_amount"].to_pylist())
    return pyarrow.array([None if mmr is None else abs(size) * mmr - amount for size, mmr, amount in rows], MARGIN)


def ask(part, place, *options):
    asked, path = os.path.join(place, "asked.parquet"), os.path.join(place, "answers.parquet")
    pyarrow.parquet.write_table(part, asked)
    program = os.environ.get("TIERBOOK_BIN", "tierbook")
    subprocess.run([program, "eval", asked, *options, "--allow-unknown", "-o", path], check=True, stderr=subprocess.DEVNULL)
    return pyarrow.parquet.read_table(path)


def expected(positions, place):
    """The answers of tierbook, as measures, and once more by a statement of the language, in files beside each other. It
    refuses a row whose `known_at` is empty, so that none looks ahead unnoticed: these rows are a file of their own,
    without that column."""
    empty = compute.is_null(positions["known_at"])
    parts = [
        (positions.filter(empty).drop_columns("known_at"), ""),
        (positions.filter(compute.invert(empty)), " known at $known_at"),
    ]
    measures, language = [], []
    for part, known in parts:
        measures.append(ask(part, place, "--measures", "mmr,margin,tier"))
        # A statement asks one thing: rate and tier beside its margin are those of the measures.
        answered = ask(part, place, "--ask", "margin of $symbol at $notional as of $time" + known)
        language.append(answered.rename_columns({"value": "margin"}).append_column("mmr", measures[-1]["mmr"]))
        language[-1] = language[-1].append_column("tier", measures[-1]["tier"])
    names = ["measures", "language"]
    paths = {name: os.path.join(place, f"tierbook, by {name}.parquet") for name in names}
    for name, tables in zip(names, [measures, language]):
        columns = [table.select(["row", *COMPARED]) for table in tables]
        pyarrow.parquet.write_table(pyarrow.concat_tables(columns, promote_options="permissive"), paths[name])
    return paths


def compare(positions, wanted, path):
    """How many rows differ, and the first of them."""
    answers = read(path)
    if "margin" not in answers.column_names:
        answers = answers.append_column("margin", margins(positions, answers))
    assert answers["row"].equals(wanted["row"]), f"{path}: {answers.num_rows} rows for {wanted.num_rows} positions"
    differs = None
    for name in COMPARED:
        ours, theirs = wanted[name].combine_chunks(), answers[name].combine_chunks()
        if name == "certainty":
            ours, theirs = (compute.replace_substring(one, "unconfirmed", "settled") for one in [ours, theirs])
        same = compute.fill_null(compute.equal(ours, theirs), False)
        same = compute.or_(same, compute.and_(compute.is_null(ours), compute.is_null(theirs)))
        count = compute.sum(compute.invert(same)).as_py() or 0
        if count:
            print(f"{path}: {name} differs in {count} rows")
        differs = compute.invert(same) if differs is None else compute.or_(differs, compute.invert(same))
    where = compute.indices_nonzero(differs)
    for row in where[:3].to_pylist():
        print("  position", positions.slice(row, 1).to_pylist()[0])
        print("  tierbook", wanted.slice(row, 1).to_pylist()[0])
        print("  engine  ", answers.slice(row, 1).to_pylist()[0])
    return len(where)


def main(tables, path, *answers):
    check_types(tables)
    positions = pyarrow.parquet.read_table(path).sort_by("row")
    with tempfile.TemporaryDirectory() as place:
        paths = expected(positions, place)
        wanted = read(paths["measures"])
        statuses = wanted.group_by(["status", "certainty"]).aggregate([("row", "count")])
        for row in statuses.sort_by([("status", "ascending"), ("certainty", "ascending")]).to_pylist():
            print(f"  {row['row_count']:>8} {row['status']} {row['certainty'] or ''}")
        wrong = 0
        for one in [paths["language"], *answers]:
            count = compare(positions, wanted, one)
            print(f"{os.path.basename(one)}: {wanted.num_rows} rows, {count} differ from tierbook")
            wrong += count
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
