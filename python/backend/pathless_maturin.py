"""maturin as the build backend, told to leave the builder's folders out of the wheel.

Rust writes the path of a source file into every panic message, those of the crates in cargo's folder too, and so the
home of whoever builds. Cargo has no stable setting against it, and a setting in a file cannot name a home: so each
build says for its machine which folders are called what.
"""

from __future__ import annotations

import json
import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

import maturin
from maturin import (  # noqa: F401 (the hooks that build nothing)
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def flags() -> list[str]:
    """What is written in place of each folder. Where several contain a file, the last counts."""
    home = pathlib.Path.home()
    folders = [
        (pathlib.Path(tempfile.gettempdir()), "tmp"),
        (home, "home"),
        (pathlib.Path(os.environ.get("RUSTUP_HOME", home / ".rustup")), "rustup"),
        (pathlib.Path(os.environ.get("CARGO_HOME", home / ".cargo")), "cargo"),
        (REPOSITORY, "tierbook"),
    ]
    both = {place: name for folder, name in folders for place in (str(folder), str(folder.resolve()))}
    return [f"--remap-path-prefix={place}={name}" for place, name in both.items()]


def settings(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings of a build with the flags, which cargo joins with those that its own files have."""
    # Other builds have other flags: in one folder each would undo the other's work.
    os.environ.setdefault("CARGO_TARGET_DIR", str(REPOSITORY / "target" / "wheel"))
    for variable, separator in (("CARGO_ENCODED_RUSTFLAGS", "\x1f"), ("RUSTFLAGS", " ")):
        # Where one of these is set, cargo reads no others.
        if os.environ.get(variable):
            os.environ[variable] = separator.join([os.environ[variable], *flags()])
            return dict(given or {})
    arguments = [*maturin.get_maturin_pep517_args(given), "--config", f"build.rustflags={json.dumps(flags())}"]
    others = {name: value for name, value in (given or {}).items() if name != "maturin.build-args"}
    return {**others, "build-args": arguments}


def build_wheel(
    wheel_directory: str, config_settings: Mapping[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """The wheel."""
    return maturin.build_wheel(wheel_directory, settings(config_settings), metadata_directory)


def build_editable(
    wheel_directory: str, config_settings: Mapping[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """The wheel that refers to the sources, as `pip install -e` wants it."""
    return maturin.build_editable(wheel_directory, settings(config_settings), metadata_directory)
