"""The package itself: its examples run, everything is documented and typed, and nothing else is needed."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import inspect
import os
import pathlib
import pkgutil
import re
import subprocess
import sys
import tempfile
from typing import Any

import pytest
from conftest import REPOSITORY

import tierbook

PUBLIC = [getattr(tierbook, name) for name in tierbook.__all__]


def modules() -> list[Any]:
    names = [it.name for it in pkgutil.iter_modules(tierbook.__path__) if it.name != "_native"]
    return [tierbook, *(importlib.import_module(f"tierbook.{name}") for name in names)]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_examples_run(module: Any, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    assert doctest.testmod(module, optionflags=flags, report=True).failed == 0


def test_every_public_name_is_documented() -> None:
    for it in PUBLIC:
        if not inspect.isclass(it) and not inspect.isfunction(it):
            continue
        assert inspect.getdoc(it), it
        if inspect.isfunction(it):
            assert ">>> " in str(it.__doc__), it
            continue
        for name, member in vars(it).items():
            if name.startswith("_") or not (inspect.isfunction(member) or isinstance(member, property)):
                continue
            assert inspect.getdoc(member), f"{it.__name__}.{name}"


def test_the_classes_that_users_hold_have_an_example() -> None:
    for it in (
        tierbook.Answer,
        tierbook.Certainty,
        tierbook.Database,
        tierbook.Snapshot,
        tierbook.Contract,
        tierbook.Collateral,
        tierbook.Rows,
        tierbook.Table,
        tierbook.Document,
        tierbook.Error,
        tierbook.Snapshot.evaluate,
        tierbook.Snapshot.leverage_tiers,
        tierbook.Database.load,
        tierbook.Database.verify,
        tierbook.Database.audit,
    ):
        assert ">>> " in str(it.__doc__), it


def test_the_package_is_typed() -> None:
    place = pathlib.Path(str(tierbook.__file__)).parent
    assert (place / "py.typed").exists()
    assert (place / "_native.pyi").exists()
    assert tierbook.__version__
    assert sorted(tierbook.__all__) == sorted(name for name in dir(tierbook) if name[0] != "_" and name != "exceptions")


ALONE = """
import sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"numpy", "pandas", "polars", "pyarrow", "duckdb"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refused())
import tierbook
from datetime import datetime, timezone
with tierbook.open("rules.db") as database:
    rules = database.snapshot()
act = rules.contract("ACTUSDT")
at = datetime(2026, 2, 7, tzinfo=timezone.utc)
assert str(act.mmr(60_000, as_of=at).unwrap()) == "0.1"
assert len(act.tiers(as_of=at).unwrap()) == 6
assert rules.leverage_tiers(["ACTUSDT"], as_of=at)
assert rules.query("tiers of ACTUSDT").to_dicts()
table = rules.evaluate({"symbol": ["ACTUSDT"], "notional": [1.5]}, as_of=at)
assert table[0]["status"] == "value" and table.columns and table.__arrow_c_stream__()
assert list(table) == table.to_dicts() and repr(table) and table._repr_html_()
assert tierbook.read(open("binance-2026-02-03.txt").read()).statements
for convert in (table.to_polars, table.to_pandas, table.to_arrow):
    try:
        convert()
    except ModuleNotFoundError:
        pass
    else:
        raise AssertionError(convert)
"""


def test_no_folder_of_the_builder_is_in_the_wheel() -> None:
    """By the one command, `pip wheel ./python`: the panic messages of a crate have the place of its source."""
    try:
        wheel = importlib.metadata.distribution("tierbook")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("tierbook is not installed from a wheel")
    if '"editable": true' in (wheel.read_text("direct_url.json") or ""):
        pytest.skip("tierbook is installed as its sources")
    folders = [pathlib.Path.home(), REPOSITORY, REPOSITORY.resolve(), pathlib.Path(tempfile.gettempdir())]
    folders += [pathlib.Path(os.environ[name]) for name in ("CARGO_HOME", "RUSTUP_HOME") if name in os.environ]
    searched = 0
    for file in wheel.files or ():
        content = pathlib.Path(str(file.locate())).read_bytes()
        # Python writes these when it installs and imports.
        if "dist-info" in str(file) or "__pycache__" in str(file):
            continue
        searched += 1
        for folder in folders:
            found = re.search(re.escape(str(folder).encode()) + rb"/[^\0\n]{0,80}", content)
            assert found is None, f"{file}: {found[0]!r}; wheels are built by `pip wheel ./python`"
    assert searched > 10
    native = pathlib.Path(str(tierbook._native.__file__)).read_bytes()
    # The names of the crates are there still: a report of a panic says where it was.
    assert b"/pyo3-" in native


def test_no_other_package_is_needed(folder: pathlib.Path) -> None:
    subprocess.run([sys.executable, "-c", ALONE], cwd=folder, check=True)


def test_import_needs_no_other_package() -> None:
    command = [sys.executable, "-X", "importtime", "-c", "import tierbook"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    names = {line.rsplit("|", 1)[-1].strip() for line in lines}
    assert "tierbook" in names and names.isdisjoint({"numpy", "polars", "pandas", "pyarrow", "duckdb"})
