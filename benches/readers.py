"""Times reading netCDF-4 below the data model beside netCDF4-python and h5py, interleaved.

usage: readers.py FOLDER READER_BINARY [--repeat N]

Makes its files in FOLDER once. Figures are CPU seconds of the reading thread, the least of the
repeats (other work on the machine can only add to them); ratios are peer / graticule.
"""

import argparse
import json
import os
import struct
import subprocess
import time

import h5py
import netCDF4
import numpy as np

FIELD = (24, 720, 1440)


def make(folder):
    """The four files, and the packed chunks of two variables for the limit."""
    chance = np.random.default_rng(7)
    smooth = np.cumsum(np.cumsum(chance.normal(size=FIELD), 1), 2) / 50
    many = os.path.join(folder, "metadata.nc")
    if not os.path.exists(many):
        with netCDF4.Dataset(many, "w") as f:
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
            f["time"][:] = [1.0]
            f["sst"][:] = 1
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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("binary")
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    many, fields, tiny = make(args.folder)
    run = lambda *words: ours(args.binary, *words)  # noqa: E731
    rows = {"metadata": [lambda: run("metadata", 300, many)["cpu"],
                         lambda: spent(lambda: netcdf4_metadata(many), 20),
                         lambda: spent(lambda: h5py_metadata(many), 20)]}
    for path, name in ((fields, "int16"), (fields, "float32"), (fields, "contiguous"),
                       (tiny, "plain"), (tiny, "packed")):
        row = [lambda p=path, n=name: run("read", 3, p, n)["cpu"],
               lambda p=path, n=name: spent(lambda: netcdf4_read(p, n), 1),
               lambda p=path, n=name: spent(lambda: h5py_read(p, n), 1)]
        if path == tiny:
            row[1] = None
        if name in ("int16", "float32"):
            size = 720 * 1440 * (2 if name == "int16" else 4)
            chunks = os.path.join(args.folder, name + ".chunks")
            row.append(lambda c=chunks, s=size, e=2 if name == "int16" else 4:
                       run("limit", 3, c, e, s)["cpu"])
        rows[name] = row
    best = {name: [float("inf")] * len(row) for name, row in rows.items()}
    for _ in range(args.repeat):
        for name, row in rows.items():
            for i, work in enumerate(row):
                if work is not None:
                    best[name][i] = min(best[name][i], work())
    print(f"{'':<12}{'graticule':>12}{'netCDF4':>12}{'h5py':>12}{'limit':>12}   ratios")
    for name, row in best.items():
        cells = [f"{t * 1e3:>9.3f} ms" if t < 1e9 else f"{'-':>12}" for t in row]
        ratios = [f"{t / row[0]:.2f}" if t < 1e9 else "-" for t in row[1:]]
        print(f"{name:<12}{''.join(cells):<48}   {' '.join(ratios)}")
    chunks = 100_000
    print(f"per tiny chunk: {best['plain'][0] / chunks * 1e6:.2f} us plain, "
          f"{best['packed'][0] / chunks * 1e6:.2f} us packed")
    for name in ("int16", "float32"):
        one = min(run("read", 3, fields, name, 1)["cpu"] for _ in range(args.repeat))
        two = min((run("read", 3, fields, name, 2) for _ in range(args.repeat)), key=lambda r: r["cpu"])
        print(f"{name}, two threads: {two['cpu'] / one:.2f} times the CPU of one, "
              f"the busier at {two['balance']:.2f} of the mean")


if __name__ == "__main__":
    main()
