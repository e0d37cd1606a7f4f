#!/usr/bin/env python3
"""Checks certificates of tierbook, without tierbook.

    python3 check_certificate.py [--journal journal.zst] [--head HASH] [--statements-only] CERTIFICATE ...

A CERTIFICATE is a file that `tierbook certificate` wrote, or several of them, one a line. What the words mean is in
auditing.md, the journal in store.md. Exit code: 0 where every certificate is accepted, 1 where one is rejected, 3 where
none is rejected but the answer of one was not recomputed. It needs Python 3.8, and `zstdcat` to read a journal.zst.

The program follows the rules of the database from the statements to the answer. It compares the certificate that
follows from the journal with the one that it was given; so whatever was changed, removed or added in it is found.
"""
import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Context, Decimal, setcontext
from fractions import Fraction
from itertools import groupby
from types import SimpleNamespace as Record

setcontext(Context(prec=80))  # so that nothing here is rounded; what the database refuses to round is refused below
FORMAT, PROVEN = "tierbook certificate 2", "tierbook certificate 3"  # the second has a proof that it is in the chain
JOURNAL, JOURNAL_2 = "tierbook journal 1", "tierbook journal 2"
DAY, EPOCH, MICRO = 86_400_000_000, datetime(1970, 1, 1), timedelta(microseconds=1)
OPEN_END = 99_999_999_999  # exchanges print this, or more, where the last tier has no limit
RETRACTION_DEPTH = 12  # the deepest chain of retractions of retractions that the database follows
AMOUNT, TIERED, LEVERAGE, NOTHING, POSITION = range(5)  # what comes after `at`; a position has clauses of its own
CONTRACTS, ASSETS = ("usdm", "coinm", "linear", "inverse"), ("pm", "pm-pro", "cross")
IN_COIN, BY_AMOUNT = ("coinm", "inverse"), ("pm-pro", "cross")
QUOTES = (("FDUSD", 1), ("USDT", 1), ("USDC", 1), ("BUSD", 1), ("USD1", 1), ("BTC", 3), ("U", 3))  # and the least before them
MEASURES = {  # words: (programs, what comes after `at`)
    "mmr": (CONTRACTS, AMOUNT), "margin": (CONTRACTS, AMOUNT), "amount": (CONTRACTS, AMOUNT),
    "max leverage": (CONTRACTS, AMOUNT), "room": (CONTRACTS, AMOUNT), "liquidation": (CONTRACTS, POSITION),
    "initial margin": (CONTRACTS, AMOUNT), "max position": (CONTRACTS, LEVERAGE),
    "tier": (CONTRACTS + BY_AMOUNT, AMOUNT), "tiers": (CONTRACTS + BY_AMOUNT, NOTHING),
    "limit": (CONTRACTS + BY_AMOUNT, NOTHING), "ratio": (ASSETS, TIERED), "collateral": (ASSETS, AMOUNT)}
OTHER_KINDS = ("history", "knowledge", "plane", "diff", "changes")  # questions that are not recomputed here
QUERY = re.compile(f"({'|'.join(MEASURES)}) of ([^ ]+(?:, [^ ]+)*?)(?: at ([0-9.]+x?(?:, [0-9.]+x?)*))?"
                   "(?: (long|short) ([0-9.]+) entry ([0-9.]+))?(?: with ([0-9]+x))?(?: margin ([0-9.]+))? as of ([^ ]+)"
                   "(?: known at ([^ ]+))? recorded by ([^ ]+)( as published)?")
KINDS = ("contradicted", "rolling_out", "unseen_change", "doubtful")
MULTIPLES = ("1000000", "10000", "1000", "1M")  # of a cheap token: 1000SHIB
# Findings that make a reading doubtful, and those that are given as warnings of the row that they are about.
DOUBTFUL = set("unusual_rate unusual_leverage leverage_gap leverage_order rate_order rate_above_margin ratio_leap "
               "number_form ambiguous_side ambiguous_split open_end rank_differs announced_twice converted "
               "contract_not_named open_start places_differ".split())
WARNINGS = set("zero_width_tier rate_order leverage_order rounded_rate rate_above_margin ratio_leap rank_missing "
               "rank_differs open_end unread_contract unusual_name instant_form unusual_rollout number_form "
               "ambiguous_side ambiguous_split duplicate_subject same_instant date_mismatch no_publication "
               "amount_differs unified_differs tier_numbers maybe_revision unseen_change unseen_end not_carried_out "
               "carried_out_otherwise announced_twice seen_twice converted contract_not_named open_start places_differ "
               "unread_leverage hidden_text".split())


class Rejected(Exception):
    """The certificate, or the journal, is not what it claims to be."""


# ---- JSON, times, decimals ----

def once(pairs):
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError("a field occurs twice")  # readers would disagree which of the two counts
    return names


def no_float(text):
    raise ValueError(f"{text} is a number with a decimal point")


def parsed(text):
    return json.loads(text, object_pairs_hook=once, parse_float=no_float, parse_constant=no_float)


def dumped(value):
    return json.dumps(value, sort_keys=True)  # `1 == True` in Python, but they are different texts


def micros(text):
    date, _, fraction = text[:-1].partition(".")
    return (datetime.strptime(date, "%Y-%m-%dT%H:%M:%S") - EPOCH) // MICRO + int((fraction + "000000")[:6])


def shown(time):
    if time is None:
        return None
    whole, fraction = divmod(time, 1_000_000)
    text = (EPOCH + timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    return text + (f".{fraction:06}".rstrip("0") if fraction else "") + "Z"


def canonical(number):
    return None if number is None else "0" if number == 0 else format(number.normalize(), "f")


def parts(number):
    whole = Decimal(canonical(number)).as_tuple()
    return int(number.scaleb(-whole.exponent)), -whole.exponent


def exact(mantissa, scale):
    """The database has 96 bits and 28 decimals, and refuses what does not fit."""
    if mantissa == 0:
        return Decimal(0)
    return Decimal(mantissa).scaleb(-scale) if abs(mantissa) < 2 ** 96 and scale <= 28 else None


def multiply(one, other):
    (a, b), (c, d) = parts(one), parts(other)
    return exact(a * c, b + d)


def divided(amount, leverage):
    """A quotient, rounded up at the 8th decimal where it does not end, and whether it is exact."""
    mantissa, scale = parts(amount)
    whole, rest = divmod(mantissa * 10 ** (28 - scale), leverage)
    if rest == 0:
        ended = exact(*parts(Decimal(whole).scaleb(-28)))
        if ended is not None:
            return ended, True
    eighths, rest = divmod(mantissa * 10 ** max(8 - scale, 0), leverage * 10 ** max(scale - 8, 0))
    return exact(*parts(Decimal(eighths + (rest > 0)).scaleb(-8))), False


def add(one, other):
    scale = max(parts(one)[1], parts(other)[1])
    return exact(int((one + other).scaleb(scale)), scale)


# ---- tables ----

def table_of(rule, cells):
    """Reads a table: caps as printed, floors as the caps before, amounts that make the margin continuous."""
    (kind, printed), = rule.items()
    if kind == "class":  # an asset that has the tiers of its class
        return Record(kind=kind, unit="USD", rank=printed["class"], tiers=[], key=(kind, printed["class"]))
    rows = [{"floor": None, "cap": None, "ratio": printed["ratio"]}] if kind == "flat" else printed["rows"]
    tiers, floor, before = [], Decimal(0), None
    for place, row in enumerate(rows):
        value = lambda name: Decimal(row[name]["value"]) if row[name] else Decimal(OPEN_END if name == "cap" else 0)
        rate = Decimal(row["mmr" if kind == "tiers" else "ratio"]["fraction"])
        cap, spans = value("cap"), cells[place]
        amount = add(before.amount, multiply(floor, rate - before.rate)) if before else Decimal(0)
        least = most = None
        if kind == "tiers":
            least, most = row["leverage"]["min"], row["leverage"]["max"]
            following = rows[place + 1]["leverage"]["max"] if place + 1 < len(rows) else 0
            least = min(following + 1, most) if least is None else least
        before = Record(number=place + 1, floor=floor, cap=None if cap >= OPEN_END else cap, rate=rate, amount=amount,
                        least=least, most=most, repaired=value("floor") != floor, printed_floor=value("floor"),
                        cells=spans, span=[min(s for s, _ in spans), max(e for _, e in spans)])
        tiers.append(before)
        floor = cap
    return Record(kind=kind, unit=printed.get("unit", "USD"), rank=printed.get("rank"), tiers=tiers,
                  key=(kind, [(tier.cap, tier.rate, tier.most) for tier in tiers]))


def tier_value(tier, measure, amount, leverage):
    if measure in ("mmr", "ratio"):
        return tier.rate
    simple = {"amount": tier.amount, "max leverage": tier.most, "tier": tier.number}
    if measure in simple:
        return Decimal(simple[measure])
    if measure == "initial margin":
        return divided(amount, leverage)[0]
    if measure == "room":
        return None if tier.cap is None else add(tier.cap, -amount)
    product = multiply(amount, tier.rate)
    return None if product is None else add(product, -tier.amount)


def rounded(number, up):
    """A fraction as a decimal with at most 18 decimals and 28 digits, and whether it is exact."""
    for decimals in range(18, -1, -1):
        digits, rest = divmod(number.numerator * 10 ** decimals, number.denominator)
        digits += bool(rest and up)
        if abs(digits) < 10 ** 28:
            return exact(*parts(Decimal(digits).scaleb(-decimals))), not rest
    return None, False


def liquidation(table, asked, in_coin):
    """Where an isolated position is liquidated: status, price, tier and notional there, and codes of warnings.

    Balance and maintenance margin are compared along the notional n. The balance is margin + gain · (n − opened), the
    margin of a tier n · rate − amount; their difference only rises or only falls, because a rate is below 1.
    """
    opened, entry, long = Fraction(asked.size), Fraction(asked.entry), asked.side == "long"
    margin = Fraction(asked.margin) if asked.margin else opened / int(asked.leverage[:-1])
    gain = 1 if long != in_coin else -1
    nothing = lambda status: Record(status=status, value=None, tier=None, notional=None, warnings=[])
    contains = lambda tier, notional: tier.cap is None or notional <= Fraction(tier.cap)
    inside = [tier for tier in table.tiers if contains(tier, opened)]
    if not inside:
        return nothing("above_limit")
    rises = gain == 1
    if not opened or rises and margin >= opened:
        return nothing("no_limit")

    def left(tier, notional):
        return margin + gain * (notional - opened) - notional * Fraction(tier.rate) + Fraction(tier.amount)
    for tier in table.tiers:
        at_cap = None if tier.cap is None else left(tier, Fraction(tier.cap))
        if at_cap is None or (at_cap > 0 if rises else at_cap <= 0):
            break
    else:
        return nothing("above_limit")
    notional = left(tier, 0) / (Fraction(tier.rate) - gain)
    value, is_exact = rounded(opened * entry / notional if in_coin else notional * entry / opened, long)
    least = opened * Fraction(inside[0].rate) - Fraction(inside[0].amount)
    warnings = (["leverage_not_allowed"] * bool(asked.leverage and int(asked.leverage[:-1]) > inside[0].most)
                + ["liquidated_at_entry"] * (margin <= least) + ["rounded"] * (not is_exact))
    return Record(status="unknown" if value is None else "value", value=value, tier=tier, notional=notional, warnings=warnings)


def limited(tier):
    return "value" if tier.cap is not None else "no_limit"


def evaluate(table, asked, at):
    """A measure of one table: status, value, the tier that answers, the bytes of its row, codes of warnings."""
    measure, printed, tiers = asked.measure, asked.as_published, table.tiers
    nothing = lambda status: Record(status=status, value=None, tier=None, span=None, warnings=[])
    if measure == "limit":
        return Record(status=limited(tiers[-1]), value=tiers[-1].cap, tier=None, span=None, warnings=[])
    if measure == "max position":
        allowing = [tier for tier in tiers if tier.most >= int(at[:-1])]
        if not allowing:
            return nothing("above_limit")
        tier = allowing[-1]
        return Record(status=limited(tier), value=tier.cap, tier=tier, span=tier.span, warnings=[])
    position = liquidation(table, asked, asked.in_coin) if measure == "liquidation" else None
    if position and not position.tier:
        return nothing(position.status)
    amount = position.notional if position else Decimal(at or 0)
    inside = [tier for tier in tiers if tier.cap is None or amount <= tier.cap]
    if not inside:
        return nothing("above_limit")
    tier, warnings = inside[0], []
    if table.kind != "flat":
        if printed:  # the one tier that contains it as printed
            contains = lambda it: (amount > it.printed_floor or amount == it.printed_floor == 0) and it in inside
            printed_so = [it for it in tiers if contains(it)]
            if len(printed_so) != 1:
                return nothing("unknown")
            tier = printed_so[0]
        below = measure in ("margin", "liquidation", "amount", "collateral") and any(it.repaired for it in tiers[:tier.number])
        if printed and below:
            return nothing("unknown")
        warnings = [] if printed else ["repaired_floor"] if tier.repaired else ["repaired_below"] if below else []
    if position:
        return Record(status=position.status, value=position.value, span=tier.span, tier=tier,
                      warnings=warnings + position.warnings)
    if measure == "room" and tier.cap is None:
        return Record(status="no_limit", value=None, span=tier.span, tier=tier, warnings=warnings)
    leverage = int(asked.leverage[:-1]) if asked.leverage else tier.most
    if measure == "initial margin":
        if not 0 < leverage <= tier.most:
            return nothing("above_limit")
        warnings = warnings + ["rounded_up"] * (not divided(amount, leverage)[1])
    value = tier_value(tier, measure, amount, leverage)
    return Record(status="unknown" if value is None else "value", value=value, span=tier.span, warnings=warnings,
                  tier=None if table.kind == "flat" else tier)


# ---- which statements count: DESIGN of the database, "visibility" ----

class World:
    """What is recorded, up to a head."""

    def __init__(self, transactions, claimed_tx=None):
        self.transactions, self.claimed_tx = transactions, claimed_tx
        self.recordings, self.about = defaultdict(list), defaultdict(list)
        for it in transactions:
            source = it["source"]
            own = Record(id=source["id"], tx=it["tx"], recorded=micros(it["recorded_at"]), observes=it["observes"],
                         published=micros(source["published_at"]), precision=source["precision"], line=it)
            it["own"] = own
            self.recordings[own.id].append(own)
            for said in it["withdrawals"]:
                kind, value = said["kind"], None
                if isinstance(kind, dict):
                    (kind, value), = kind.items()
                self.about[said["source"]].append(
                    Record(by=own, kind=kind, value=value, ordinal=said["ordinal"], says=said))

    def last_tx(self, recorded_by, head):
        """The last transaction that counts. Without the journal it is as claimed, as far as it can be right."""
        last = max((it["tx"] for it in self.transactions if it["own"].recorded <= recorded_by), default=0)
        if self.claimed_tx is None:
            return last
        most = head["tx"] - (recorded_by < micros(head["recorded_at"]))
        return max(last, min(self.claimed_tx, most)) if most < head["tx"] else head["tx"]

    def timeline(self, subject):
        """The statements about a subject in order of valid time; of one time the later ones win."""
        found, stating = [], set()
        tokens = tokens_of(subject)
        for it in self.transactions:
            for of in [subject] + tokens:
                for ordinal, said in it["by_subject"].get(of, ()):
                    (kind, claim), = said["claim"].items()
                    placed = claim.get("rule")
                    table = table_of(it["rules"][placed["id"]], placed["cells"]) if placed else None
                    at = micros(claim["seen_at"] if kind == "sighting" else claim["to"] or claim["from"]
                                if kind == "postponed" else claim["effective_at"])
                    found.append(Record(own=it["own"], ordinal=ordinal, kind=kind, at=at, table=table, says=said, of=of,
                                        until=at + (claim.get("rollout_micros", 0) if kind == "change" else 0),
                                        starts=kind == "launch" or kind == "postponed" and claim["to"] is not None,
                                        of_token=of in tokens, none=kind in ("end", "sighting") and not table,
                                        span=said["span"], rule=it["rules"][placed["id"]] if placed else None))
                    stating.add(it["own"].id)
        for it in self.transactions:  # a complete snapshot that lacks the subject shows that it had no rule
            for said in it["listings"]:
                if covers(said, subject) and it["own"].id not in stating:
                    at = micros(said["seen_at"])
                    found.append(Record(own=it["own"], ordinal=0, kind="sighting", at=at, table=None, says=said,
                                        of=subject, until=at, starts=False, of_token=False, none=True, span=[0, 0],
                                        rule=None))
        rank = {"sighting": 1, "change": 2, "end": 2}
        found.sort(key=lambda s: (s.at, rank.get(s.kind, 0), s.own.published, s.own.id, s.ordinal, s.own.tx))
        return found

    def unloaded(self, own, recorded_by):
        return any(it.kind == "unload" and it.value in (None, own.tx) and it.by.tx > own.tx
                   and it.by.recorded <= recorded_by and not self.unloaded(it.by, recorded_by)
                   for it in self.about[own.id])

    def hidden(self, own, recorded_by):
        """Why a recording of a document does not count among what is recorded, or None."""
        if self.unloaded(own, recorded_by):
            return "unloaded"
        live = [it for it in self.recordings[own.id] if it.recorded <= recorded_by
                and (it is own or not self.unloaded(it, recorded_by))]
        if own not in live:
            return None
        corrects = {it.by.tx: it.value for it in reversed(self.about[own.id]) if it.kind == "correct"}
        corrections = [it.tx for it in live if it.tx in corrects]
        unstated = lambda it: it.precision == "recorded"
        if own.observes:  # each posting at another time is an observation of its own
            replaced = any(tx > own.tx and corrects[tx] in (None, own.tx) for tx in corrections)
        else:  # of an announcement the newest correction counts, else the earliest posting
            replaced = corrections and max(corrections) != own.tx
        if replaced:
            return "publication_corrected"
        if corrections and not own.observes:  # it is the newest one, whatever was posted earlier
            return None
        first = min(live, key=lambda it: (unstated(it), day_of(it), ["instant", "day", "recorded"].index(it.precision),
                                          it.published, it.tx))
        earlier = unstated(own) and not unstated(first) if own.observes else first is not own
        return "posted_earlier" if earlier else None

    def retracted(self, source, ordinal, known_at, recorded_by, depth):
        return depth > 0 and any(
            it.ordinal in (None, ordinal) and it.kind in ("retract", "revise", "supersede")
            and it.by.recorded <= recorded_by and self.hidden(it.by, recorded_by) is None
            and (it.kind == "supersede" or public(it.by, known_at))
            and not (self.retracted if it.kind == "retract" else self.taken_back)(
                it.by.id, None, known_at, recorded_by, depth - 1)
            and (it.kind != "supersede" or self.counts(it.value, known_at, recorded_by, depth - 1))
            for it in self.about[source])

    def counts(self, source, known_at, recorded_by, depth):
        """Whether a newer edition is recorded, published and not retracted."""
        return any(it.recorded <= recorded_by and public(it, known_at) and self.hidden(it, recorded_by) is None
                   for it in self.recordings[source]) \
            and not self.taken_back(source, None, known_at, recorded_by, depth)

    def taken_back(self, source, _, known_at, recorded_by, depth):
        """Whether a whole source is retracted, and not only replaced: what it replaced stays replaced."""
        return depth > 0 and any(
            it.kind == "retract" and it.ordinal is None
            and it.by.recorded <= recorded_by and self.hidden(it.by, recorded_by) is None
            and public(it.by, known_at)
            and not self.retracted(it.by.id, None, known_at, recorded_by, depth - 1)
            for it in self.about[source])

    def unseen(self, statement, known_at, recorded_by):
        own = statement.own
        if own.recorded > recorded_by:
            return "not_recorded"
        hidden = self.hidden(own, recorded_by)
        if hidden or not public(own, known_at):
            return hidden or "not_published"
        gone = self.retracted(own.id, statement.ordinal, known_at, recorded_by, RETRACTION_DEPTH)
        return "withdrawn" if gone else None

    def reaching(self, sources):
        """The sources with all those that decide whether they count: retracting ones, and newer editions."""
        while True:
            more = {s for source in sources for it in self.about[source]
                    for s in [it.by.id] + ([it.value] if it.kind == "supersede" else [])}
            if more <= sources:
                return sources
            sources = sources | more


def tokens_of(subject):
    """The tokens that a contract is of: of `1000SHIBUSDT` both `1000SHIB` and `SHIB`."""
    venue, program, contract = subject.split(":", 2)
    pair, perpetual = contract.rpartition("_")[0] or contract, contract.endswith("_PERP")
    quotes = (("USD", 1),) if program in IN_COIN else QUOTES + (("USD", 1),) * (program == "linear")
    quotes = quotes if program in IN_COIN or program in CONTRACTS and not perpetual else ()
    bases = [pair[:-len(quote)] for quote, least in quotes if pair.endswith(quote) and len(pair) - len(quote) >= least]
    singles = [base[len(it):] for base in bases[:1] for it in MULTIPLES if base.startswith(it)]
    return [f"{venue}:token:{base}" for base in bases[:1] + singles[:1] if base]


def covers(said, subject):
    """Whether a complete snapshot names a subject if that has a rule; without currencies it is of the whole program."""
    venue, program, name = subject.split(":", 2)
    if (venue, program) != (said["venue"], said["program"]) or name in said.get("except", []):
        return False
    return said.get("currencies") is None or settlement(program, name) in said["currencies"]


def settlement(program, name):
    """The currency that a contract is settled in, as far as its name tells."""
    if program in IN_COIN:
        return "coin"
    pair = name[:name.rfind("_")] if "_" in name else name
    fits = (quote for quote, least in QUOTES if pair.endswith(quote) and len(pair) - len(quote) >= least)
    usd = "USD" if program == "linear" and pair.endswith("USD") else None
    return next(fits, usd) if program in CONTRACTS else None


def public(own, known_at):
    return known_at is None or own.published <= known_at


def day_of(own):
    """Where only the day is known, the document counts as known from noon of the next day."""
    known_later = own.precision == "day" and own.published % DAY
    return (own.published - (DAY * 3 // 2 if known_later else 0)) // DAY


# ---- which table is in force: "history" and "resolving" ----

def same(one, other):
    return one.none and other.none or bool(one.table and other.table) and one.table.key == other.table.key


def put_off(statements, fates):
    """A postponement is about the launch that was announced last before it, whatever time that was announced for."""
    launch_counts = lambda place: statements[place].starts and (fates[place] or ("put_off",))[0] == "put_off"
    by_publication = lambda place: (statements[place].own.published, place)
    places = range(len(statements))
    postponed = [p for p in places if statements[p].kind == "postponed" and fates[p] is None]
    for place in sorted(postponed, key=by_publication):
        by = statements[place]
        before = lambda other: statements[other].own.published < by.own.published
        launch = max((p for p in places if launch_counts(p) and before(p)), key=by_publication, default=None)
        if launch is not None and any(fates[p] is None and before(p) and statements[p].kind == "end"
                                      and statements[launch].at < statements[p].at <= by.own.published for p in places):
            launch = None  # the life that it started is over
        if launch is None and by.of_token:  # this contract of the token has no launch
            fates[place] = ("nothing_to_put_off", None)
            continue
        if not by.starts:
            fates[place] = ("puts_off", None)
        if launch is not None:  # with the tiers that its document states for the same time
            for p in places:
                s = statements[p]
                if p == launch or (s.kind == "change" and s.own is statements[launch].own and s.at == statements[launch].at
                                   and (fates[p] or ("put_off",))[0] == "put_off"):
                    fates[p] = ("put_off", None)


def fold(statements, unseen):
    """The versions of a subject, and what became of each statement: a word, and a version for `sets`."""
    versions, fates, frozen, after_end = [], [word and (word, None) for word in unseen], None, []
    is_seen = lambda s: s.kind == "sighting"

    def confirm(s):
        last = versions[-1]
        last.seen.append(s.at)
        last.elsewhere |= s.own.id != last.by.own.id
        last.until = min(last.until, s.at)  # an observation of the new table closes the roll-out
        return ("confirms", None)

    def start(by, contradicting=(), twice=()):
        nonlocal frozen
        versions.append(Record(start=by.at, by=by, until=by.until, seen=[], elsewhere=False, converted=[],
                               contradicting=contradicting, twice=twice))
        frozen = None
        after_end.clear()
        return ("sets", len(versions) - 1)

    def fold_rules(places, reborn):
        nonlocal frozen
        others, winner = [statements[place] for place in places[:-1]], statements[places[-1]]
        if versions and versions[-1].by.kind == "end" and is_seen(winner) and not reborn:
            # An exchange lists a settled contract on; another table, seen again a day later, is a new life.
            frozen = frozen or winner
            again = any(it.at + DAY <= winner.at and same(it, winner) for it in after_end)
            if winner.table and (same(winner, frozen) or not again):
                for place in places:
                    fates[place] = ("after_end", None)
                after_end.extend(others + [winner])
                return
        contradicting = [s for s in reversed(others) if not same(s, winner) and is_seen(s) == is_seen(winner)
                         and s.own.published == winner.own.published]
        outcome = None
        if is_seen(winner) and not contradicting and versions:
            if same(winner, versions[-1].by):
                outcome = confirm(winner)
            elif winner.at < versions[-1].until and len(versions) > 1 and same(winner, versions[-2].by):
                outcome = ("still_old", None)
        if outcome is None:
            outcome = start(winner, contradicting, [
                s for s in reversed(others) if not is_seen(s) and not is_seen(winner) and not same(s, winner)
                and s.own.id != winner.own.id and s.own.published != winner.own.published])
        fates[places[-1]] = outcome
        for place, s in zip(places, others):
            agrees = is_seen(s) and same(s, winner)
            fates[place] = ("loses_tie", None) if not agrees else outcome if outcome[0] == "still_old" else confirm(s)

    put_off(statements, fates)
    for at, places in groupby(range(len(statements)), lambda place: statements[place].at):
        places = [place for place in places if fates[place] is None]
        launches = [place for place in places if statements[place].starts]
        conversions = [place for place in places if statements[place].kind == "conversion"]
        rules = [place for place in places if place not in launches + conversions]
        named = any(statements[place].kind == "end" and not statements[place].of_token for place in rules)
        lives = bool(versions) and not versions[-1].by.none
        for place in rules:
            s = statements[place]
            if (not versions and (s.of_token or s.ordinal == 0)) or (s.of_token and not lives):
                fates[place] = ("nothing_to_end", None)
            elif s.of_token and named:
                fates[place] = ("loses_tie", None)
        rules = [place for place in rules if fates[place] is None]
        ends = statements[rules[-1]].none if rules else not lives
        if launches and ends:  # it starts, or ends and starts again at once
            fates[launches[-1]] = start(statements[launches[-1]])
            for place in rules:
                fates[place] = ("loses_tie", None)
        elif rules:
            fold_rules(rules, bool(launches) and not lives)
        for place in launches:
            fates[place] = fates[place] or ("in_life", None)
        for place in conversions:
            table = versions and versions[-1].by.table
            fates[place] = ("converts" if table else "nothing_to_convert", None)
            if table and (versions[-1].start < at or is_seen(versions[-1].by)):
                versions[-1].converted.append(statements[place])
    return versions, fates


def version_at(versions, at):
    return sum(version.start <= at for version in versions) - 1


def sure_until(version):
    return max(version.seen[-1:] + [version.start])


def confirmed_at(versions, number, at):
    version, following = versions[number], versions[number + 1:]
    later = [seen for seen in version.seen if seen > at]
    if not later and following and following[0].by.kind == "sighting" and same(following[0].by, version.by):
        later = [following[0].start]
    return later[0] if later else max([version.start] + [seen for seen in version.seen if seen <= at])


def resolve(world, subject, asked):
    """What is known of a subject: its statements, versions, and which of these answers."""
    statements = world.timeline(subject)
    versions, fates = fold(statements, [world.unseen(s, asked.known_at, asked.recorded_by) for s in statements])
    number = version_at(versions, asked.valid_at)
    version = versions[number] if number >= 0 else None
    table = version and version.by.table
    status = "value" if table else "unknown" if version and version.by.starts else "ended" if version \
        else missing(world, statements, asked)
    return Record(subject=subject, statements=statements, versions=versions, fates=fates, number=number, version=version,
                  table=table, status=status)


def class_of(world, subject, table, asked):
    """The class of an asset, where its rule is one."""
    if table and table.kind == "class":
        return resolve(world, f"{subject.split(':')[0]}:cross:class-{table.rank}", asked)


def doubts(it, asked, outcome, other_value):
    """Why an answer is not certain. How old it is does not count here: that depends on all other subjects."""
    version, at = it.version, asked.valid_at
    found = Record(kinds=[], others=[], because=[], until=None, after=None, by=None)
    add = lambda kind, other: kind in dict(found.kinds) or found.kinds.append((kind, other))
    following = it.versions[it.number + 1] if it.number + 1 < len(it.versions) else None
    first = next((seen for seen in version.seen if version.by.kind != "sighting" or seen > version.start), None)
    if version.contradicting and not (first is not None and first <= at):
        add("contradicted", other_value(version.contradicting[0]))
        found.others = [{"value": other_value(s), "statement": name(s), "file": s.own.line["source"]["file"]}
                        for s in version.contradicting]
    if at < version.until:
        found.until = version.until
        add("rolling_out", other_value(it.versions[it.number - 1].by) if it.number else None)
    if following and at > sure_until(version) and following.by.kind == "sighting" \
            and not same(following.by, version.by):
        found.after, found.by = sure_until(version), following.start
        add("unseen_change", other_value(following.by))
    converted = [s for s in version.converted if s.at <= at][-1:]
    for s in converted:
        if not any(s.at < seen <= at for seen in version.seen):
            found.because.append(("converted", name(s)))
            add("doubtful", None)
    if version.twice and not version.seen:
        found.because.append(("announced_twice", name(version.twice[0])))
        add("doubtful", other_value(version.twice[0]))
    if not version.elsewhere:  # an observation of another document confirms how its cells were read
        found.because += doubtful(version.by, rests_on(version.by, asked, outcome))
        if found.because:
            add("doubtful", None)
    return found


def doubtful(by, spans):
    """The findings that make what is stated at some places doubtful."""
    touched = [it for it in by.own.line["findings"] if it["code"] in DOUBTFUL
               and by.of.split(":", 2)[2] in it["subjects"] and any(touches(it, span, by.span) for span in spans)]
    return [key for key, _ in groupby((it["code"], it["message"]) for it in touched)]


def together(tiers, asset):
    """The worse of two certainties counts: that of the tiers of a class, and that of the class of the asset."""
    first = lambda it: KINDS.index(it.kinds[0][0]) if it.kinds else len(KINDS)
    others = [it.kinds[0][1] if it.kinds else None for it in (tiers, asset)]
    other = others[1] if first(asset) < first(tiers) or others[0] is None else others[0]
    kinds = sorted(dict(tiers.kinds + asset.kinds), key=KINDS.index)
    times = [time for time in (tiers.until, asset.until) if time is not None]
    span = tiers if tiers.after is not None else asset
    return Record(kinds=[(kind, other) for kind in kinds], others=tiers.others or asset.others, until=max(times, default=None),
                  after=span.after, by=span.by, because=tiers.because + [it for it in asset.because if it not in tiers.because])


def certainty(found):
    answer = {"kind": found.kinds[0][0] if found.kinds else None, "also": [kind for kind, _ in found.kinds[1:]]}
    if found.others:
        answer["others"] = found.others
    if found.until is not None:
        answer["until"] = shown(found.until)
    if found.after is not None:
        answer["after"], answer["by"] = shown(found.after), shown(found.by)
    if found.kinds:
        answer["other"] = found.kinds[0][1]
    if found.because:
        answer["because"] = [{"code": code} for code, _ in found.because]
    return answer


def rests_on(statement, asked, outcome):
    """The bytes of the cells that an answer rests on."""
    table, tiers = statement.table, statement.table.tiers
    if table.kind in ("flat", "class"):
        return [statement.span]
    cap = 2 if table.kind == "tiers" else 1
    if asked.measure == "limit":
        return [tiers[-1].cells[cap]]
    if outcome is None or outcome.tier is None:
        return [tier.span for tier in tiers]
    index = outcome.tier.number - 1
    if asked.measure in ("margin", "liquidation", "amount", "collateral"):
        return [tier.span for tier in tiers[:index + 1]]
    return [tiers[index].span] + [tiers[index - 1].cells[cap]] * (index > 0)


def about(finding, statement):
    return not finding["subjects"] or statement.of.split(":", 2)[2] in finding["subjects"]


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def touches(finding, row, whole):
    """A finding about the whole table is about none of its rows, unless that is the only one."""
    return overlap(finding["span"], row) and (finding["span"] != whole or row == whole)


def name(statement):
    return f"{statement.own.id}.{statement.ordinal}"


# ---- the answer and its evidence ----

def read_query(query):
    found = QUERY.fullmatch(query)
    if not found:
        raise Rejected("`query` is not in the form that tierbook writes")
    measure, subjects, at, side, size, entry, leverage, margin, valid_at, known_at, recorded_by, as_published = found.groups()
    asked = Record(measure=measure, subjects=subjects.split(", "), at=at.split(", ") if at else [size],
                   valid_at=micros(valid_at), known_at=known_at and micros(known_at), recorded_by=micros(recorded_by),
                   leverage=leverage, as_published=bool(as_published), side=side, size=size, entry=entry, margin=margin)
    programs, takes = MEASURES[measure]
    if takes == POSITION and (at or not side or bool(leverage) == bool(margin) or not Decimal(entry)) or margin and not side:
        raise Rejected("`query` does not have the position that its measure needs")
    for value in asked.at + [it for it in (entry, margin) if it]:
        given = POSITION if side else NOTHING if value is None else LEVERAGE if value.endswith("x") else AMOUNT
        if value and value.rstrip("x") != canonical(Decimal(value.rstrip("x"))):
            raise Rejected(f"`query` has {value}, which is not written as tierbook writes it")
        if given != takes and not (takes == TIERED and given in (AMOUNT, NOTHING)):
            raise Rejected("`query` does not have what its measure needs after `at`")
    for subject in asked.subjects:
        program = subject.split(":", 2)[1]
        if program not in programs or (takes == TIERED and program in BY_AMOUNT and asked.at == [None]):
            raise Rejected(f"`query` asks what {subject} does not have")
    if leverage and (measure not in ("initial margin", "liquidation") or not int(leverage[:-1]) or leverage != f"{int(leverage[:-1])}x"):
        raise Rejected(f"`query` has {leverage}, which does not belong to it")
    if [shown(asked.valid_at), shown(asked.known_at), shown(asked.recorded_by)] != [valid_at, known_at, recorded_by]:
        raise Rejected("`query` has a time that is not written as tierbook writes it")
    return asked


def unit_of(asked, statements, in_force):
    if asked.measure == "liquidation" and asked.in_coin:
        return "USD"
    fixed = {"mmr": "fraction", "ratio": "fraction", "max leverage": "x", "tier": "tier"}.get(asked.measure)
    units = [s.table.unit for s in statements if s.table]
    return fixed or (in_force.unit if in_force else units[0] if units else "")


def tier_fields(table, tier, printed):
    kept = not printed or not any(it.repaired for it in table.tiers[:tier.number])
    fields = {"number": tier.number, "floor": canonical(tier.printed_floor if printed else tier.floor),
              "cap": canonical(tier.cap)}
    if table.kind != "tiers":
        return {**fields, "ratio": canonical(tier.rate), "rank": table.rank}
    return {**fields, "mmr": canonical(tier.rate), "min_leverage": tier.least, "max_leverage": tier.most,
            "maintenance_amount": canonical(tier.amount) if kept else None}


def named_cells(table, tier):
    names = {"tiers": ["leverage", "floor", "cap", "mmr"], "collateral": ["floor", "cap", "ratio"]}[table.kind]
    return dict(zip(names, tier.cells))


def published_warning(own):
    code = {"day": "published_day", "recorded": "published_unknown"}.get(own.precision)
    return [code] if code else []


def source_of(version, span=None, cells=None):
    own = version.by.own
    fields = {field: own.line["source"][field] for field in ("id", "published_at", "precision", "sha256", "file")}
    return {**fields, "published_by": own.line["published_by"], "tx": own.tx, "span": version.by.span, "row_span": span,
            "cells": cells}


def rows_of(world, asked, subject, head):
    """The rows of the answer about one subject, and the statements with what became of them."""
    at, known_at, recorded_by = asked.valid_at, asked.known_at, asked.recorded_by
    asked = Record(**{**vars(asked), "in_coin": subject.split(":", 2)[1] in IN_COIN})
    it = resolve(world, subject, asked)
    if not it.statements:
        raise Rejected(f"nothing is recorded about {subject}")
    version, table, status = it.version, it.table, it.status
    last_tx = world.last_tx(recorded_by, head)
    key = {"liquidation": "liquidation_price"}.get(asked.measure, asked.measure.replace(" ", "_"))
    base = {"subject": subject, "measure": key, "unit": unit_of(asked, it.statements, table),
            "as_of": shown(at), "known_at": shown(known_at), "recorded_by": shown(recorded_by), "tx": head["tx"],
            "in_force_since": None, "seen_since": None, "changed_after": None, "last_confirmed_at": None,
            "next_change_at": None, "certainty": None, "reading": None, "source": version and source_of(version),
            "warnings": []}
    if table:
        announced = version.by.kind != "sighting"
        base["in_force_since" if announced else "seen_since"] = shown(version.start)
        if not announced and it.number > 0:
            base["changed_after"] = shown(sure_until(it.versions[it.number - 1]))
        base["last_confirmed_at"] = shown(confirmed_at(it.versions, it.number, at))
        following = (other.start for other in it.versions[it.number + 1:] if other.by.kind != "sighting")
        base["next_change_at"] = shown(next(following, None))
    elif status == "ended":
        because = doubtful(version.by, [version.by.span])
        if because:
            base["certainty"] = certainty(Record(kinds=[("doubtful", None)], others=[], because=because, until=None,
                                                 after=None, by=None))
    tiered = it  # what has the tiers
    if table and table.kind == "class":
        tiered = class_of(world, subject, table, asked)
        if not tiered.table:
            status = "not_known_then" if tiered.status == "not_known_then" else "unknown"
    table = tiered.table

    def address(at):
        place = f"{asked.side}={at};entry={asked.entry};" if asked.side else f"at={at};"
        return (f"{subject}/{base['measure']}@" + (place if at else "")
                + (f"with={asked.leverage};" if at and asked.leverage else "")
                + (f"margin={asked.margin};" if asked.margin else "") + f"v={shown(asked.valid_at)}"
                + (f";k={shown(known_at)}" if known_at is not None else "") + f";tx={last_tx}"
                + (";as-published" if asked.as_published else ""))

    def placed(tier, span):
        cells = named_cells(table, tier) if tier else None
        if tiered is it:
            return {"source": source_of(version, span, cells)}
        confirmed = confirmed_at(tiered.versions, tiered.number, at)
        return {"class": {"subject": tiered.subject, "last_confirmed_at": shown(confirmed),
                          "source": source_of(tiered.version, span, cells)}}

    def certain(outcome, value):
        found = doubts(tiered, asked, outcome, lambda s: value(s.table) if s.table else None)
        if tiered is it:
            return certainty(found)

        def in_class(s):
            other = class_of(world, subject, s.table, asked)
            return value(other.table) if other and other.table else None
        return certainty(together(found, doubts(it, Record(**{**vars(asked), "measure": "tiers"}), None, in_class)))

    def sources():
        codes = published_warning(tiered.version.by.own)
        return codes if tiered is it else codes + [code for code in published_warning(version.by.own) if code not in codes]

    rows = []
    if asked.measure == "tiers" and not table:
        empty = ["number", "floor", "cap"] + (["mmr", "min_leverage", "max_leverage", "maintenance_amount"]
                                              if subject.split(":")[1] in CONTRACTS else ["ratio", "rank"])
        rows.append({**base, "status": status, "address": address(None), **dict.fromkeys(empty)})
    elif asked.measure == "tiers":
        found = certain(None, lambda table: None)
        for tier in table.tiers if table.kind != "flat" else []:
            repaired = tier.repaired and not asked.as_published
            codes = ["repaired_floor"] * repaired + sources()
            rows.append({**base, "status": status, "address": address(None), "certainty": found,
                         **tier_fields(table, tier, asked.as_published), **placed(tier, tier.span),
                         "reading": "repaired" if repaired else "as_published",
                         "warnings": [{"code": code} for code in codes]})
    for value in asked.at if asked.measure != "tiers" else []:
        row = {**base, "at": value, "status": status, "value": None, "tier": None, "address": address(value)}
        rows.append(row)
        given = {"side": asked.side, "entry": asked.entry, "with": asked.leverage, "margin": asked.margin}
        row.update({name: value for name, value in given.items() if value})
        if table:
            outcome = evaluate(table, asked, value)
            tier, span = outcome.tier, outcome.span
            by = tiered.version.by
            line = span if tier else by.span
            codes = outcome.warnings + [
                found["code"] for found in by.own.line["findings"] if span and found["code"] in WARNINGS
                and by.of.split(":", 2)[2] in found["subjects"] and touches(found, line, by.span)] + sources()
            under = lambda table: canonical(evaluate(table, asked, value).value) if table.kind != "class" else None
            repaired = tier and tier.repaired and not asked.as_published
            row.update(status=outcome.status, value=canonical(outcome.value), **placed(tier, span),
                       tier=tier and tier_fields(table, tier, asked.as_published),
                       reading="repaired" if repaired else "as_published",
                       certainty=certain(outcome, under), warnings=[{"code": code} for code in codes])
    considered = [(s, fate_at(s, fate, it.versions, it.number, at)) for s, fate in zip(it.statements, it.fates)]
    named = {s.table.rank: s.table for s in it.statements if s.table and s.table.kind == "class"}
    for of in sorted((class_of(world, subject, table, asked) for table in named.values()), key=lambda of: of.subject):
        number = of.number if tiered.subject == of.subject else None  # no statement about another class answers
        considered += [(s, fate_at(s, fate, of.versions, number, at)) for s, fate in zip(of.statements, of.fates)]
    return rows, considered


def missing(world, statements, asked):
    """Why no statement answers: one exists, but was not known then; or none, or it was taken back."""
    unseen = lambda s, known_at, recorded_by: world.unseen(s, known_at, recorded_by)
    newest = world.transactions[-1]["own"].recorded
    versions, _ = fold(statements, [unseen(s, None, newest) for s in statements])
    number = version_at(versions, asked.valid_at)
    taken_back = ("withdrawn", "unloaded")
    return "not_known_then" if number >= 0 \
        and unseen(versions[number].by, asked.known_at, asked.recorded_by) not in taken_back else "unknown"


def fate_at(statement, fate, versions, number, at):
    word, version = fate
    unseen = ("not_recorded", "unloaded", "publication_corrected", "posted_earlier", "not_published", "withdrawn")
    if word == "sets" and version == number:
        return "answers"
    if statement.at > at and word not in unseen:
        return "later"
    return word if word != "sets" else "replaced" if version + 1 < len(versions) else "stands"


def certificate_of(world, query, head):
    """The certificate that follows from what is recorded."""
    asked = read_query(query)
    if asked.recorded_by > micros(head["recorded_at"]):
        raise Rejected("`query` asks for what was recorded after the head")
    answer, pieces, sources, found = [], [], set(), set()
    for subject in asked.subjects:
        rows, considered = rows_of(world, asked, subject, head)
        answer += rows
        for s, fate in considered:
            sources.add(s.own.id)
            pieces.append({"kind": "statement" if s.ordinal else "listing", "tx": s.own.tx, "side": None,
                           "statement": name(s), "fate": fate, "says": s.says, "rule": s.rule})
            spans = [s.span] + [tier.span for tier in (s.table.tiers if s.table and s.table.kind != "flat" else [])]
            found |= {(own.tx, place) for own in world.recordings[s.own.id]
                      for place, it in enumerate(own.line["findings"])
                      if about(it, s) and any(overlap(it["span"], span) for span in spans)}
    lines = {it["tx"]: it for it in world.transactions}
    pieces += [{"kind": "finding", "tx": tx, "says": lines[tx]["findings"][place]} for tx, place in sorted(found)]
    sources = world.reaching(sources)
    numbers = sorted(own.tx for source in sources for own in world.recordings[source])
    pieces += [{"kind": "withdrawal", "tx": tx, "says": said} for tx in numbers
               for said in lines[tx]["withdrawals"] if said["source"] in sources]
    fields = ("tx", "previous", "hash", "recorded_at", "source", "published_by", "observes")
    return {"format": FORMAT, "query": query, "head": head, "answer": answer, "evidence": pieces,
            "transactions": [{field: lines[tx][field] for field in fields} for tx in numbers]}


# ---- the journal and the certificates ----

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def compact(value):
    """JSON as the database writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def leaf(line):
    return sha(b"\0", line)


def left_of(leaves):
    return 1 << (leaves - 1).bit_length() - 1


def root_of(leaves):
    """The root of a Merkle tree, as in RFC 6962."""
    if len(leaves) == 1:
        return leaves[0]
    left = left_of(len(leaves))
    return sha(b"\1", root_of(leaves[:left]), root_of(leaves[left:]))


def root_by(hashed, place, leaves, path):
    """The root that follows from a leaf, its place among so many leaves, and its path."""
    if leaves < 2:
        if place or path or leaves != 1:
            raise Rejected("a path of its proof has another length")
        return hashed
    left, beside = left_of(leaves), bytes.fromhex(path[-1])
    if place < left:
        return sha(b"\1", root_by(hashed, place, left, path[:-1]), beside)
    return sha(b"\1", beside, root_by(hashed, place - left, leaves - left, path[:-1]))


def varint(number):
    for size, mark in ((2, 251), (4, 252), (8, 253), (16, 254)):
        if number < 251:
            return bytes([number])
        if number < 1 << 8 * size:
            return bytes([mark]) + number.to_bytes(size, "little")
    raise Rejected("a number of a table is too large")


def rule_id(rule):
    """The id of a table: the hash of its record in the index of the database."""
    text = lambda it: varint(len(it.encode())) + it.encode()
    optional = lambda it: b"\0" if it is None else b"\1" + varint(it)
    def decimal(it):
        mantissa = int(it.replace(".", ""))
        return bytes([len(it.partition(".")[2])]) + varint(2 * mantissa if mantissa >= 0 else -2 * mantissa - 1)
    number = lambda it: text(it["text"]) + decimal(it["value"])
    rate = lambda it: text(it["text"]) + decimal(it["fraction"])
    (kind, said), = rule.items()
    record = varint(["tiers", "flat", "collateral", "class"].index(kind))
    if kind == "class":
        record += varint(said["class"])
    elif kind == "flat":
        record += rate(said["ratio"])
    else:
        record += text(said["unit"]) + (optional(said["rank"]) if kind == "collateral" else b"") + varint(len(said["rows"]))
        for row in said["rows"]:
            if kind == "tiers":
                leverage = row["leverage"]
                record += optional(leverage["min"]) + varint(leverage["max"]) + text(leverage["text"])
            record += number(row["floor"]) + number(row["cap"]) + rate(row["mmr" if kind == "tiers" else "ratio"])
    return hashlib.sha256(b"\1" + record).hexdigest()


def moved(claim, rule):
    """A claim with its rule in another form."""
    (kind, content), = claim.items()
    return {kind: {**content, "rule": rule(content["rule"])}} if content.get("rule") else claim


def read_journal(path):
    """The transactions of the journal, and those with the hashes of before a migration, after its chain of hashes was recomputed."""
    if open(path, "rb").read(1) == b"{":
        return read_lines(path), None
    return read_frames(path)


def read_frames(path):
    lines = subprocess.run(["zstdcat", path], stdout=subprocess.PIPE, check=True).stdout.splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith(b'{"hash":')] + [len(lines)]
    chain, former, stored, previous = [], [], {}, bytes(32)
    for number, (start, end) in enumerate(zip(starts, starts[1:])):
        link, header = parsed(lines[start]), parsed(lines[start + 1])
        if header.get("kind") == "lost":
            check_lost(number, header, sha(previous, bytes.fromhex(link["root"])).hex() if int(link["root"], 16) else link["hash"], link["hash"])
            stored[number] = Record(fragments=[], tables=[])
            chain.append(lost(header, previous.hex(), link["hash"]))
            previous = bytes.fromhex(link["hash"])
            continue
        said, leaves = read_frame(number, link, lines[start + 1:end], stored)
        if header["tx"] != number or sha(previous, root_of(leaves)).hex() != link["hash"]:
            raise Rejected(f"transaction {number} of the journal is broken")
        if number == 0 and header.get("format") != JOURNAL_2:
            raise Rejected(f"the format of the journal is not {JOURNAL_2}")
        if number and header["kind"] != "document":
            raise Rejected(f"transaction {number} of the journal is of a kind that is not known: {header['kind']}")
        chain.append(transaction({**header, **said}, previous.hex(), link["hash"]) if number else {"tx": 0, "hash": link["hash"]})
        former = said["former"] or former
        previous = bytes.fromhex(link["hash"])
    before = [{**it, "hash": former[it["tx"]], "previous": former[it["tx"] - 1]} if it["tx"] < len(former) else it for it in chain]
    return chain, before


def check_lost(number, header, right, digits):
    """A lost transaction has the hash that it had: the next one, or its root, shows whether it is right."""
    if header["tx"] != number or right != digits:
        raise Rejected(f"transaction {number} of the journal is broken")


def lost(header, previous, digits):
    """What is in the place of a lost transaction: a source that states nothing."""
    if header["tx"] == 0:
        return {"tx": 0, "hash": digits}
    name = sha(b"tierbook: a lost transaction ", bytes.fromhex(digits)).hex()
    source = {"id": name[:12], "sha256": name, "file": "", "title": "lost", "published_at": header["recorded_at"], "precision": "recorded"}
    said = {"tx": header["tx"], "recorded_at": header["recorded_at"], "source": source, "published_by": "lost", "rules": [],
            "statements": [], "withdrawals": [], "findings": []}
    return transaction(said, previous, digits)


def read_frame(number, link, lines, stored):
    """What a frame records, in the form of format 1, and its leaves."""
    own = stored[number] = Record(fragments=[], tables=[])
    bases = [stored[base["tx"]] for base in link["bases"]] + [own]
    said = {"statements": [], "listings": [], "listings_by_currency": [], "withdrawals": [], "findings": [], "former": None}
    leaves, placed, text, tables = [leaf(lines[0])], [], bytearray(), {}
    for base in bases:
        tables.update(base.tables)
    def state(statement):
        start = statement["span"][0]
        def rule(it):
            return {"id": tables[it["table"]][0], "cells": [[[start + a, start + b] for a, b in row] for row in it["cells"]]}
        said["statements"].append({**statement, "claim": moved(statement["claim"], rule)})
    for line in lines[1:]:
        (kind, part), = parsed(line).items()
        if kind == "table":
            own.tables.append((hashlib.sha256(line[9:-1]).hexdigest(), (rule_id(part), part)))
            tables.update(own.tables[-1:])
        elif kind == "fragment":
            own.fragments.append(part)
        elif kind == "document":
            for piece in part:
                if isinstance(piece, str):
                    text += piece.encode()
                    continue
                base, first, count, between = piece
                for place, fragment in enumerate(bases[base].fragments[first:first + count]):
                    text += between.encode() if place else b""
                    start = len(text)
                    text += fragment["text"].encode()
                    placed.append((fragment, [start, len(text)]))
        elif kind == "sightings":
            for fragment, span in placed[:part["count"]]:
                claim = {"sighting": {"seen_at": part["seen_at"], "rule": fragment["rule"]}}
                statement = {"subject": fragment["subject"], "claim": claim, "span": span}
                leaves.append(leaf(compact({"statement": statement})))
                state(statement)
            del placed[:part["count"]]
        elif kind == "lost_document":
            text = None
        elif kind != "table_of":
            leaves.append(leaf(line))
            if kind == "statement":
                state(part)
            elif kind == "former":
                said["former"] = part["hashes"]
            else:
                said["listings_by_currency" if kind == "listing_by_currency" else kind + "s"].append(part)
    if number and text is not None and hashlib.sha256(text).hexdigest() != parsed(lines[0])["text_sha256"]:
        raise Rejected(f"the document of transaction {number} does not have its hash")
    said["rules"] = [{"id": name, "rule": rule} for name, rule in tables.values()]
    return said, leaves


def read_lines(path):
    chain, previous = [], "0" * 64
    for number, line in enumerate(open(path, "rb")):
        if not line.endswith(b"}\n"):
            break  # it was never acknowledged: its line has no end
        digits, text = line[9:73].decode("ascii", "replace"), line[89:-2]
        # Of a lost transaction the hash is that of what was lost; what is there has a checksum of its own.
        is_lost = text.startswith(b'{"tx":%d,"kind":"lost",' % number)
        hashed = digits.encode() + text[:-76] if is_lost else previous.encode() + text
        if (line[:9] != b'{"hash":"' or line[73:89] != b'","transaction":'
                or not text.startswith(b'{"tx":%d,' % number)
                or hashlib.sha256(hashed).hexdigest() != (text[-66:-2].decode("ascii", "replace") if is_lost else digits)):
            raise Rejected(f"transaction {number} of the journal is broken")
        said = parsed(text)
        if is_lost:
            chain.append(lost(said, previous, digits))
            previous = digits
            continue
        if number == 0 and said.get("format") != JOURNAL:
            raise Rejected(f"the format of the journal is not {JOURNAL}")
        chain.append(transaction(said, previous, digits) if number else {"tx": 0, "hash": digits})
        previous = digits
    return chain


def transaction(said, previous, digits):
    by_subject = defaultdict(list)
    for ordinal, statement in enumerate(said["statements"], 1):
        by_subject[statement["subject"]].append((ordinal, statement))
    observes = bool(said["statements"]) and all("sighting" in it["claim"] for it in said["statements"])
    return {**{field: said[field] for field in ("tx", "recorded_at", "source", "findings", "withdrawals")},
            "previous": previous, "hash": digits, "observes": observes,
            "published_by": said.get("published_by", "not_stored"), "listings": said.get("listings", []) + said.get("listings_by_currency", []),
            "by_subject": by_subject, "rules": {it["id"]: it["rule"] for it in said["rules"]},
            "statements": said["statements"]}


def recorded_in(certificate):
    """What a certificate says is recorded, where the journal was not given."""
    lines = {}
    for it in certificate["transactions"]:
        lines[it["tx"]] = {**it, "by_subject": defaultdict(list), "rules": {}, "listings": [], "findings": [],
                           "withdrawals": []}
    for piece in certificate["evidence"]:
        line, said = lines[piece["tx"]], piece["says"]
        if piece["kind"] == "statement":
            stated = (int(piece["statement"].split(".")[1]), said)
            if stated not in line["by_subject"][said["subject"]]:  # one of a token or a class answers for several
                line["by_subject"][said["subject"]].append(stated)
            placed = next(iter(said["claim"].values())).get("rule")
            if placed:
                line["rules"][placed["id"]] = piece["rule"]
        else:
            listed = line[piece["kind"] + "s"]
            if piece["kind"] != "listing" or said not in listed:  # one snapshot may lack several subjects
                listed.append(said)
    return [lines[tx] for tx in sorted(lines)]


def difference(given, right, path="certificate"):
    if isinstance(given, dict) and isinstance(right, dict):
        for field in sorted(given.keys() | right.keys()):
            if field not in given or field not in right:
                return f"{path}.{field} is {'missing' if field in right else 'not part of it'}"
            if dumped(given[field]) != dumped(right[field]):
                return difference(given[field], right[field], f"{path}.{field}")
    if isinstance(given, list) and isinstance(right, list):
        for place, (one, other) in enumerate(zip(given, right)):
            if dumped(one) != dumped(other):
                return difference(one, other, f"{path}[{place}]")
        return f"{path} has {len(given)} entries, it must have {len(right)}"
    return f"{path} is {json.dumps(given)[:80]}, it must be {json.dumps(right)[:80]}"


def check_proof(certificate):
    """The hashes of the chain from the first evidence up to the head, in which the evidence is by the proof alone."""
    proof, head, stated = certificate["proof"], certificate["head"], certificate["transactions"]
    fields = lambda it, names: isinstance(it, dict) and set(it) == set(names.split())
    if not fields(proof, "transactions evidence roots") or len(proof["transactions"]) != len(stated) \
            or len(proof["evidence"]) != len(certificate["evidence"]):
        raise Rejected("its proof has another form")
    roots, headers = {}, {}
    for it, own in zip(proof["transactions"], stated):
        if not fields(it, "tx header path") or it["tx"] != own["tx"] or type(it["tx"]) is not int:
            raise Rejected("its proof has another form")
        header = it["header"]
        right = {**own, "published_by": header.get("published_by", "not_stored")}
        right.update({name: header[name] for name in ("tx", "recorded_at", "source", "observes")})
        if header["kind"] != "document" or dumped(own) != dumped(right):
            raise Rejected(difference(own, right, f"the proof of transaction {own['tx']}"))
        roots[own["tx"]] = root_by(leaf(compact(header)), 0, header["leaves"], it["path"]), header["leaves"]
        headers[own["tx"]] = header
    for it, piece in zip(proof["evidence"], certificate["evidence"]):
        (root, leaves), says, kind = roots[piece["tx"]], piece["says"], piece["kind"]
        if not fields(it, "place path") or type(it["place"]) is not int:
            raise Rejected("its proof has another form")
        if kind == "statement":
            start = says["span"][0]
            def rule(placed):
                if placed["id"] != rule_id(piece["rule"]):
                    raise Rejected("the id of a rule does not follow from it")
                cells = [[[a - start, b - start] for a, b in row] for row in placed["cells"]]
                return {"table": hashlib.sha256(compact(piece["rule"])).hexdigest(), "cells": cells}
            says = {**says, "claim": moved(says["claim"], rule)}
        line = compact({"listing_by_currency" if kind == "listing" and "currencies" in says else kind: says})
        is_statement = 0 < it["place"] <= headers[piece["tx"]]["statements"]
        named = int(piece["statement"].split(".")[1]) if kind == "statement" else None
        if is_statement != (kind == "statement") or (is_statement and it["place"] != named) \
                or root_by(leaf(line), it["place"], leaves, it["path"]) != root:
            raise Rejected(f"a {kind} of transaction {piece['tx']} is not in the chain as it is said")
    if not stated:
        if proof["roots"]:
            raise Rejected("its proof has another form")
        return []
    first, passed = stated[0]["tx"], []
    if any(one["tx"] >= other["tx"] for one, other in zip(stated, stated[1:])) or len(proof["roots"]) != head["tx"] - first + 1:
        raise Rejected("its proof has another form")
    hashed, places = stated[0]["previous"], {it["tx"]: it for it in stated}
    for tx, root in enumerate(proof["roots"], first):
        own, before = places.get(tx), hashed
        hashed = sha(bytes.fromhex(before), bytes.fromhex(root)).hex()
        passed.append(hashed)
        if own and (own["previous"] != before or own["hash"] != hashed or roots[tx][0].hex() != root):
            raise Rejected(f"transaction {tx} is not in the chain as it is said")
    if hashed != head["hash"]:
        raise Rejected("its head does not follow from its proof")
    return passed


class Checker:
    def __init__(self, chains, statements_only, published=None):
        self.chains, self.statements_only, self.published, self.made = chains, statements_only, published, {}
        self.chain, self.proven, self.unproven = chains and chains[0], 0, 0

    def check(self, certificate):
        """Raises `Rejected`, or tells whether the answer was recomputed."""
        if not isinstance(certificate, dict) or certificate.get("format") not in (FORMAT, PROVEN):
            raise Rejected(f"its format is not {PROVEN} or {FORMAT}")
        has_proof = certificate["format"] == PROVEN
        if has_proof:
            if self.chains and not self.chains[1]:
                raise Rejected(f"a journal of {JOURNAL} has no proofs")
            passed = check_proof(certificate)
            if self.published and self.published not in passed:
                raise Rejected("the published head is not in the chain from its evidence to its head; where that head is "
                               "earlier, or later, use the journal")
            certificate = {name: value for name, value in certificate.items() if name != "proof"}
            certificate["format"] = FORMAT  # what remains is one without a proof
        # One without a proof was made before a migration, if there was one.
        self.chain = self.chains and (self.chains[0] if has_proof else self.chains[1] or self.chains[0])
        is_recomputed = self.check_content(certificate, has_proof)
        if self.published and not has_proof:
            raise Rejected(f"only {PROVEN} has a proof to compare with a published head; use the journal")
        if has_proof and passed:
            self.proven += 1
        else:
            self.unproven += 1
        return is_recomputed

    def check_content(self, certificate, has_proof):
        query, head = certificate["query"], certificate["head"]
        if self.chain:
            if type(head["tx"]) is not int or not 0 < head["tx"] < len(self.chain):
                raise Rejected("its head is not in the journal")
            right = {field: self.chain[head["tx"]][field] for field in ("tx", "hash", "recorded_at")}
            if dumped(head) != dumped(right):
                raise Rejected(difference(head, right, "head"))
        if self.statements_only or query.split(" ")[0] in OTHER_KINDS:
            self.check_statements(certificate)
            return False
        key = (dumped(head), query, has_proof)
        if self.chain is None or key not in self.made:
            if self.chain:
                world = World(self.chain[1:head["tx"] + 1])
            else:
                claimed = re.search(r";tx=(\d+)", certificate["answer"][0]["address"])
                world = World(recorded_in(certificate), int(claimed[1]))
            right = certificate_of(world, query, head)
            self.made[key] = right, dumped(right)
        right, text = self.made[key]
        if dumped(certificate) != text:
            raise Rejected(difference(certificate, right))
        return True

    def check_statements(self, certificate):
        if self.chain is None:
            return
        last = certificate["head"]["tx"]
        for it in certificate["transactions"]:
            line = self.chain[it["tx"]] if 0 < it["tx"] <= last else {}
            if dumped(it) != dumped({field: line.get(field) for field in it}) or len(it) != 7:
                raise Rejected(f"transaction {it['tx']} is not in the journal as the certificate says")
        for piece in certificate["evidence"]:
            line = self.chain[piece["tx"]] if 0 < piece["tx"] <= last else None
            said = map(dumped, line[piece["kind"] + "s"]) if line else []
            rule = piece.get("rule")
            if dumped(piece["says"]) not in said or (rule and dumped(rule) not in map(dumped, line["rules"].values())):
                raise Rejected(f"a {piece['kind']} of transaction {piece['tx']} is not in the journal as it is said")


def read_certificates(path):
    """Each certificate of a file, or the reason why it cannot be read."""
    text = open(path, encoding="utf-8").read()
    try:
        return [(path, parsed(text))]
    except ValueError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            return [(path, error)]
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append((f"{path}:{number}", parsed(line)))
        except ValueError as error:
            found.append((f"{path}:{number}", error))
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--journal", metavar="JOURNAL", help="the journal of the database, whole")
    arguments.add_argument("--head", metavar="HASH", help="a head that was published: must be in the chain of each proof")
    arguments.add_argument("--statements-only", action="store_true", help="do not recompute answers")
    arguments.add_argument("certificates", nargs="+", metavar="CERTIFICATE")
    given = arguments.parse_args()
    try:
        head = given.head and (re.findall("[0-9a-f]{64}", given.head) or [given.head])[0]
        checker = Checker(given.journal and read_journal(given.journal), given.statements_only, head)
    except (Rejected, OSError, ValueError, LookupError, subprocess.CalledProcessError) as error:
        sys.exit(f"{given.journal}: {error}")
    counts = defaultdict(int)
    for place, certificate in (found for path in given.certificates for found in read_certificates(path)):
        try:
            if isinstance(certificate, ValueError):
                raise certificate
            word = "accepted" if checker.check(certificate) else "statements accepted, its answer was NOT recomputed"
        except Rejected as error:
            word = f"REJECTED: {error}"
        except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
            word = f"REJECTED: it is not formed as a certificate ({type(error).__name__}: {error})"
        counts[word.split(":")[0].split(",")[0]] += 1
        print(f"{place}: {word}")
    say(checker, counts)
    if counts["REJECTED"]:
        sys.exit(1)
    if counts["statements accepted"] and not given.statements_only:
        sys.exit(3)


def say(checker, counts):
    """What is shown for those that were accepted, and what is not."""
    if not counts["accepted"] and not counts["statements accepted"]:
        return
    if checker.chain:
        last = checker.chains[0][-1]
        print("1. The statements are in the chain of the journal as the certificate says; the last transaction of the "
              f"chain is {last['tx']}, {last['hash']}.")
    elif not checker.unproven:
        print("1. The statements are in the chain that ends with the head of the certificate, by its proof; "
              + ("the published head is in it." if checker.published else "compare that head with the one that was published."))
    else:
        print("1. NOT shown, because the journal was not given: that the statements are in its chain"
              f"{f', for {checker.unproven} without a proof' if checker.proven else ''}.")
    if not counts["statements accepted"]:
        print("2. From the statements the answer follows: every field was recomputed.")
    else:
        print(f"2. NOT shown for {counts['statements accepted']}: that the answer follows from the statements.")
    if not checker.chain:
        print("3. NOT shown: that nothing else in the journal concerns these subjects, and that the statements are true.")
    elif counts["statements accepted"]:
        print("3. NOT shown: that nothing else in the journal concerns these subjects, and that the statements are true.")
    else:
        print("3. Nothing else in the journal concerns these subjects: all of it was read. NOT shown: that the head was "
              "published by anybody, and that the documents say what the exchange said.")


if __name__ == "__main__":
    main()
