"""Objects: printed, shown in notebooks, pickled, shared by threads and processes."""

from __future__ import annotations

import concurrent.futures
import copy
import html.parser
import multiprocessing
import pathlib
import pickle
import re
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree
from typing import Any

import pytest
from conftest import SEED, library

import tierbook
from tierbook import Contract, Snapshot

AT = "2026-02-06T07:00Z"
HOSTILE = "</td><script>alert('x')</script>&amp;\n\x1b[31m\u202e\x00"


def objects(rules: Snapshot, folder: pathlib.Path) -> list[Any]:
    act = rules.contract("ACTUSDT")
    document = tierbook.read(SEED)
    frame = {"symbol": ["ACTUSDT", None], "notional": [1, 2], HOSTILE: [HOSTILE, None]}
    return [
        act.mmr(60_000, as_of=AT),
        act.mmr(900_000, as_of=AT),
        act.tier(60_000, as_of=AT),
        act.tiers(as_of=AT),
        act.tiers(as_of="2020-01-01"),
        act.mmr(60_000, as_of=AT).certainty,
        act.mmr(60_000, as_of=AT).source,
        rules.query(f"tiers of ACTUSDT as of {AT}"),
        rules.query("chart mmr of ACTUSDT"),
        rules.query("findings"),
        rules.evaluate(frame, as_of=AT, on_error="null"),
        document,
        document.statements[0],
        document.findings[0],
        tierbook.Certainty("settled"),
    ]


def unpicklable(rules: Snapshot, folder: pathlib.Path) -> list[Any]:
    database = tierbook.open(folder / "rules.db")
    return [database, rules, rules.contract("ACTUSDT"), rules.collateral("LTC")]


def test_every_repr_is_one_short_line(rules: Snapshot, folder: pathlib.Path, tmp_path: pathlib.Path) -> None:
    database = tierbook.create(tmp_path / "a\nb")
    report = database.load(SEED)
    title = tierbook.read(SEED.read_bytes(), name="x" * 500 + "\n.txt")
    made = [database, database.verify(), database.audit(SEED.parent / "decisions.csv"), database.head(), report]
    for it in [*objects(rules, folder), *unpicklable(rules, folder), *made, report.documents[0], title]:
        assert len(repr(it).splitlines()) == 1, repr(it)
        assert len(repr(it)) < 600, repr(it)
        assert repr(it).isprintable() or "\n" not in repr(it)
    database.close()
    assert repr(database) == "<Database, closed>"


def test_a_repr_does_not_raise_where_the_database_is_gone(tmp_path: pathlib.Path) -> None:
    import shutil

    with tierbook.create(tmp_path / "rules.db") as database:
        database.load(SEED)
        answer = database.snapshot().contract("ACTUSDT").mmr(1, as_of=AT, recorded_by="2026-01-01")
    shutil.rmtree(tmp_path / "rules.db")
    assert repr(answer).startswith("<Answer")


class Checked(html.parser.HTMLParser):
    """Counts what is open, and refuses what is not expected."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        assert tag in {"table", "thead", "tbody", "tr", "th", "td", "div", "strong", "span"}, tag
        assert all(name == "style" for name, _ in attributes)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_is_well_formed_and_escaped(rules: Snapshot, folder: pathlib.Path) -> None:
    shown = 0
    for it in objects(rules, folder):
        if not hasattr(it, "_repr_html_"):
            continue
        found = it._repr_html_()
        shown += 1
        assert "<script" not in found
        if "<svg" in found:
            xml.etree.ElementTree.fromstring(found)
            assert "currentColor" in found
            continue
        page = Checked()
        page.feed(found)
        page.close()
        assert page.open == []
        # Texts have the colour of the page, light or dark.
        assert not re.search(r"[;\"]color:", found)
    assert shown >= 9
    wide = {f"<b>{number}": [HOSTILE] for number in range(3)}
    table = rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1], **wide}, as_of=AT)
    page = Checked()
    page.feed(table._repr_html_())
    assert any("<script>" in text for text in page.texts)
    many = rules.evaluate({"symbol": ["ACTUSDT"] * 5_000, "notional": [1] * 5_000}, as_of=AT)
    assert len(many._repr_html_()) < 200_000


def same(one: Any, other: Any) -> bool:
    if isinstance(one, tierbook.Table):
        return one.to_dicts() == other.to_dicts() and one.columns == other.columns
    if isinstance(one, tierbook.Certainty):
        return one == other and vars(one) == vars(other)
    return bool(one == other)


def test_pickle_and_copy(rules: Snapshot, folder: pathlib.Path) -> None:
    for it in objects(rules, folder):
        for again in (
            *(pickle.loads(pickle.dumps(it, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)),
            copy.copy(it),
            copy.deepcopy(it),
        ):
            assert type(again) is type(it)
            assert same(it, again)
            assert repr(again) == repr(it)
            if isinstance(it, tierbook.Answer):
                assert (again.value, again.status, hash(again)) == (it.value, it.status, hash(it))
                assert again.certainty == it.certainty
                assert again.to_dict() == it.to_dict()
            if isinstance(it, (tierbook.Rows, tierbook.Table)):
                assert it._repr_html_() == again._repr_html_()
    for it in unpicklable(rules, folder):
        with pytest.raises(TypeError):
            pickle.dumps(it)


def asked_in_a_process(place: str, notional: int) -> Any:
    rules = tierbook.open(place).snapshot()
    act = rules.contract("ACTUSDT")
    return (
        act.mmr(notional, as_of=AT),
        act.tiers(as_of=AT),
        rules.query(f"tiers of ACTUSDT as of {AT}"),
        rules.evaluate({"symbol": ["ACTUSDT"], "notional": [notional]}, as_of=AT),
    )


@pytest.mark.parametrize("way", ["fork", "spawn", "forkserver"])
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_processes(rules: Snapshot, folder: pathlib.Path, way: str) -> None:
    place = str(folder / "rules.db")
    expected = asked_in_a_process(place, 60_000)
    context = multiprocessing.get_context(way)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        for found in pool.map(asked_in_a_process, [place] * 4, [60_000] * 4):
            assert all(map(same, found, expected))
        failed = pool.submit(asked_in_a_process, place, -1)
        with pytest.raises(tierbook.ArgumentError, match="below zero"):
            failed.result()


def test_a_snapshot_made_before_a_fork_is_of_use_after_it(act: Contract) -> None:
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        inherited.append(act)
        assert pool.submit(of_inherited).result() == "0.1"
        inherited.clear()


inherited: list[Contract] = []


def of_inherited() -> str:
    return str(inherited[0].mmr(60_000, as_of=AT).value)


def test_threads_ask_while_another_loads(tmp_path: pathlib.Path) -> None:
    database = tierbook.create(tmp_path / "rules.db")
    database.load(SEED)
    rules = database.snapshot()
    stop, errors = threading.Event(), []
    frame = {"symbol": ["ACTUSDT"] * 2_000, "notional": list(range(2_000))}

    def ask() -> None:
        try:
            while not stop.is_set():
                assert str(rules.contract("ACTUSDT").mmr(60_000, as_of=AT).value) == "0.1"
                assert len(rules.query("tiers of ACTUSDT")) == 6
                assert rules.evaluate(frame, as_of=AT).without_rule == 0
                database.snapshot().contract("LTC" if False else "ACTUSDT").tiers(as_of=AT).unwrap()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    text = SEED.read_text()
    for number in range(5):
        database.load(
            text.replace("2026-02-03", f"2026-02-0{number + 4}").encode(), name=f"{number}.txt", errors="report"
        )
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert not errors
    assert database.verify().ok


def test_the_lock_of_the_interpreter_is_free_during_bulk_work(rules: Snapshot) -> None:
    numpy = library("numpy")
    rows = 1_000_000
    pa = library("pyarrow")
    symbols = pa.array(["ACTUSDT"] * rows)
    sizes = pa.array(numpy.arange(rows) % 900_000)
    table = pa.table({"symbol": symbols, "notional": sizes})
    counted, stop = [0], threading.Event()

    def count() -> None:
        while not stop.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    interval = sys.getswitchinterval()
    # The counter alone gives the lock away; a call that kept it would stop it.
    sys.setswitchinterval(0.5)
    try:
        thread.start()
        before = counted[0]
        rules.evaluate(table, as_of=AT, measures=["mmr", "margin", "tier"])
        during = counted[0] - before
    finally:
        stop.set()
        sys.setswitchinterval(interval)
        thread.join()
    assert during > 1_000


#: Rounds of work on a table, in a process that does nothing else; prints the megabytes after each.
ROUNDS = """
import pathlib, pyarrow, tierbook
rules = tierbook.open("rules.db").snapshot()
rows = 250_000
table = pyarrow.table({"symbol": pyarrow.array(["ACTUSDT"] * rows), "notional": pyarrow.array(range(rows))})
for _ in range(15):
    found = rules.evaluate(table, as_of="2026-02-07", measures=["mmr", "margin"])
    assert pyarrow.table(found).num_rows == rows
    rules.evaluate(table, as_of="2026-02-07").__arrow_c_stream__()
    del found
    status = pathlib.Path("/proc/self/status").read_text()
    print(int(status.split("VmRSS:")[1].split()[0]) // 1024)
"""


def test_memory_is_given_back(folder: pathlib.Path) -> None:
    library("pyarrow")
    if not pathlib.Path("/proc/self/status").exists():
        pytest.skip("the system does not say")
    ran = subprocess.run([sys.executable, "-c", ROUNDS], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    sizes = [int(size) for size in ran.stdout.split()]
    # One round makes about 50 MB.
    assert sizes[-1] < sizes[4] + 50, sizes
