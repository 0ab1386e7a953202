"""Times what is in memory: graticule (public API, kernels alone) beside numpy, xarray (with
numbagg and flox, on one array or on dask chunks), numbagg, and one pass over memory by hand.

usage: kernels.py BINARY [--before OLD_BINARY] [--days N] [--repeat N] [--threads 1,2]
                  [--only NAME,...] [--markdown]

All run interleaved, each in a process that stays, on the same values. Figures are CPU seconds
of all threads, the least of the repeats; `x limit` is graticule / pass, the ratios are
peer / graticule. `wall` columns say what the threads gain.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time

WORKLOADS = ["mean", "mean_f64", "nanmean_time", "nanmean_lat", "nanmean_lon",
             "nanmean_time_f64", "nanmean_lat_f64", "nanmean_lon_f64", "std", "std_f64",
             "scale_mean", "where_mean", "groupby_month", "anomaly_std", "rolling30",
             "quantile90", "vorticity", "vorticity_mean"]
WAYS = ["numpy", "numbagg", "xarray", "dask"]
PLAIN = {"mean", "scale_mean", "where_mean", "vorticity", "vorticity_mean"}


class Server:
    """A process that answers requests line by line."""

    def __init__(self, command, threads):
        env = dict(os.environ)
        for name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
            env[name + "_NUM_THREADS"] = str(threads)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=env)
        self.process.stdout.readline()

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"a server ended at {words}")
        return json.loads(line)


def serve(days, threads):
    """The peers: answers `WAY WORKLOAD`."""
    import warnings

    import dask
    import numbagg
    import numpy as np
    import xarray as xr

    warnings.simplefilter("ignore")
    dask.config.set(scheduler="threads", num_workers=threads)
    shape = (days, 181, 360)
    i = np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(2654435761)
    i = (i ^ (i >> 15)) * np.uint32(2246822519)
    i ^= i >> 13
    plain = ((i >> 8).astype(np.float32) * np.float32(20 / 2**24) + np.float32(10)).reshape(shape)
    gaps = plain.copy()
    gaps[(i % 10 == 0).reshape(shape)] = np.nan
    del i
    wide = gaps.astype(np.float64)
    dates = xr.date_range("2000-01-01", periods=days, freq="D")

    def labelled(a, way):
        x = xr.DataArray(a, dims=("time", "lat", "lon"), coords={"time": dates})
        # 8 MB: about what the guides for dask advise at the least.
        return x.chunk(time=32) if way == "dask" else x

    def run_xarray(name, verb, dim, way):
        x = labelled(wide if name.endswith("_f64") else plain if name in PLAIN else gaps, way)
        if verb == "mean":
            return x.mean()
        if verb == "nanmean":
            return x.mean(dim)
        if verb == "std":
            return x.std()
        if verb == "scale_mean":
            return (x * 1.8 + 32).mean()
        if verb == "where_mean":
            return x.where(x > 15).mean()
        if verb == "groupby_month":
            return x.groupby("time.month").mean()
        if verb == "anomaly_std":
            groups = x.groupby("time.month")
            return (groups - groups.mean()).std("time")
        if verb == "rolling30":
            return x.rolling(time=30).mean()
        if verb == "quantile90":
            return (x.chunk(time=-1, lat=8) if way == "dask" else x).quantile(0.9, "time")
        v, u = x, labelled(gaps, way)
        curl = (v.roll(lon=-1) - v) / 0.5 - (u.roll(lat=-1) - u) / 0.25
        return curl.mean() if verb == "vorticity_mean" else curl

    def run_arrays(name, verb, dim, way):
        x = wide if name.endswith("_f64") else plain if name in PLAIN else gaps
        axis = {"time": 0, "lat": 1, "lon": 2}.get(dim)
        lib = numbagg if way == "numbagg" else None
        if verb in ("mean", "nanmean") and lib:
            return lib.nanmean(x, axis=axis)
        if verb == "mean":
            # The array of single precision has no gaps.
            return x.mean() if x is plain else np.nanmean(x)
        if verb == "nanmean":
            return np.nanmean(x, axis=axis)
        if verb == "std":
            return (lib or np).nanstd(x, **({"ddof": 0} if lib else {}))
        if verb == "scale_mean":
            return lib.nanmean(x * 1.8 + 32) if lib else (x * 1.8 + 32).mean()
        if verb == "where_mean":
            return (lib or np).nanmean(np.where(x > 15, x, np.float32(np.nan)))
        months = dates.month.to_numpy() - 1
        if verb in ("groupby_month", "anomaly_std") and lib:
            means = np.moveaxis(lib.group_nanmean(x, months, axis=0), -1, 0)
            if verb == "groupby_month":
                return means
            return lib.nanstd(x - means[months], axis=0, ddof=0)
        if verb == "rolling30" and lib:
            return lib.move_mean(x, window=30, axis=0)
        if verb == "quantile90":
            return (lib or np).nanquantile(x, 0.9, axis=0)
        if verb.startswith("vorticity") and not lib:
            curl = (np.roll(x, -1, 2) - x) / np.float32(0.5)
            curl -= (np.roll(gaps, -1, 1) - gaps) / np.float32(0.25)
            return np.nanmean(curl) if verb == "vorticity_mean" else curl
        return None

    def split(name):
        verb = name.removesuffix("_f64")
        if verb.startswith("nanmean_"):
            return "nanmean", verb.removeprefix("nanmean_")
        return verb, None

    print(json.dumps({"ready": plain.size}), flush=True)
    for line in sys.stdin:
        way, name, *_ = line.split()
        # The engine of flox on dask is not meant for chunks of one array in memory, but xarray
        # on dask is what an archive is read with.
        run = run_xarray if way in ("xarray", "dask") else run_arrays
        cpu, wall = time.process_time(), time.perf_counter()
        made = run(name, *split(name), way)
        if made is None:
            print("null", flush=True)
            continue
        made = made.compute() if way == "dask" else made
        made = np.asarray(made)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        flat = made.reshape(-1)
        some = flat[::max(flat.size // 1000, 1)].astype(np.float64)
        check = float(some[~np.isnan(some)].sum())
        print(json.dumps(dict(cpu=cpu, wall=wall, check=check)), flush=True)


def measure(servers, name, threads, repeat):
    """The answers of all ways, each with its least CPU and wall seconds."""
    found = {}
    for turn in range(repeat + 1):
        for way in ["limit", "api", "kernel", "before", *WAYS]:
            if way == "kernel" and threads > 1:
                continue
            server = servers.get(way, servers["peers"] if way in WAYS else servers["ours"])
            if server is None:
                continue
            old = found.get(way)
            # The first turn warms up; what takes long is run once more only.
            if way in found and (old is None or (turn > 1 and old["cpu"] > 8)):
                continue
            new = server.ask("api" if way == "before" else way, name, threads)
            if new is None or old is None or turn == 1 or not old:
                found[way] = new
            else:
                old["cpu"] = min(old["cpu"], new["cpu"])
                old["wall"] = min(old["wall"], new["wall"])
    return {way: made for way, made in found.items() if made}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--before", help="an older build of BINARY")
    parser.add_argument("--days", type=int, default=1096)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default=",".join(WORKLOADS))
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    ours = Server([args.binary, str(args.days)], 1)
    before = Server([args.before, str(args.days)], 1) if args.before else None
    columns = ["GB/s", "limit", "api", "kernel", "x limit", "wall", "before", *WAYS, "least"]
    bar, end = ("| ", " |") if args.markdown else ("", "")
    for threads in map(int, args.threads.split(",")):
        theirs = Server([sys.executable, __file__, "--serve", str(args.days), str(threads)],
                        threads)
        print(f"\n{args.days} x 181 x 360 elements, {threads} thread(s)\n")
        print(bar + f"{'workload':<18}" + "".join(f"{bar}{c:>9}" for c in columns) + end)
        if args.markdown:
            print("|---" + "|---:" * len(columns) + "|")
        for name in args.only.split(","):
            made = measure(dict(ours=ours, before=before, peers=theirs), name, threads, args.repeat)
            api, limit = made["api"], made["limit"]
            row = [f"{limit['bytes'] / api['wall'] / 1e9:.1f}", f"{limit['cpu']:.3f}",
                   f"{api['cpu']:.3f}",
                   f"{made['kernel']['cpu']:.3f}" if "kernel" in made else "-",
                   f"{api['cpu'] / limit['cpu']:.2f}", f"{api['wall']:.3f}"]
            ratios = [made[w]["cpu"] / api["cpu"] for w in WAYS if w in made]
            for way in ["before", *WAYS]:
                row.append(f"{made[way]['cpu'] / api['cpu']:.2f}" if way in made else "-")
            row.append(f"{min(ratios):.2f}")
            print(bar + f"{name:<18}" + "".join(f"{bar}{c:>9}" for c in row) + end, flush=True)
            for way in made.keys() - {"limit", "api"}:
                a, b = api["check"], made[way]["check"]
                if abs(a - b) > 1e-4 * max(abs(a), abs(b), 1.0):
                    print(f"  values differ: {a}, {way} {b}")
        theirs.process.stdin.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
