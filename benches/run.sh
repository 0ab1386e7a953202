#!/usr/bin/env bash
# Makes a demo archive and a Python environment (once), then times graticule beside its peers.
# usage: benches/run.sh [DAYS] [extra arguments of compare.py]
set -euo pipefail
cd "$(dirname "$0")/.."
days="${1:-1000}"; shift || true
archive="target/bench-archive-$days"
venv="benches/.venv"
cargo build --release --quiet -p graticule-cli -p graticule-benches
if [ ! -d "$archive" ]; then
    target/release/graticule demo --days "$days" --dir "$archive.part" --keep >/dev/null
    mv "$archive.part" "$archive"
fi
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet xarray dask flox numbagg netCDF4
fi
command -v cdo >/dev/null || echo "no cdo here: its column stays empty (Debian: apt-get install cdo)"
exec "$venv/bin/python" benches/compare.py "$archive" target/release/scenario "$venv/bin/python" "$@"
