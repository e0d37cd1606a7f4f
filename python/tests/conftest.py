"""What the tests share: a database with the seed, and where things are."""

from __future__ import annotations

import importlib
import os
import pathlib
import shutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import tierbook

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SEED = REPOSITORY / "seed" / "binance-2026-02-03.txt"


def library(name: str) -> ModuleType:
    """A library that a test needs; without it the test is skipped, where CI does not say that all are there."""
    if os.environ.get("TIERBOOK_REQUIRE_LIBRARIES"):
        return importlib.import_module(name)
    return pytest.importorskip(name)


def shared(name: str) -> pathlib.Path:
    """A folder of ../shared."""
    folder = pathlib.Path(os.environ.get("TIERBOOK_SHARED", REPOSITORY.parent / "shared")) / name
    if not folder.exists():
        if os.environ.get("TIERBOOK_REQUIRE_SHARED"):
            raise FileNotFoundError(folder)
        pytest.skip(f"{folder} is not there")
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pathlib.Path]:
    """A folder with the seed and a database of it."""
    made = tmp_path_factory.mktemp("tierbook")
    shutil.copy(SEED, made)
    with tierbook.create(made / "rules.db") as database:
        database.load(made / SEED.name)
    yield made


@pytest.fixture(scope="session")
def rules(folder: pathlib.Path) -> tierbook.Snapshot:
    return tierbook.open(folder / "rules.db").snapshot()


@pytest.fixture
def act(rules: tierbook.Snapshot) -> tierbook.Contract:
    return rules.contract("ACTUSDT")
