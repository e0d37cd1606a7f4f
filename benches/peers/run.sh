#!/bin/bash
# tierbook beside the peers of ../shared/peers, in one command: copies the yardstick to target/peers, adds our
# driver, builds what can be built, checks that all answers agree, times, and prints the table with the ratios of
# tierbook against each peer.
#
#   benches/peers/run.sh                        everything: about 2 h, a quiet machine
#   benches/peers/run.sh --quick                one repetition, 30 minutes
#   benches/peers/run.sh --quick --sets real --peers sqlite-rs,redb,limit-1t,tierbook
#   benches/peers/run.sh --table                the table again, from the last run
#
# Other arguments go to its bench.py. YARDSTICK=FOLDER is where the yardstick is, if not ../shared/peers. A peer that
# cannot be built here is named and left out; SKIP_COZO=1 leaves out the one that takes nine minutes to build.
set -euo pipefail
repo=$(cd "$(dirname "$0")/../.." && pwd)
work=$repo/target/peers
skipped=()

skip() { # peers (a pattern of their names), why
  echo "-- not run: $1 ($2)" >&2
  skipped+=("$1")
}

built() { # a folder and cargo's arguments; its output is kept
  (cd "$1" && cargo build --release --quiet "${@:2}") 2>"$work/build.log" || { tail -3 "$work/build.log" >&2; return 1; }
}

prepare() {
  local yardstick=${YARDSTICK:-}
  for place in "$repo/../shared/peers" "$repo/shared/peers"; do
    [ -n "$yardstick" ] || { [ -f "$place/bench.py" ] && yardstick=$place; } || true
  done
  [ -n "$yardstick" ] || { echo "the yardstick is not in ../shared/peers; set YARDSTICK" >&2; exit 1; }
  mkdir -p "$work"
  cp -r --no-preserve=mode "$yardstick/." "$work/"
  chmod +x "$work"/*.sh "$work"/*.py
  cp "$repo/benches/peers/ratios.py" "$work/"
  if [ ! -x "$work/.venv/bin/python" ]; then
    python3 -m venv "$work/.venv" || { echo "Python's venv is needed (apt-get install python3-venv)" >&2; exit 1; }
  fi
  # numpy makes the data sets; without the others only their peers are left out.
  "$work/.venv/bin/pip" -q install -r "$work/requirements.txt" \
    || "$work/.venv/bin/pip" -q install "$(grep '^numpy' "$work/requirements.txt")"
}

build() {
  for peer in "sqlite sqlite-(rs|snap)" "kv sled|redb" "limit limit-.*" "minigraf-peer minigraf"; do
    built "$work/rust" -p "${peer%% *}" || skip "${peer#* }" "it cannot be built"
  done
  if [ -n "${SKIP_COZO:-}" ]; then skip "cozo-(sqlite|sled)" "SKIP_COZO is set"
  else built "$work/rust/cozo" || skip "cozo-(sqlite|sled)" "it cannot be built"; fi
  CARGO_TARGET_DIR=$work/driver built "$repo/benches/peers" || { echo "our driver cannot be built" >&2; exit 1; }
  for module in duckdb:duckdb polars:polars pandas:pandas numpy:numpy pycozo:cozo-py-.* psycopg:postgres-.*; do
    "$work/.venv/bin/python" -c "import ${module%%:*}" 2>/dev/null \
      || skip "${module#*:}" "Python's ${module%%:*} cannot be installed"
  done
  if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! apt-get install -y -qq postgresql >/dev/null 2>&1; then
    skip "postgres-.*" "PostgreSQL cannot be installed"
  elif ! "$work/pg.sh" start 2>"$work/build.log"; then
    skip "postgres-.*" "its cluster does not start: $(tail -1 "$work/build.log")"
  else
    "$work/pg.sh" stop
  fi
}

# Ours is the last row; what cannot run is taken out.
add_peer() {
  SKIPPED=$(IFS='|'; echo "${skipped[*]:-}") python3 - "$work/bench.py" <<'PYTHON'
import os, re, sys
path = sys.argv[1]
text = open(path).read()
end = "]\nONCE = {"
assert text.count(end) == 1
text = text.replace(end, '    ("tierbook", ["driver/release/tierbook-peer", "tierbook"], "real deep wide"),\n' + end)
skipped = os.environ["SKIPPED"]
if skipped:
    lines = text.split("\n")
    name = lambda line: re.match(r'    \("([^"]+)", \[', line)
    text = "\n".join(l for l in lines if not (name(l) and re.fullmatch(skipped, name(l)[1])))
open(path, "w").write(text)
PYTHON
}

if [ "${1:-}" != --table ]; then
  prepare
  build
  add_peer
  cd "$work"
  for set in real deep wide; do
    [ -f "data/$set/meta.json" ] || .venv/bin/python prepare.py "$set"
  done
  [[ " $* " == *" --sets"* ]] || set -- --sets real,deep,wide "$@"
  .venv/bin/python bench.py "$@"
fi
cd "$work"
python3 ratios.py
echo "load of the machine now: $(cut -d' ' -f1-3 /proc/loadavg); $(date -u '+%Y-%m-%d %H:%M UTC')"
if [ ${#skipped[@]} -gt 0 ]; then echo "not run: ${skipped[*]}"; fi
