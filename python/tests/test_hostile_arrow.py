"""Tables whose structs lie are refused with an error of tierbook; none ends the process."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import arrow_lies
import arrow_structs
import pytest

from tierbook import Snapshot

CASES = list(arrow_lies.cases())


@pytest.fixture(scope="module")
def outcomes(folder: pathlib.Path) -> dict[str, str]:
    """What became of each lie. A process that one ends is followed by another, which goes on after it."""
    found: dict[str, str] = {}
    while len(found) < len(CASES):
        command = [sys.executable, arrow_lies.__file__, str(folder / "rules.db"), str(len(found))]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
        lines = ran.stdout.splitlines()
        names, results = lines[::2], lines[1::2]
        found |= dict(zip(names, map(str.strip, results)))
        # A signal; an exception is one of the test's own.
        assert ran.returncode <= 0, ran.stderr
        if len(names) > len(results):
            found[names[-1]] = f"ended the process with {ran.returncode}: {ran.stderr[-1000:]}"
    return found


@pytest.mark.parametrize("lie", CASES)
def test_a_lie_is_refused(outcomes: dict[str, str], lie: str) -> None:
    assert outcomes[lie] in ("InputError", "ArgumentError")


@pytest.mark.parametrize("layout", arrow_structs.HONEST)
def test_the_same_structs_are_read_where_they_are_honest(rules: Snapshot, layout: str) -> None:
    for frame in (
        arrow_structs.Producer(arrow_structs.table(arrow_structs.HONEST[layout]())),
        arrow_structs.Pair(arrow_structs.table(arrow_structs.HONEST[layout]())),
    ):
        before = dict(arrow_structs.released)
        table = rules.evaluate(frame, as_of="2026-02-07")
        assert [str(value) for value in table["mmr"]] == ["0.05"] * 3
        assert len(table) == arrow_structs.ROWS
        assert arrow_structs.released["child"] == before["child"]


def test_what_is_read_is_released_once(rules: Snapshot) -> None:
    before = dict(arrow_structs.released)
    table = rules.evaluate(arrow_structs.Producer(arrow_structs.table(arrow_structs.numbers())), as_of="2026-02-07")
    while_it_is_used = dict(arrow_structs.released)
    del table
    times = {what: count - before[what] for what, count in arrow_structs.released.items()}
    assert while_it_is_used["array"] == before["array"]
    assert times == {"schema": 1, "array": 1, "stream": 1, "child": 0}


def test_a_stream_that_was_used_is_not_read_again(rules: Snapshot) -> None:
    import tierbook

    producer = arrow_structs.Producer(arrow_structs.table(arrow_structs.numbers()))
    assert len(rules.evaluate(producer, as_of="2026-02-07")) == arrow_structs.ROWS
    with pytest.raises(tierbook.InputError, match="read before"):
        rules.evaluate(producer, as_of="2026-02-07")
