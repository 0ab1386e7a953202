#!/usr/bin/env bash
# Files of ours in other people's libraries, and theirs in ours; makes a Python environment for it.
# usage: tests/interop.sh GRATICULE FOLDER_OF_THE_ENVIRONMENT
set -euo pipefail
command="$(realpath "$1")"
venv="$2"
here="$(cd "$(dirname "$0")" && pwd)"
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c "import xarray, netCDF4, h5py" 2>/dev/null; then
    if ! { python3 -m venv "$venv" &&
        "$venv/bin/pip" install --quiet --disable-pip-version-check xarray netCDF4 h5py hdf5plugin cftime; } \
        >/dev/null 2>&1; then
        echo "SKIPPED: no Python environment with xarray, netCDF4 and h5py could be made"
        exit 0
    fi
fi
python="$(cd "$venv/bin" && pwd)/python"
"$python" "$here/interop.py" "$command"
cd "$here/.."
GRATICULE_PYTHON="$python" cargo test -p graticule-hdf5 --test interop --test foreign --test random --quiet
