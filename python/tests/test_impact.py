"""Positions: what announced changes do to them, and what ccxt makes of the same position."""

from decimal import Decimal

import pytest
from conftest import REPOSITORY, library
from test_recipes import needs, recipe

import tierbook

ACT = "ACT/USDT:USDT"
BOTH = [
    {"symbol": "ACTUSDT", "side": "long", "notional": 60_000, "leverage": 5},
    {"symbol": "IPUSDT", "side": "short", "notional": Decimal(2_000_000), "leverage": 5},
]


def margins(found):
    of = lambda row: (row["now"]["maintenance_margin"], row["then"]["maintenance_margin"])  # noqa: E731
    return {row["symbol"]: of(row) for row in found.positions}


def test_every_way_to_give_positions_gives_the_same_answer(rules, tmp_path):
    expected = {"ACTUSDT": ("5400", "5500"), "IPUSDT": ("154507.5", "235522.5")}
    columns = {name: [row[name] for row in BOTH] for name in BOTH[0]}
    text = "symbol,side,notional,leverage\nACTUSDT,long,60k,5x\nIPUSDT,short,2m,5\n"
    file = tmp_path / "mine.csv"
    file.write_text(text)
    for given in [BOTH, {"positions": BOTH}, columns, text.encode(), file, str(file)]:
        found = rules.impact(given, as_of="2026-02-05", known_at="2026-02-05")
        assert found.affected
        assert margins(found) == expected
    frame = library("polars").DataFrame({**columns, "notional": [60_000, 2_000_000]})
    assert margins(rules.impact(frame, as_of="2026-02-05")) == expected


def test_nothing_announced_affects_nothing_and_the_text_is_that_of_the_program(rules):
    found = rules.impact(BOTH, as_of="2026-02-07")
    assert not found.affected
    assert found.positions[0]["then"] is None
    assert repr(found) == "<Impact: 2 rows of positions, not affected>"
    assert "5x is above the 3x that the table in force allows at this size" in str(found)
    assert "<table" in found._repr_html_()


def test_sizes_and_prices_can_be_others(rules):
    position = {"symbol": "ACTUSDT", "side": "long", "quantity": 3_000_000, "mark_price": 0.02}
    of = lambda **what: rules.impact([position], as_of="2026-02-07", **what).positions[0]["now"]["notional"]  # noqa: E731
    assert of() == "60000"
    assert of(scale=2) == "120000"
    assert of(prices={"ACTUSDT": "-20%"}) == "48000"
    assert of(prices={"*": Decimal("0.01")}, scale="0.5") == "15000"


def test_what_cannot_be_read_names_its_place(rules):
    with pytest.raises(tierbook.InputError, match="side"):
        rules.impact(b"symbol,side\nACTUSDT,lang\n")
    with pytest.raises(tierbook.ArgumentError, match="a position has a object"):
        rules.impact([{"symbol": "ACTUSDT", "side": object()}])
    with pytest.raises(tierbook.Error):
        rules.impact("no/such/file.csv")
    assert (REPOSITORY / "seed/account.csv").exists()
    assert rules.impact(REPOSITORY / "seed/account.csv", as_of="2026-02-05").affected


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize(("quantity", "wallet"), [(400_000, "1000"), (2_900_000, "12000"), (10_000_000, "90000")])
def test_ccxt_differs_by_the_maintenance_amount_and_by_the_tier_at_liquidation_alone(rules, side, quantity, wallet):
    """ccxt takes the rate of the tier of the notional now, and no maintenance amount: within tier 1 it is the same price.

    With the rate m of that tier, P = (E ∓ W ÷ q) ÷ (1 ∓ m); the maintenance amount c of the tier at P, whose rate is r, makes it
    (E ∓ (W + c) ÷ q) ÷ (1 ∓ r).
    """
    needs("ccxt")
    entry, as_of = Decimal("0.02"), "2026-02-06T08:00Z"
    exchange = recipe("ccxt_markets").HistoricalBinance(rules, as_of)
    tiers = rules.leverage_tiers([ACT], as_of=as_of)[ACT]
    exchange.options["leverageBrackets"] = {
        ACT: [[str(tier["minNotional"]), str(tier["maintenanceMarginRate"])] for tier in tiers]
    }
    market = exchange.market(ACT)
    market["precision"]["price"] = "0.000000000001"
    sign = 1 if side == "long" else -1
    notional = sign * quantity * entry
    parsed = exchange.parse_account_position(
        {
            "symbol": market["id"], "initialMargin": wallet, "maintMargin": "1", "unrealizedProfit": "0",
            "leverage": "5", "isolated": True, "isolatedWallet": wallet, "entryPrice": str(entry),
            "positionAmt": str(sign * quantity), "notional": str(notional), "positionSide": "BOTH", "updateTime": 0,
        },
        market,
    )
    position = {
        "symbol": ACT, "side": side, "quantity": quantity, "entry_price": entry, "mark_price": entry,
        "isolated_margin": Decimal(wallet),
    }
    ours = Decimal(rules.impact([position], as_of=as_of).positions[0]["now"]["liquidation_price"])

    def price(rate, amount):
        return (entry - sign * (Decimal(wallet) + amount) / quantity) / (1 - sign * rate)

    contract = rules.contract(ACT)
    now = contract.tier(abs(notional), as_of=as_of).value
    then = contract.tier(quantity * ours, as_of=as_of).value
    assert abs(Decimal(str(parsed["liquidationPrice"])) - price(now.rate, 0)) < Decimal("1e-11")
    assert abs(ours - price(then.rate, then.maintenance_amount)) < Decimal("1e-17")
