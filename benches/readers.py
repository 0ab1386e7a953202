"""Times reading netCDF-4 below the data model beside the C libraries, interleaved in one run.

usage: readers.py FOLDER READER_BINARY [--repeat N] [--files N]

Peers are netCDF4-python and h5py and, where the binary was built with the feature `libnetcdf`, the
crates netcdf and hdf5-metno. Makes its files in FOLDER once. Figures are CPU seconds of the reading
thread, the least of the repeats (other work on the machine can only add to them); ratios are to the
fastest peer. Ends with the targets, and exits with 1 if one was missed.
"""

import argparse
import json
import os
import struct
import subprocess
import sys
import time

import h5py
import netCDF4
import numpy as np

FIELD = (24, 720, 1440)
TINY = 100_000
PEERS = ["netCDF4-python", "h5py", "netcdf", "hdf5-metno"]


def make_small(path, time_value):
    """A file of 8 variables and 70 attributes, as daily archives have them."""
    with netCDF4.Dataset(path, "w") as f:
        for name, n in (("time", None), ("zlev", 1), ("lat", 720), ("lon", 1440)):
            f.createDimension(name, n)
        for i in range(6):
            f.setncattr(f"global{i}", "text of some length that tells what this is")
        for name in ("time", "zlev", "lat", "lon"):
            f.createVariable(name, "f4", (name,))
        for name in ("sst", "anom", "err", "ice"):
            f.createVariable(name, "i2", ("time", "zlev", "lat", "lon"), zlib=True, fill_value=-999)
        for v in f.variables.values():
            for i in range(8 if v.ndim == 1 else 7):
                v.setncattr(f"attribute{i}", ["degrees", 0.01, np.int16(4)][i % 3])
        f["time"][:] = [time_value]
        f["sst"][:] = 1


def make_archive(folder, n):
    """`n` names of a hundred files."""
    archive = os.path.join(folder, f"archive-{n}")
    if not os.path.exists(archive):
        os.makedirs(archive)
        for day in range(min(n, 100)):
            make_small(os.path.join(archive, f"{day:05}.nc"), float(day))
        for link in range(100, n):
            os.link(os.path.join(archive, f"{link % 100:05}.nc"), os.path.join(archive, f"{link:05}.nc"))
    return os.path.join(archive, "*.nc")


def make(folder):
    """The files, and the packed chunks of two variables for the limit."""
    chance = np.random.default_rng(7)
    smooth = np.cumsum(np.cumsum(chance.normal(size=FIELD), 1), 2) / 50
    many = os.path.join(folder, "metadata.nc")
    if not os.path.exists(many):
        make_small(many, 1.0)
    fields = os.path.join(folder, "fields.nc")
    if not os.path.exists(fields):
        with netCDF4.Dataset(fields, "w") as f:
            for name, n in zip(("time", "lat", "lon"), FIELD):
                f.createDimension(name, n)
            packed = dict(zlib=True, complevel=4, shuffle=True, chunksizes=(1, 720, 1440))
            f.createVariable("int16", "i2", ("time", "lat", "lon"), **packed)[:] = smooth.clip(-3e4, 3e4)
            f.createVariable("float32", "f4", ("time", "lat", "lon"), **packed)[:] = smooth.round(1)
            f.createVariable("contiguous", "f4", ("time", "lat", "lon"))[:] = smooth
    tiny = os.path.join(folder, "tiny.h5")
    if not os.path.exists(tiny):
        with h5py.File(tiny, "w") as f:
            f.create_dataset("plain", data=np.arange(1_000_000, dtype="i4"), chunks=(10,))
            f.create_dataset("packed", data=np.arange(1_000_000, dtype="i4"), chunks=(10,), compression="gzip")
    for name in ("int16", "float32"):
        path = os.path.join(folder, name + ".chunks")
        if not os.path.exists(path):
            with h5py.File(fields) as f, open(path, "wb") as out:
                for time_step in range(FIELD[0]):
                    _, chunk = f[name].id.read_direct_chunk((time_step, 0, 0))
                    out.write(struct.pack("<I", len(chunk)) + chunk)
    return many, fields, tiny


def ours(binary, *words):
    out = subprocess.run([binary, *map(str, words)], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


def spent(work, times):
    before = time.thread_time()
    for _ in range(times):
        work()
    return (time.thread_time() - before) / times


def netcdf4_metadata(path):
    with netCDF4.Dataset(path) as f:
        for owner in [f, *f.variables.values()]:
            for name in owner.ncattrs():
                owner.getncattr(name)


def h5py_metadata(path):
    with h5py.File(path) as f:
        for owner in [f, *f.values()]:
            for name in owner.attrs:
                if name not in ("DIMENSION_LIST", "REFERENCE_LIST"):
                    owner.attrs[name]


def netcdf4_read(path, name):
    with netCDF4.Dataset(path) as f:
        f.set_auto_maskandscale(False)
        f[name][:]


def h5py_read(path, name):
    with h5py.File(path) as f:
        f[name][()]


def measures(args, many, fields, tiny, archive):
    """For each row, what measures us, each peer, and the limit."""
    run = lambda *words: ours(args.binary, *words)  # noqa: E731
    bound = "libnetcdf" if subprocess.run([args.binary, "netcdf-metadata", "0", many],
                                          capture_output=True).returncode == 0 else None
    peer = lambda *words: (lambda: run(*words)["cpu"]) if bound else None  # noqa: E731
    index = os.path.join(args.folder, f"archive-{args.files}.gratidx")
    rows = {
        "metadata": {
            "graticule": lambda: run("metadata", 300, many)["cpu"],
            "netCDF4-python": lambda: spent(lambda: netcdf4_metadata(many), 20),
            "h5py": lambda: spent(lambda: h5py_metadata(many), 20),
            "netcdf": peer("netcdf-metadata", 50, many),
            "hdf5-metno": peer("hdf5-metadata", 50, many),
        },
        "index": {"graticule": lambda: run("index", 5, archive, index)["cpu"]},
    }
    for path, name in ((fields, "int16"), (fields, "float32"), (fields, "contiguous"),
                       (tiny, "plain"), (tiny, "packed")):
        row = {
            "graticule": lambda p=path, n=name: run("read", 3, p, n)["cpu"],
            "h5py": lambda p=path, n=name: spent(lambda: h5py_read(p, n), 1),
            "hdf5-metno": peer("hdf5-read", 1, path, name),
        }
        if path == fields:
            row["netCDF4-python"] = lambda p=path, n=name: spent(lambda: netcdf4_read(p, n), 1)
            row["netcdf"] = peer("netcdf-read", 1, path, name)
        if name in ("int16", "float32"):
            element = 2 if name == "int16" else 4
            chunks = os.path.join(args.folder, name + ".chunks")
            row["limit"] = lambda c=chunks, e=element: run("limit", 3, c, e, 720 * 1440 * e)["cpu"]
            row["two threads"] = lambda n=name: run("read", 3, fields, n, 2)
        rows[name] = row
    return rows


def table(best):
    columns = ["graticule", *PEERS, "limit"]
    print(f"| {'CPU time':<12} | " + " | ".join(f"{c:>14}" for c in columns) + " |  ratio |")
    print("| --- |" + " ---: |" * (len(columns) + 1))
    for name, row in best.items():
        cells = [f"{row[c] * 1e3:>11.4f} ms" if c in row else f"{'-':>14}" for c in columns]
        peers = [row[c] for c in PEERS if c in row]
        ratio = f"{min(peers) / row['graticule']:.2f}" if peers else "-"
        print(f"| {name:<12} | " + " | ".join(cells) + f" | {ratio:>6} |")


def targets(best, two):
    """What was asked for: name, figure, bound, whether less is better."""
    of = lambda name: best[name]["graticule"]  # noqa: E731
    fastest = lambda name: min(best[name][c] for c in PEERS if c in best[name])  # noqa: E731
    yield "metadata, ms a file", of("metadata") * 1e3, 0.25, True
    yield "metadata through an index, us a file", of("index") * 1e6, 10, True
    for name in ("int16", "float32"):
        yield f"{name}: fastest peer / graticule", fastest(name) / of(name), 2.5, False
        yield f"{name}: graticule / limit", of(name) / best[name]["limit"], 1.25, True
        yield f"{name}: CPU of two threads / one", two[name]["cpu"] / of(name), 1.1, True
        yield f"{name}: busier thread / mean", two[name]["balance"], 1.15, True
    for name in ("plain", "packed"):
        yield f"{name} tiny chunks, us each", of(name) / TINY * 1e6, 3, True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("binary")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--files", type=int, default=11_000)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    rows = measures(args, *make(args.folder), make_archive(args.folder, args.files))
    best, two = {name: {} for name in rows}, {}
    for _ in range(args.repeat):
        for name, row in rows.items():
            for who, work in row.items():
                if work is None:
                    continue
                found = work()
                if who == "two threads":
                    if name not in two or found["cpu"] < two[name]["cpu"]:
                        two[name] = found
                else:
                    best[name][who] = min(best[name].get(who, found), found)
    table(best)
    missed = 0
    print(f"\n| {'target':<40} |  found | bound |      |")
    print("| --- | ---: | ---: | --- |")
    for what, found, bound, at_most in targets(best, two):
        good = found <= bound if at_most else found >= bound
        missed += not good
        sign = "<=" if at_most else ">="
        print(f"| {what:<40} | {found:>6.3f} | {sign} {bound} | {'' if good else 'MISS':<4} |")
    print(f"\n{missed} missed" if missed else "\nall reached")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
