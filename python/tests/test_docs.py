"""Every example of docs/python.md and of README's section runs, and prints what stands below it."""

import ast
import contextlib
import io
import re
import shutil
import traceback
from pathlib import Path

import pytest

import tierbook

ROOT = Path(__file__).resolve().parents[2]

#: A block of Python, and the block of text after it where there is one.
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```\n)?", re.DOTALL | re.MULTILINE)


def run(code: str, names: dict) -> str:
    """What a block prints: statement by statement, as at Python's prompt, up to the first exception."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            for statement in ast.parse(code).body:
                exec(compile(ast.Interactive([statement]), "<block>", "single"), names)
        except Exception as error:
            print("".join(traceback.format_exception_only(error)), end="")
    return out.getvalue()


def check(page: str, names: dict) -> int:
    """Runs the blocks of a page in order. A block without a text below it must not fail."""
    blocks = list(BLOCK.finditer(page))
    for block in blocks:
        line = page[: block.start()].count("\n") + 1
        printed = run(block["code"], names)
        if block["printed"] is not None:
            assert printed == block["printed"], f"line {line}:\n{printed}"
        else:
            assert "Error: " not in printed, f"line {line}:\n{printed}"
    return len(blocks)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files of `seed/`."""
    for file in (ROOT / "seed").iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_of_the_page(folder):
    pytest.importorskip("polars")
    pytest.importorskip("duckdb")
    assert check((ROOT / "docs/python.md").read_text(encoding="utf-8"), {}) >= 16


def test_the_examples_of_the_readme(folder):
    pytest.importorskip("polars")
    tierbook.create("rules.db").load("binance-2026-02-03.txt")
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## I have a backtest in Python\n(.*?)^## ", page, re.DOTALL | re.MULTILINE)
    assert section is not None
    assert check(section[1], {}) >= 1


def test_the_examples_of_the_package(folder):
    tierbook.create("rules.db").load("binance-2026-02-03.txt")
    page = (ROOT / "python/README.md").read_text(encoding="utf-8")
    assert check(page, {}) >= 1


def test_every_link_of_the_page_leads_to_a_page():
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([\w.-]+\.md)\)", page)
    assert len(links) > 10
    assert not [link for link in links if not (ROOT / "docs" / link).is_file()]


def test_the_page_names_every_exception_and_recipe():
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    missing = [name for name in tierbook.exceptions.__all__ if f"`{name}`" not in page]
    files = [file.name for file in (ROOT / "python/recipes").iterdir() if file.is_file()]
    missing += [name for name in files if f"`{name}`" not in page]
    assert not missing
