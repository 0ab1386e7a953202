#!/usr/bin/env bash
# Drives the built command as a user would, and checks what it prints, writes and refuses.
# usage: tests/cli.sh PATH_TO_GRATICULE
set -euo pipefail
graticule="$(realpath "$1")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
passed=0

ok() { # ok NAME COMMAND...: succeeds; its output is in ./out
    local name="$1"; shift
    if ! "$@" >out 2>err; then echo "FAILED $name: exit $?"; cat out err; exit 1; fi
    passed=$((passed + 1))
}
refuses() { # refuses NAME TEXT COMMAND...: exit code 1, one readable paragraph that holds TEXT
    local name="$1" text="$2" code=0; shift 2
    "$@" >out 2>err || code=$?
    if [ "$code" != 1 ]; then echo "FAILED $name: exit $code, expected 1"; cat out err; exit 1; fi
    if ! grep -qF -- "$text" err; then echo "FAILED $name: no \"$text\" in:"; cat err; exit 1; fi
    if grep -q "panicked" err; then echo "FAILED $name: it panicked"; cat err; exit 1; fi
    passed=$((passed + 1))
}
shows() { # shows TEXT: the last output holds it
    if ! grep -qF -- "$1" out; then echo "FAILED: no \"$1\" in:"; cat out; exit 1; fi
    passed=$((passed + 1))
}
absent() { # absent FILE: neither it nor a temporary piece of it is left
    if compgen -G "*$1*" >/dev/null || compgen -G ".*$1*" >/dev/null; then
        echo "FAILED: $1 was left behind"; ls -la; exit 1
    fi
    passed=$((passed + 1))
}

ok "demo" "$graticule" demo --days 40 --dir archive --keep
shows "climatology"
ok "info" "$graticule" info 'archive/*.nc'
shows "time = 40 ;"
shows "stored as int16"
ok "info --cf" "$graticule" info 'archive/*.nc' --cf
shows "latitude"
shows "every 1 day"
shows "errors: 0,"
ok "index" "$graticule" index 'archive/*.nc' -o archive.gratidx
shows "40 learned"
ok "index again" "$graticule" index 'archive/*.nc' -o archive.gratidx
shows "40 known"
ok "mean" "$graticule" mean 'archive/*.nc' --over time --var sst -o mean.nc --memory 256MB
ok "mean through the index" "$graticule" mean 'archive/*.nc' --over time --var sst -o mean2.nc --index archive.gratidx
cmp mean.nc mean2.nc || { echo "FAILED: values depend on the index"; exit 1; }
ok "mean, one thread" "$graticule" mean 'archive/*.nc' --over time --var sst -o mean1.nc --memory 1GB --threads 1
cmp mean.nc mean1.nc || { echo "FAILED: bits depend on threads or budget"; exit 1; }
ok "info of a result" "$graticule" info mean.nc
shows "sst"
ok "climatology" "$graticule" climatology 'archive/*.nc' --var sst -o clim.nc --memory 256MB
ok "anomaly" "$graticule" anomaly 'archive/*.nc' --var sst -o anom.nc --memory 256MB
ok "anomaly reopens" "$graticule" mean anom.nc --over time,lat,lon
ok "select" "$graticule" select 'archive/*.nc' --var sst --sel lat=10..20 --sel time=1981-09 -o part.nc
ok "info of the part" "$graticule" info part.nc
shows "lat = 40"
ok "explain" "$graticule" mean 'archive/*.nc' --over time --var sst --explain
shows "peak"
ok "point" "$graticule" select 'archive/*.nc' --var sst --nearest --sel lat=10.1 --sel lon=200.2
ok "std" "$graticule" std 'archive/*.nc' --over time --by time.month --var sst -o std.nc

refuses "a range without labels" "the labels go from 1981-09-01" "$graticule" select 'archive/*.nc' --sel time=1990..1991 -o none.nc
refuses "missing file" "nowhere.nc" "$graticule" info nowhere.nc
refuses "empty pattern" "none*.nc" "$graticule" info 'none*.nc'
echo "this is no data" >text.nc
refuses "not a NetCDF file" "text.nc" "$graticule" info text.nc
first="$(ls archive/*.nc | head -n 1)"
head -c 30000 "$first" >short.nc
refuses "truncated file" "short.nc" "$graticule" mean short.nc --over time -o truncated-out.nc
absent truncated-out
mkdir corrupt && cp archive/*0[1-5].nc corrupt/
bad="$(ls corrupt/*.nc | tail -n 1)"
size="$(stat -c %s "$bad")"
printf 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' |
    dd of="$bad" bs=1 seek=$((size / 4)) conv=notrunc status=none
refuses "corrupt chunk" "$(basename "$bad")" "$graticule" mean 'corrupt/*.nc' --over time -o corrupt-out.nc
absent corrupt-out
refuses "unknown variable" "did you mean \"sst\"" "$graticule" mean 'archive/*.nc' --var sstt
refuses "unknown dimension" "did you mean \"time\"" "$graticule" mean 'archive/*.nc' --over tiem
refuses "label out of range" "95" "$graticule" select 'archive/*.nc' --sel lat=95.0
mkdir mixed && cp "$first" mixed/a.nc && cp part.nc mixed/b.nc
refuses "files that disagree" "b.nc" "$graticule" mean 'mixed/*.nc' --over time
refuses "unwritable output" "no/such/folder" "$graticule" mean 'archive/*.nc' --var sst -o no/such/folder/out.nc
refuses "unknown command" "mena" "$graticule" mena x.nc

echo "$passed passed, 0 failed"
