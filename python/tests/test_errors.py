"""Exceptions: the built-in one that a user would catch, with a code, a place and hints that are true in Python."""

from __future__ import annotations

import pathlib
import pickle
import re
from typing import Any

import pytest
from conftest import REPOSITORY, SEED

import tierbook
from tierbook import Snapshot, exceptions

AT = "2026-02-07"

#: Words of the command that no hint of the package may have, except where it says that the command is meant.
COMMAND = re.compile(r"--[a-z]|(?<!the command )`tierbook ")


def test_a_query_has_a_place(rules: Snapshot) -> None:
    with pytest.raises(tierbook.QueryError) as refused:
        rules.query("mmr of ACTUSDT at 60000 as off 2026-02-07")
    error = refused.value
    assert isinstance(error, ValueError)
    assert error.span is not None
    assert error.query[slice(*error.span)] in ("as", "off", "as off")
    assert "^" in str(error)
    with pytest.raises(KeyError) as unknown:
        rules.query("mmr of É and ACTUST at 1".replace("É and ", ""))
    assert isinstance(unknown.value, tierbook.UnknownSubjectError)
    assert unknown.value.suggestions == ("ACTUSDT",)
    # Places count characters.
    with pytest.raises(tierbook.Error) as wide:
        rules.query("mmr of ÉÉÉÉ at 1")
    assert wide.value.span is not None
    assert wide.value.query[slice(*wide.value.span)] == "ÉÉÉÉ"


def test_only_a_text_of_the_language_is_a_query_that_is_wrong(rules: Snapshot, tmp_path: pathlib.Path) -> None:
    act, database = rules.contract("ACTUSDT"), tierbook.create(tmp_path / "rules.db")
    database.load(SEED)
    frame = {"symbol": ["ACTUSDT"], "notional": [1]}
    for ask in (
        lambda: act.mmr(-1),
        lambda: act.mmr("sixty"),
        lambda: act.mmr(1, as_of="soon"),
        lambda: act.max_position(0),
        lambda: act.history("nosuch"),
        lambda: act.history("mmr"),
        lambda: act.history("mmr", -1),
        lambda: act.history("mmr of"),
        lambda: rules.changes(since="soon"),
        lambda: rules.changes(of="of of"),
        lambda: rules.upcoming(as_of="soon"),
        lambda: rules.contract("A B"),
        lambda: rules.evaluate(frame, as_of=AT, measures=["nosuch"]),  # type: ignore[list-item]
        lambda: rules.evaluate(frame, as_of="soon"),
        lambda: rules.evaluate(frame, as_of=AT, zone="Mars"),
        lambda: rules.evaluate({"x": [1]}, as_of=AT),
        lambda: database.retract("nosuch", reason="x"),
        lambda: database.undo(77),
        lambda: database.reschedule("ee2413a8367c", "2026-03-01", reason="x"),
        lambda: database.load(SEED, venue="no venue"),
    ):
        with pytest.raises(tierbook.Error) as refused:
            ask()
        assert not isinstance(refused.value, tierbook.QueryError)
        assert isinstance(refused.value, (tierbook.ArgumentError, tierbook.UnknownSubjectError))
        assert (refused.value.span, refused.value.query) == (None, "")
    for text in ("nonsense", "mmr of ACTUSDT", "mmr of ACTUSDT at x", "tiers of ACTUSDT as of soon"):
        with pytest.raises(tierbook.QueryError) as wrong:
            rules.query(text)
        assert wrong.value.span is not None and wrong.value.query == text


def test_a_text_that_is_a_name_of_a_file_is_told_so(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in ("nosuch.txt", "a/b.JSON", "rules.zip"):
        with pytest.raises(tierbook.InputError) as refused:
            tierbook.read(text)
        assert refused.value.hints[0].startswith(f"there is no file {text!r}")
    (tmp_path / "there.txt").write_text("nothing")
    with pytest.raises(tierbook.InputError) as there:
        tierbook.read("there.txt")
    assert there.value.hints[0] == "a str is the text itself; give the file as pathlib.Path('there.txt')"
    with pytest.raises(tierbook.InputError) as plain:
        tierbook.read("no file at all")
    assert "pathlib" not in str(plain.value)
    document = tierbook.read(SEED)
    for span in (None, 5, (1,), ("a", "b"), "ab"):
        with pytest.raises(tierbook.ArgumentError, match="span"):
            document.quoted(span)  # type: ignore[arg-type]
    assert document.quoted((0, 6)) == document.text[:6]


def every_error() -> list[Any]:
    kinds = [getattr(exceptions, name) for name in exceptions.__all__]
    return [kind("what is wrong", "a_code", ["do this", "or that"], (4, 8), "here", "mmr of") for kind in kinds]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_exceptions_survive_pickling(error: tierbook.Error) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.__dict__, again.args) == (str(error), error.__dict__, error.args)
    assert "hint: do this" in str(error)
    assert repr(error) == f"{type(error).__name__}('what is wrong')"


def test_every_hint_of_the_library_is_said_in_words_of_python() -> None:
    """Every text of a hint in the sources, with a value in its holes, so far as Python can meet it."""
    said = re.compile(r'\.hint\(\s*(?:format!\(\s*)?"((?:[^"\\]|\\.)*)"')
    command_alone = (
        "src/cli/",
        "src/main",
        "src/store/salvage",
        "src/store/restore",
        "src/store/publish",
        "src/store/replica",
        "src/store/segments",
        "src/origin",
        "src/database/replication",
        "src/database/against",
        "src/database/witness",
        "src/database/certificate",
        "src/database/git",
    )
    found = 0
    for path in sorted((REPOSITORY / "src").rglob("*.rs")):
        name = path.relative_to(REPOSITORY).as_posix()
        if name.startswith(command_alone):
            continue
        for hint in said.findall(path.read_text()):
            text = re.sub(r"\{[^}]*\}", "x", hint.replace('\\"', '"'))
            assert not COMMAND.search(exceptions.for_python(text)), f"{name}: {text} -> {exceptions.for_python(text)}"
            found += 1
    assert found > 100


@pytest.mark.parametrize(
    ("text", "in_python"),
    [
        ("name it: --time COLUMN; or so", "name it: as_of=COLUMN; or so"),
        (
            "or give one time for all rows: --as-of 2026-02-06T07:00Z",
            "or give one time for all rows: as_of='2026-02-06T07:00Z'",
        ),
        ("or name the zone: --zone UTC, --zone +08:00", "or name the zone: zone='UTC', zone='+08:00'"),
        ("`load --allow-unread` records what could be read", "`allow_unread=True` records what could be read"),
        ("load it with `--venue bybit`", "load it with `venue='bybit'`"),
        ("name one: --tx 5", "name one: tx=5"),
        ("`tierbook undo 5` undoes that", "`Database.undo(5)` undoes that"),
        ("`tierbook salvage x --up-to 5` makes", "the command `tierbook salvage x --up-to 5` makes"),
        ("`sources` lists the ids", "`Snapshot.sources()` lists the ids"),
        ("the file has none (--zone names another)", "the file has none (zone names another)"),
    ],
)
def test_words_of_the_command(text: str, in_python: str) -> None:
    assert exceptions.for_python(text) == in_python


def test_hints_that_are_met(rules: Snapshot, tmp_path: pathlib.Path) -> None:
    wrong = [
        "mmr of $symbol at 1",
        "mmr of ACTUSDT at $notional",
        "mmr of ACTUSDT",
        "mmr of ACTUSDT at 10x",
        "max position of ACTUSDT at 60000",
        "tiers of LTC",
        "history of",
        "source 000000",
        "@alias",
        "changes since 2026-01-01 until 2025-01-01",
        "mmr of ACTUSDT at 1 recorded by 2099-01-01",
        "mmr of ACTUSDT at 1 as of 2026-02-06 07:00",
        "ratio of ACTUSDT at 1",
        "nonsense",
        "",
        "chart mmr of ACTUSDT up to 0",
    ]
    database = tierbook.create(tmp_path / "rules.db")
    database.load(SEED)
    frame = {"symbol": ["ACTUSDT"], "size": ["x"], "time": ["2026-02-06 07:00"]}
    asked: list[Any] = [lambda text=text: rules.query(text) for text in wrong]
    asked += [
        lambda: rules.evaluate(frame),
        lambda: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1], "time": ["2026-02-06 07:00"]}),
        lambda: rules.evaluate({"symbol": ["ACTUSDT"], "time": ["2026-02-06"]}),
        lambda: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of="soon"),
        lambda: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of="2026-02-07", zone="Mars"),
        lambda: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1]}, as_of="2026-02-07", measures=["max_position"]),
        lambda: rules.evaluate({"s": ["ACTUSDT"]}, ask="mmr of $s at $n", as_of="2026-02-07"),
        lambda: rules.evaluate({"s": ["ACTUSDT"]}, ask="mmr of"),
        lambda: rules.evaluate({"symbol": ["ACTUSDT"], "notional": [None]}, as_of="2026-02-07"),
        lambda: rules.contract("nosuch"),
        lambda: rules.collateral("ACTUSDT"),
        lambda: database.load(tmp_path),
        lambda: database.load(b"\xff\x00\xfe", name="x.bin"),
        lambda: database.load(SEED.read_bytes(), name="other.txt", revises="ee2413a8367c"),
        lambda: database.load(SEED, venue="no venue"),
        lambda: database.load(SEED, program="nosuch"),
        lambda: database.retract("nosuch", reason="x"),
        lambda: database.retract("ee2413a8367c.9999", reason="x"),
        lambda: database.undo(77),
        lambda: database.unload("nosuch", reason="x"),
        lambda: database.supersede("ee2413a8367c", "nosuch", reason="x"),
        lambda: database.reschedule("ee2413a8367c", "2026-03-01", reason="x"),
        lambda: database.retract("ee2413a8367c", reason=""),
        lambda: database.backup(tmp_path / "rules.db"),
        lambda: database.audit(SEED),
        lambda: database.audit(tmp_path / "missing.csv"),
        lambda: database.verify("1" * 64) and None,
        lambda: tierbook.open(tmp_path / "nothing"),
        lambda: tierbook.create(tmp_path / "rules.db"),
        lambda: tierbook.read(b"\xff\xfe\x00"),
        lambda: tierbook.read("x", program="nosuch"),
    ]
    met = 0
    for ask in asked:
        try:
            ask()
        except tierbook.Error as error:
            met += 1
            assert not COMMAND.search(str(error)), str(error)
            assert error.code
            assert "\x1b" not in str(error)
    assert met >= len(asked) - 4
