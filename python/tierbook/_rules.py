"""A snapshot of the rules, and the contracts and assets in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NoReturn, Protocol, TypeAlias, cast

from . import _native
from ._answer import Answer, TierAnswer, TiersAnswer
from ._impact import Impact, Positions, impact
from ._rows import Rows, Table
from ._values import Number, Time, checked, of_micros, one_line, written
from .exceptions import ArgumentError, Error, QueryError, UnknownSubjectError


def no_pickle(what: str) -> ArgumentError:
    """The error of what cannot be sent to another process."""
    hint = "open the database by its path in each process: tierbook.open(path).snapshot()"
    return ArgumentError(f"{what} cannot be pickled; answers, rows and tables can", "wrong_argument", [hint])


class ArrowStream(Protocol):
    """Anything with the C stream interface of Arrow: a frame of Polars or pandas, a table of pyarrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


#: What has columns: a frame or table of another library, or a dictionary of lists and arrays.
Frame: TypeAlias = ArrowStream | Mapping[str, Any]

#: What can be asked about every row of a table.
Measure: TypeAlias = Literal[
    "mmr",
    "margin",
    "initial_margin",
    "liquidation_price",
    "max_leverage",
    "tier",
    "amount",
    "limit",
    "room",
    "max_position",
    "ratio",
    "collateral",
]

#: A contract of `Snapshot.leverage_tiers`, in the structure of ccxt.
CcxtTiers: TypeAlias = dict[str, list[dict[str, Any]]]


class Snapshot:
    """The rules as they were recorded at one transaction. It never changes; any number of threads may ask it.

    `Database.snapshot` gives it.

    Examples
    --------
    >>> import tierbook
    >>> rules = tierbook.open("rules.db").snapshot()
    >>> rules.contract("ACT/USDT:USDT").mmr(60_000, as_of="2026-02-07").value
    Decimal('0.1')
    >>> rules.query("limit of ACTUSDT as of 2026-02-07")[0]["value"]
    '800000'
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.Snapshot) -> None:
        self._native = native

    @property
    def tx(self) -> int:
        """The number of its newest transaction; 0 where nothing is recorded."""
        return self._native.tx

    @property
    def head(self) -> str:
        """The hash of that transaction. Keep it: `Database.verify` proves later that it is still in the chain."""
        return self._native.head

    @property
    def recorded_at(self) -> datetime | None:
        """When that transaction was recorded."""
        return of_micros(self._native.recorded_at)

    @property
    def subjects(self) -> list[str]:
        """Every contract and asset, by its full name: ``"binance:usdm:ACTUSDT"``."""
        return self._native.subjects()

    def contract(self, name: str) -> Contract:
        """The rules of a contract.

        Parameters
        ----------
        name : str
            By any name that tools use: ``"ACTUSDT"``, ``"ACT/USDT:USDT"``, ``"binance:usdm:ACTUSDT"``.

        Returns
        -------
        Contract

        Raises
        ------
        UnknownSubjectError
            None of that name is stored; ``suggestions`` has names that are alike.
        ArgumentError
            Several have that name; the hints name them in full.
        """
        try:
            return Contract(self._native.contract(name), self)
        except UnknownSubjectError as error:
            raise _with_other_kind(error, name, self._native.collateral, "an asset: rules.collateral") from None

    def collateral(self, name: str) -> Collateral:
        """The rules of an asset as collateral.

        Parameters
        ----------
        name : str
            ``"LTC"``, or with its program: ``"pm-pro:LTC"``.

        Returns
        -------
        Collateral

        Raises
        ------
        UnknownSubjectError, ArgumentError
            As for `contract`.

        Examples
        --------
        >>> import tierbook
        >>> rules = tierbook.open("rules.db").snapshot()
        >>> rules.collateral("LTC").ratio(1_000, as_of="2026-02-07").value
        Decimal('0.8')
        """
        try:
            return Collateral(self._native.collateral(name), self)
        except UnknownSubjectError as error:
            raise _with_other_kind(error, name, self._native.contract, "a contract: rules.contract") from None

    def query(self, text: str) -> Rows:
        """Answers a question in the query language (docs/language.md).

        Parameters
        ----------
        text : str
            One statement or several: ``"tiers of ACTUSDT as of 2026-02-07"``, ``"history of mmr of ACTUSDT at 60k"``,
            ``"changes since 2026-01-01"``, ``"findings"``, ``"chart mmr of ACTUSDT"``.

        Returns
        -------
        Rows

        Raises
        ------
        QueryError
            It cannot be read; ``span`` is the place, ``hints`` how to fix it.
        UnknownSubjectError
            It names something that is not stored.
        """
        return Rows(self._native.query(text), text)

    def sources(self) -> Rows:
        """Every document that is recorded: id, file, title, when published and recorded."""
        return self.query("sources")

    def changes(self, since: Time | None = None, of: str | None = None) -> Rows:
        """The changes of rules, announced and seen.

        Parameters
        ----------
        since : datetime, date or str, optional
            Only those from this time on: ``"2026-01-01"``.
        of : str, optional
            Only those of a contract or asset, or of a pattern: ``"ACTUSDT"``, ``"usdm:*"``.
        """
        return _written_query(self, _statement("changes", of, "since", since))

    def upcoming(self, of: str | None = None, *, as_of: Time | None = None) -> Rows:
        """The announced changes that are not in force yet.

        Parameters
        ----------
        of : str, optional
            Only those of a contract or asset, or of a pattern: ``"ACTUSDT"``, ``"usdm:*"``.
        as_of : datetime, date or str, optional
            Those that were upcoming then: ``"2026-02-04"``; now where it is left out.
        """
        return _written_query(self, _statement("upcoming", of, "as of", as_of))

    def explain(self, answer: Answer[Any]) -> Rows:
        """Why an answer is what it is: every statement about the subject, which of them answers, and its exact words.

        Returns
        -------
        Rows
            One row; ``str`` of it is the explanation for people. Its ``winner`` has the ``words`` of the document.

        Examples
        --------
        >>> import tierbook
        >>> rules = tierbook.open("rules.db").snapshot()
        >>> answer = rules.contract("ACTUSDT").mmr(60_000, as_of="2026-02-07")
        >>> rules.explain(answer)[0]["winner"]["row_words"]
        ['5x10,000 < Position ≤ 60,00010.00%']
        """
        return self.query(f"explain {answer._asked()}")

    def evaluate(
        self,
        frame: Frame,
        *,
        symbol: str | None = None,
        notional: str | None = None,
        as_of: Time | None = None,
        known_at: Time | None = None,
        leverage: str | None = None,
        side: str | None = None,
        quantity: str | None = None,
        contract_size: str | None = None,
        entry_price: str | None = None,
        isolated_margin: str | None = None,
        recorded_by: Time | None = None,
        measures: Measure | Sequence[Measure] = ("mmr", "margin"),
        ask: str | None = None,
        zone: str | None = None,
        decimals: Literal["decimal", "float64"] = "decimal",
        on_error: Literal["raise", "null"] = "raise",
    ) -> Table:
        """Answers a question about every row of a table, on all cores, exactly.

        Parameters
        ----------
        frame : frame of Polars or pandas, table of pyarrow, or dict of columns
            Anything with ``__arrow_c_stream__``, or a dictionary of lists and arrays. Numbers are decimals, whole
            numbers, texts, or floats (each counts as the shortest decimal that means it). Times have a zone; typed columns
            without one, such as ``datetime64``, are in UTC unless `zone` says otherwise.
        symbol, notional, leverage : str, optional
            The columns of the names, the notionals (or amounts; a negative one is the size of a short) and the
            leverages. Left out, they are found by their usual names.
        side, quantity, contract_size, entry_price, isolated_margin : str, optional
            The columns of positions, for ``"liquidation_price"``: long or short (else the sign of the size), units or
            contracts (else the notional at the entry price), units of one contract, the price at which each was opened,
            and the isolated wallet (else notional ÷ leverage). Left out, they are found by their usual names.
        as_of : str, datetime or date, optional
            The column of the times at which the rule is to be in force, or one time for all rows. Left out, the column
            is found by its usual names (``"time"``, ``"timestamp"``, …).
        known_at : str, datetime or date, optional
            The column of, or the time by when a rule must have been published to count. A backtest that must not know
            the future gives the time of its decision.
        recorded_by : datetime, date or str, optional
            Only what was recorded by then counts.
        measures : str or list of str
            ``"mmr"``, ``"margin"``, ``"max_leverage"``, ``"initial_margin"``, ``"tier"``, ``"amount"``, ``"limit"``,
            ``"room"``, ``"max_position"``, of isolated positions ``"liquidation_price"``; of assets ``"ratio"``,
            ``"collateral"``.
        ask : str, optional
            A statement of the language instead of `measures`, whose parameters are columns of any name and type:
            ``"margin of $symbol at $notional as of $time"``.
        zone : str, optional
            The zone of times that have none: ``"UTC"``, ``"+08:00"``.
        decimals : {"decimal", "float64"}
            Answers as exact decimals, or as the floats nearest to them.
        on_error : {"raise", "null"}
            What happens where a cell cannot be read: nothing is answered, or that row has the status ``"unreadable"``.

        Returns
        -------
        Table
            The columns of `frame`, then one for each measure, then ``status``, ``certainty``, ``holds`` and ``source``.
            A row without a value has null, and its ``status`` says why.

        Raises
        ------
        ColumnError
            A column is missing; the message names those that are there.
        InputError, ArgumentError
            A cell cannot be read (the message names the row, counted from 1, and the column), or an argument is wrong.
        QueryError
            `ask` cannot be read.

        Examples
        --------
        >>> import tierbook
        >>> rules = tierbook.open("rules.db").snapshot()
        >>> frame = {"market": ["ACTUSDT"], "size": [-65_000], "time": ["2026-02-06T08:00Z"]}
        >>> out = rules.evaluate(frame, symbol="market", notional="size", as_of="time", measures=["mmr", "margin"])
        >>> out[0]["mmr"], out[0]["margin"], out[0]["status"]
        (Decimal('0.125'), Decimal('6125'), 'value')
        """
        for name, value, known in [
            ("decimals", decimals, ("decimal", "float64")),
            ("on_error", on_error, ("raise", "null")),
        ]:
            if value not in known:
                raise ArgumentError(f"`{name}` is {value!r}", "wrong_argument", [f"give one of {known}"])
        options: dict[str, Any] = {
            "symbol": symbol,
            "notional": notional,
            "leverage": leverage,
            "side": side,
            "quantity": quantity,
            "contract_size": contract_size,
            "entry_price": entry_price,
            "isolated_margin": isolated_margin,
            "as_of": as_of,
            "known_at": known_at,
            "recorded_by": recorded_by,
            "measures": _measures(measures),
            "ask": ask,
            "zone": zone,
            "decimals": decimals,
            "on_error": on_error,
        }
        return Table(self._native.evaluate(frame, options))

    def impact(
        self,
        positions: Positions,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
        scale: Number | None = None,
        prices: Mapping[str, Number | str] | None = None,
    ) -> Impact:
        """What announced changes do to positions: margin, leverage and liquidation price, now and then.

        Parameters
        ----------
        positions : path, bytes, list of dict, dict, or frame
            A file of positions or its bytes (CSV, JSON, TOML, Parquet, Arrow, a reply of the exchange or of ccxt), a list
            of dictionaries, an account (``{"positions": [...], "wallet_balances": {...}, "collateral": [...]}``), or a
            frame as `evaluate` takes it. Columns: ``symbol``, ``side``, ``quantity`` or ``notional``, ``entry_price``,
            ``mark_price``, ``leverage``, ``margin_mode``, ``isolated_margin``, ``wallet_balance``, ``contract_size``.
            What is missing leaves out the figures that need it, and they say so.
        as_of : datetime, date or str, optional
            The time that counts as now.
        known_at, recorded_by : datetime, date or str, optional
            What was published, and recorded, by then counts.
        scale : number, optional
            Positions so many times as large.
        prices : dict of str to number or str, optional
            Other mark prices: ``{"BTCUSDT": 60_000}``, ``{"*": "-20%"}``.

        Returns
        -------
        Impact
            With ``positions`` and ``accounts`` (rows) and ``affected``.

        Raises
        ------
        InputError
            The positions cannot be read; the message names the place.

        Examples
        --------
        >>> import tierbook
        >>> rules = tierbook.open("rules.db").snapshot()
        >>> mine = [{"symbol": "IPUSDT", "side": "short", "notional": 2_000_000, "leverage": 5}]
        >>> found = rules.impact(mine, as_of="2026-02-05")
        >>> row = found.positions[0]
        >>> found.affected, row["now"]["maintenance_margin"], row["then"]["maintenance_margin"]
        (True, '154507.5', '235522.5')
        >>> print(row["verdicts"][0]["message"])
        5x is above the 3x that the new table allows at this size, from 2026-02-06 06:30Z
        """
        return impact(self._native, positions, scale, prices, (as_of, known_at, recorded_by))

    def leverage_tiers(
        self,
        symbols: Iterable[str] | None = None,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> CcxtTiers:
        """The tables of contracts as ccxt's ``fetch_leverage_tiers`` gives them, for any time.

        Parameters
        ----------
        symbols : iterable of str, optional
            The contracts; left out, all of Binance's USDⓈ-M and COIN-M ones.
        as_of : datetime, date or str, optional
            When the tables are to be in force; now where it is left out.
        known_at, recorded_by : datetime, date or str, optional
            What was published, and recorded, by then counts.

        Returns
        -------
        dict of str to list of dict
            By ccxt's names, the tiers of each contract: ``tier``, ``symbol``, ``currency``, ``minNotional``,
            ``maxNotional``, ``maintenanceMarginRate``, ``maxLeverage``, ``info``. Numbers are floats, as ccxt has them.
            A contract without a rule at that time is absent.

        Raises
        ------
        UnknownSubjectError
            A name is not stored.

        Examples
        --------
        >>> import tierbook
        >>> rules = tierbook.open("rules.db").snapshot()
        >>> tiers = rules.leverage_tiers(["ACT/USDT:USDT"], as_of="2026-02-07")
        >>> tiers["ACT/USDT:USDT"][1]["maxNotional"], tiers["ACT/USDT:USDT"][1]["maintenanceMarginRate"]
        (60000.0, 0.1)
        """
        text = self._export("ccxt", symbols, as_of, known_at, recorded_by)
        return cast(CcxtTiers, json.loads(text))

    def freqtrade_tiers(
        self,
        symbols: Iterable[str] | None = None,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> str:
        """The file of tiers that freqtrade's backtests read, as its text; arguments as for `leverage_tiers`."""
        return self._export("freqtrade", symbols, as_of, known_at, recorded_by)

    def _export(
        self,
        form: str,
        symbols: Iterable[str] | None,
        as_of: Time | None,
        known_at: Time | None,
        recorded_by: Time | None,
    ) -> str:
        if symbols is not None and not isinstance(symbols, Iterable):
            hints = ["give a list of names"]
            raise ArgumentError(f"`symbols` is {one_line(repr(symbols))}", "wrong_argument", hints)
        if symbols is not None and not isinstance(symbols, str):
            symbols = list(symbols)
            if not symbols:
                return "{}"
        names = [symbols] if isinstance(symbols, str) else symbols or []
        return self._native.export(form, names, as_of, known_at, recorded_by)[0]

    def __repr__(self) -> str:
        return f"<Snapshot at tx {self.tx}: {len(self.subjects)} subjects>"

    def __reduce__(self) -> NoReturn:
        raise no_pickle("a snapshot")


def _history(
    rules: Snapshot,
    subject: str,
    measure: str | None,
    at: Number | None,
    since: Time | None,
    until: Time | None,
    known_at: Time | None,
    recorded_by: Time | None,
) -> Rows:
    text = "history of"
    checked(measure, str, "measure")
    if measure is not None:
        if not re.fullmatch("[A-Za-z]+([_ ][A-Za-z]+)*", measure):
            hints = ["give one such as 'mmr', 'margin' or 'limit'"]
            raise ArgumentError(f"`measure` is {one_line(repr(measure))}", "wrong_argument", hints)
        text += f" {measure.replace('_', ' ')} of"
    text += f' "{subject}"'
    if at is not None:
        text += f" at {_native.written_amount(at, 'at')}"
    clauses = {"since": since, "until": until, "known at": known_at, "recorded by": recorded_by}
    for words, time in clauses.items():
        if time is not None:
            text += f" {words} {_native.written_time(time, words.replace(' ', '_'))}"
    return _written_query(rules, text)


def _written_query(rules: Snapshot, text: str) -> Rows:
    """The answer to a query that is made of arguments: what is wrong in it is one of these."""
    try:
        return rules.query(text)
    except QueryError as error:
        raise ArgumentError(error.message, error.code, error.hints) from None


def _statement(words: str, of: str | None, clause: str, at: Time | None) -> str:
    """A statement of the language about subjects, with a time."""
    about = "" if of is None else f" of {checked(of, str, 'of')}"
    return words + about + ("" if at is None else f" {clause} {written(at, clause.replace(' ', '_'))}")


def _measures(measures: Measure | Sequence[Measure]) -> str:
    names = [measures] if isinstance(measures, str) else list(measures) if isinstance(measures, Iterable) else []
    if not names or not all(isinstance(name, str) for name in names):
        hints = ["name one or several: ['mmr', 'margin']"]
        raise ArgumentError(f"`measures` is {one_line(repr(measures))}", "wrong_argument", hints)
    return ",".join(names)


def _with_other_kind(
    error: UnknownSubjectError, name: str, other: Callable[[str], object], what: str
) -> UnknownSubjectError:
    """The error of a name that only something of the other kind has."""
    try:
        other(name)
    except Error:
        return error
    return UnknownSubjectError(f"`{name}` is {what.split(':')[0]}", error.code, [f"{what.split(': ')[1]}({name!r})"])


class Contract:
    """The rules of one contract in a snapshot; `Snapshot.contract` gives it.

    Every method takes the same times, by name: ``as_of``, when the rule is to be in force (now where it is left out);
    ``known_at``, by when it must have been published to count; ``recorded_by``, by when it must have been recorded.
    Each is an aware datetime, a date, or a text such as ``"2026-02-06T07:00Z"``.

    Notionals are positive, for long and short alike: `Decimal`, ``int`` and ``str`` exactly, ``float`` as the shortest
    decimal that means it.

    Examples
    --------
    >>> import tierbook
    >>> act = tierbook.open("rules.db").snapshot().contract("ACTUSDT")
    >>> act.margin(65_000, as_of="2026-02-07").value
    Decimal('6125')
    >>> act.max_leverage(60_000, as_of="2026-02-07").value
    5
    """

    __slots__ = ("_native", "_rules")

    def __init__(self, native: _native.Contract, rules: Snapshot) -> None:
        self._native = native
        self._rules = rules

    @property
    def subject(self) -> str:
        """Its full name: ``"binance:usdm:ACTUSDT"``."""
        return self._native.subject

    def mmr(
        self,
        notional: Number,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[Decimal]:
        """The maintenance margin rate of the tier that contains a notional, as a fraction."""
        return Answer(self._native.of_notional("mmr", notional, None, as_of, known_at, recorded_by))

    def margin(
        self,
        notional: Number,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[Decimal]:
        """The maintenance margin: notional × rate − maintenance amount, exact, in the currency of the table."""
        return Answer(self._native.of_notional("margin", notional, None, as_of, known_at, recorded_by))

    def initial_margin(
        self,
        notional: Number,
        leverage: int | None = None,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[Decimal]:
        """The initial margin: notional ÷ leverage; by the highest leverage of the tier where none is given.

        A leverage above that has the status ``"above_limit"``. A quotient that does not end is rounded up at the 8th
        decimal, with the warning ``rounded_up``.
        """
        return Answer(self._native.of_notional("initial_margin", notional, leverage, as_of, known_at, recorded_by))

    def max_leverage(
        self,
        notional: Number,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[int]:
        """The highest leverage that a notional allows."""
        return Answer(self._native.of_notional("max_leverage", notional, None, as_of, known_at, recorded_by))

    def tier(
        self,
        notional: Number,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> TierAnswer:
        """The tier that contains a notional: the value is a `Tier`."""
        return TierAnswer(self._native.of_notional("tier", notional, None, as_of, known_at, recorded_by))

    def tiers(
        self,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> TiersAnswer:
        """The whole table: the value is a tuple of `Tier`, in order."""
        return TiersAnswer(self._native.tiers(as_of, known_at, recorded_by))

    def limit(
        self,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[Decimal]:
        """The last cap: the largest notional that has a rule; no value with the status ``"value"`` is no limit."""
        return Answer(self._native.limit(None, as_of, known_at, recorded_by))

    def max_position(
        self,
        leverage: int,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[Decimal]:
        """The largest notional that a leverage allows."""
        return Answer(self._native.limit(leverage, as_of, known_at, recorded_by))

    def history(
        self,
        measure: str | None = None,
        at: Number | None = None,
        *,
        since: Time | None = None,
        until: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Rows:
        """How the rules changed: a row for each time from which on another table, or another value, is in force.

        Parameters
        ----------
        measure : str, optional
            ``"mmr"``, ``"margin"``, ``"initial_margin"``, ``"max_leverage"``, ``"limit"``, ``"max_position"``; left
            out, the whole tables.
        at : Decimal, int, str or float, optional
            The notional that the measure takes; of ``"max_position"`` the leverage.
        since, until : datetime, date or str, optional
            Only what was in force then.
        known_at, recorded_by : datetime, date or str, optional
            What was published, and recorded, by then counts.

        Returns
        -------
        Rows

        Examples
        --------
        >>> import tierbook
        >>> act = tierbook.open("rules.db").snapshot().contract("ACTUSDT")
        >>> [(row["from"], row["value"]) for row in act.history("mmr", 60_000)]
        [('2026-02-03T06:00:46Z', '0.125'), ('2026-02-06T06:30:00Z', '0.1')]
        """
        return _history(self._rules, self.subject, measure, at, since, until, known_at, recorded_by)

    def __repr__(self) -> str:
        return f"<Contract {self.subject}>"

    def __reduce__(self) -> NoReturn:
        raise no_pickle("a contract")


class Collateral:
    """The rules of one asset as collateral in a snapshot; `Snapshot.collateral` gives it. Times as for `Contract`.

    Examples
    --------
    >>> import tierbook
    >>> rules = tierbook.open("rules.db").snapshot()
    >>> rules.collateral("pm-pro:STRK").value(500_000, as_of="2026-02-07").value
    Decimal('430000')
    """

    __slots__ = ("_native", "_rules")

    def __init__(self, native: _native.Collateral, rules: Snapshot) -> None:
        self._native = native
        self._rules = rules

    @property
    def subject(self) -> str:
        """Its full name: ``"binance:pm:LTC"``."""
        return self._native.subject

    def ratio(
        self,
        amount: Number = 0,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[Decimal]:
        """The ratio of the tier that contains an amount, as a fraction; on ``pm`` one ratio is for any amount."""
        return Answer(self._native.of_amount("ratio", amount, as_of, known_at, recorded_by))

    def value(
        self,
        amount: Number,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Answer[Decimal]:
        """What an amount is worth as collateral: each part of it counts at the ratio of its tier."""
        return Answer(self._native.of_amount("collateral", amount, as_of, known_at, recorded_by))

    def tiers(
        self,
        *,
        as_of: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> TiersAnswer:
        """The whole table: the value is a tuple of `Tier`, in order; one where one ratio is for any amount."""
        return TiersAnswer(self._native.tiers(as_of, known_at, recorded_by))

    def history(
        self,
        measure: str | None = None,
        at: Number | None = None,
        *,
        since: Time | None = None,
        until: Time | None = None,
        known_at: Time | None = None,
        recorded_by: Time | None = None,
    ) -> Rows:
        """How the rules changed; arguments as for `Contract.history`. Measures are ``"ratio"`` and ``"collateral"``."""
        return _history(self._rules, self.subject, measure, at, since, until, known_at, recorded_by)

    def __repr__(self) -> str:
        return f"<Collateral {self.subject}>"

    def __reduce__(self) -> NoReturn:
        raise no_pickle("an asset")
