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
older=()
# Libraries of 2017 (4.4.1.1), 2019 (4.6.3), 2021 (4.7.4) and 2023 (4.9.1), out of wheels for Linux.
if [ "$(uname -sm)" = "Linux x86_64" ] && "$python" "$here/older.py" --wheels "$venv/older" "$venv/bin/pip" 2>/dev/null; then
    older=("$venv/older")
else
    echo "SKIPPED: no wheels with older releases of netCDF-C"
fi
"$python" "$here/interop.py" "$command" "${older[@]}"
cd "$here/.."
GRATICULE_PYTHON="$python" cargo test -p graticule-hdf5 --test interop --test foreign --test random --quiet
