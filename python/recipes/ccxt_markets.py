"""An exchange of ccxt whose markets and leverage tiers are those of any time, without a connection.

    python ccxt_markets.py rules.db 2026-02-06T08:00Z ACT/USDT:USDT

Code that is written for ccxt works on it as it is: `load_markets`, `market`, `fetch_leverage_tiers`,
`fetch_market_leverage_tiers`. Prices and balances are not here; a call for them would go to the exchange.
"""

import re
import sys

import ccxt

import tierbook

#: The parts of ccxt's name of a contract: base, quote, settlement, and the day of delivery.
NAME = re.compile(r"(.+)/([^:]+):([^-]+)(?:-(\d{6}))?")


class HistoricalBinance(ccxt.binanceusdm):
    """Binance's USDⓈ-M contracts as they were at a time, by what was published by `known_at`."""

    def __init__(self, rules: tierbook.Snapshot, as_of, known_at=None):
        super().__init__({"options": {"fetchCurrencies": False}})
        self.tiers = {
            symbol: tiers
            for symbol, tiers in rules.leverage_tiers(as_of=as_of, known_at=known_at).items()
            if NAME.fullmatch(symbol)[2] != "USD"  # the COIN-M contracts
        }
        self.set_markets(self.fetch_markets())

    def fetch_markets(self, params=None):
        return [self._market(symbol, tiers) for symbol, tiers in self.tiers.items()]

    def fetch_leverage_tiers(self, symbols=None, params=None):
        # As ccxt does it: a name may be the exchange's own, and a contract without tiers is left out.
        named = self.symbols if symbols is None else self.market_symbols(symbols)
        return {symbol: self.tiers[symbol] for symbol in named if symbol in self.tiers}

    def fetch_market_leverage_tiers(self, symbol, params=None):
        return self.tiers[self.market(symbol)["symbol"]]

    def _market(self, symbol, tiers):
        base, quote, settle, day = NAME.fullmatch(symbol).groups()
        name = base + quote + (f"_{day}" if day else "")
        expiry = self.parse8601(f"20{day[:2]}-{day[2:4]}-{day[4:]}T08:00:00Z") if day else None
        leverages = [tier["maxLeverage"] for tier in tiers]
        return self.safe_market_structure({
            "id": name, "lowercaseId": name.lower(), "symbol": symbol,
            "base": base, "quote": quote, "settle": settle, "baseId": base, "quoteId": quote, "settleId": settle,
            "type": "future" if day else "swap", "spot": False, "margin": False, "option": False,
            "swap": not day, "future": bool(day), "contract": True, "linear": True, "inverse": False,
            "active": True, "contractSize": 1.0, "expiry": expiry, "expiryDatetime": self.iso8601(expiry),
            "limits": {"leverage": {"min": 1, "max": max(leverages)}}, "info": {"symbol": name},
        })  # fmt: skip


def main(database: str, as_of: str, *symbols: str) -> None:
    exchange = HistoricalBinance(tierbook.open(database).snapshot(), as_of)
    print(f"{len(exchange.load_markets())} markets at {as_of}")
    for symbol, tiers in exchange.fetch_leverage_tiers(list(symbols) or exchange.symbols[:1]).items():
        print(symbol, "up to", exchange.market(symbol)["limits"]["leverage"]["max"], "x")
        for tier in tiers:
            print("  ", tier["minNotional"], tier["maxNotional"], tier["maintenanceMarginRate"], tier["maxLeverage"])


if __name__ == "__main__":
    main(*sys.argv[1:])
