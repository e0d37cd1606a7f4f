#!/usr/bin/env bash
# Measures `tierbook serve`: requests a second and their times, with wrk (Debian's package), on a database of everything in
# ../shared. Each request asks for the brackets of one contract, at random, now and at other times. With a number of minutes
# the same goes on for that long while documents are loaded all the time, and the memory of the server is printed before and after.
#   benches/serve.sh [MINUTES]
# Server and load are on this machine: the load is printed too. $TIERBOOK_BIN names a program that is built, $TIERBOOK_DB a database.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-0}
place=$(mktemp -d)
server=
loads=
stop() {
  for process in $server $loads; do kill "$process" 2>/dev/null || true; done
  rm -rf "$place"
}
trap stop EXIT
command -v wrk >/dev/null || { apt-get update -qq && apt-get install -y -qq wrk; }
if [ -z "${TIERBOOK_BIN:-}" ]; then
  cargo build --release --locked --quiet
  TIERBOOK_BIN=${CARGO_TARGET_DIR:-target}/release/tierbook
fi
if [ -z "${TIERBOOK_DB:-}" ]; then
  export TIERBOOK_DB=$place/db
  "$TIERBOOK_BIN" load seed >/dev/null 2>&1
  for folder in announcements announcements-more exchange; do
    [ ! -d "../shared/$folder" ] || "$TIERBOOK_BIN" load --recursive "../shared/$folder" >/dev/null 2>&1 || true
  done
fi

"$TIERBOOK_BIN" serve --listen 127.0.0.1:0 >"$place/address" 2>"$place/log" &
server=$!
until grep -q http "$place/address"; do sleep 0.1; done
address=$(sed 's/listening on //' "$place/address")

# The contracts that have a rule now, and a script that asks for one of them.
curl -s "$address/fapi/v1/exchangeInfo" | grep -o '"symbol":"[A-Z0-9_]*"' | cut -d'"' -f4 >"$place/symbols"
script() {
  {
    echo "local symbols = {"
    sed 's/.*/"&",/' "$place/symbols"
    echo "}"
    echo "math.randomseed(7)"
    echo "request = function() return wrk.format('GET', '$1/fapi/v1/leverageBracket?symbol=' .. symbols[math.random(#symbols)]) end"
  } >"$place/ask.lua"
}
memory() { awk '/VmRSS/ { print int($2 / 1024) " MB" }' "/proc/$server/status"; }
measure() {
  echo "== $1 ($(wc -l <"$place/symbols") contracts, load $(cut -d' ' -f1 /proc/loadavg), $(nproc) cores, memory $(memory))"
  wrk -t1 -c16 -d"$2" --latency -s "$place/ask.lua" "$address" | grep -E '50%|75%|90%|99%|Requests/sec|Non-2xx|Socket errors' || true
}

script ""
measure "one contract, warming up" 5s
measure "one contract, now" 15s
script "/as-of/2026-02-07"
measure "one contract, as of another time" 15s
script "/as-of/2026-02-07/known-at/2026-02-04"
measure "one contract, as of another time, as known at a third" 15s
if [ "$minutes" != 0 ]; then
  # A document a second, each about another contract at another time.
  (
    set +e
    number=0
    while sleep 1; do
      number=$((number + 1))
      symbol=$(sed -n "$((number % $(wc -l <"$place/symbols") + 1))p" "$place/symbols")
      stamp=$(date -u -d "2027-01-01 + $number minutes" +%Y%m%dT%H%M%SZ)
      cat >"$place/seen-$stamp.json" <<JSON
[{"symbol":"$symbol","brackets":[{"bracket":1,"initialLeverage":20,"notionalCap":100000,"notionalFloor":0,"maintMarginRatio":0.02$((number % 9 + 1)),"cum":0.0}]}]
JSON
      "$TIERBOOK_BIN" load "$place/seen-$stamp.json" >/dev/null 2>&1
      rm -f "$place/seen-$stamp.json"
    done
  ) &
  loads=$!
  script ""
  for minute in $(seq "$minutes"); do measure "minute $minute, a load a second" 60s; done
  curl -s "$address/metrics" | grep -E '^tierbook_(head_tx|snapshots_total)'
fi
echo "memory at the end: $(memory); requests logged: $(wc -l <"$place/log")"
