"""What announced changes do to positions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from . import _native
from ._rows import Rows
from ._values import Number, Time
from .exceptions import ArgumentError

#: A path, bytes, dictionaries, or anything that `Snapshot.evaluate` takes: what it is, is found out.
Positions: TypeAlias = object


@dataclass(frozen=True)
class Impact:
    """What announced changes do to positions: `Rules.impact` gives it.

    Attributes
    ----------
    positions : Rows
        A row for each position and each change of its contract, the most urgent first; without a change where none is
        announced. ``row["now"]`` and ``row["then"]`` have the figures, ``row["verdicts"]`` what should be known.
    accounts : Rows
        The sums of the cross positions by currency, and of a portfolio margin.
    affected : bool
        Whether a change affects a position or the account.
    notices : list of str
        How the positions were read, and what is left out of the answer.
    """

    positions: Rows
    accounts: Rows
    affected: bool
    notices: list[str]

    def __repr__(self) -> str:
        """One line."""
        state = "affected" if self.affected else "not affected"
        return f"<Impact: {len(self.positions)} rows of positions, {state}>"

    def __str__(self) -> str:
        """The tables that people read."""
        return str(self.positions) + (str(self.accounts) if len(self.accounts) else "")

    def _repr_html_(self) -> str:
        accounts = self.accounts._repr_html_() if len(self.accounts) else ""
        return self.positions._repr_html_() + accounts


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    kind = type(value).__name__
    raise ArgumentError(f"a position has a {kind}", "wrong_argument", ["give numbers, texts and decimals"])


def _given(positions: Positions) -> object:
    """Dictionaries of positions as JSON; everything else as it is."""
    is_account = isinstance(positions, Mapping) and "positions" in positions
    is_list = isinstance(positions, (list, tuple)) and all(isinstance(it, Mapping) for it in positions)
    if is_account or is_list:
        return json.dumps(positions, default=_plain).encode()
    return positions


def impact(
    native: _native.Snapshot,
    positions: Positions,
    scale: Number | None,
    prices: Mapping[str, Number | str] | None,
    times: tuple[Time | None, Time | None, Time | None],
) -> Impact:
    """Asks the native half."""
    changes = [f"{name}={value}" for name, value in (prices or {}).items()]
    found = native.impact(_given(positions), scale, changes, *times)
    rows, accounts, affected, notices = found
    return Impact(Rows(rows, "impact"), Rows(accounts, "impact"), affected, notices)
