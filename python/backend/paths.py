"""The flags of rustc that leave the builder's folders out of what is built; as a program it prints them, for RUSTFLAGS.

Rust writes the path of a source file into every panic message, those of the crates in cargo's folder too, and so the
home of whoever builds. A setting in a file cannot name a home.
"""

from __future__ import annotations

import os
import pathlib
import tempfile

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


if __name__ == "__main__":
    print(*flags())
