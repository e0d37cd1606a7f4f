"""maturin as the build backend, told to leave the builder's folders out of the wheel.

Cargo has no stable setting for it: each build says for its machine which folders are called what.
"""

from __future__ import annotations

import json
import os
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
from paths import REPOSITORY, flags


def settings(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings of a build with the flags, which cargo joins with those that its own files have."""
    # Other builds have other flags: in one folder each would undo the other's work.
    os.environ.setdefault("CARGO_TARGET_DIR", str(REPOSITORY / "target" / "wheel"))
    for variable, separator in (("CARGO_ENCODED_RUSTFLAGS", "\x1f"), ("RUSTFLAGS", " ")):
        # Where one of these is set, cargo reads no others.
        if os.environ.get(variable):
            # The same flags twice would be others, and nothing that was built with them could be used.
            known = os.environ[variable].split(separator)
            os.environ[variable] = separator.join([*known, *(flag for flag in flags() if flag not in known)])
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
