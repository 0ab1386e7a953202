"""The scenarios of the benchmarks in xarray + dask (+ flox), timed inside the process.

usage: peers.py SCENARIO PATTERN [VARIABLE]      prints one JSON line: CPU seconds, peak MB, a check value
"""

import glob
import json
import resource
import sys
import time

import dask
import numpy as np
import xarray as xr

# The fastest settings of xarray that are safe: no comparison of variables, one dimension known.
FAST = dict(combine="nested", concat_dim="time", data_vars="minimal", coords="minimal",
            compat="override", join="override", chunks={})

# The other variable of scenarios of two.
SECOND = "anom"


def scenario(name, ds, var):
    if name == "open":
        return ds.sizes["time"]
    da = ds[var]
    if name == "global_mean":
        return float(da.mean().compute())
    if name == "time_mean":
        return float(da.mean("time").compute().mean())
    if name == "climatology":
        return float(da.groupby("time.month").mean("time").compute().mean())
    if name == "anomaly_std":
        groups = da.groupby("time.month")
        return float((groups - groups.mean("time")).std("time").compute().mean())
    if name == "rolling_mean":
        return float(da.rolling(time=30).mean().mean("time").compute().mean())
    if name == "quantile":
        # The quickest chunks for it: whole lines of some rows.
        da = da.chunk({"time": -1, "lat": 90})
        return float(da.quantile(0.9, "time").compute().mean())
    if name == "quadratic":
        u, v = da, ds[SECOND]
        means = xr.Dataset({"uu": (u * u).mean("time"), "vv": (v * v).mean("time"),
                            "uv": (u * v).mean("time")}).compute()
        return float(means.uu.mean()) + float(means.vv.mean()) + float(means.uv.mean())
    if name == "vorticity":
        u, v = da, ds[SECOND]
        east = v.roll(lon=-1) - v.roll(lon=1)
        north = u.roll(lat=-1) - u.roll(lat=1)
        return float((east - north).mean("time").compute().mean())
    if name == "point":
        series = da.sel(lat=10.125, lon=200.125, method="nearest")
        return float(series.mean().compute())
    raise SystemExit(f"no scenario {name}")


def main():
    name, pattern, *rest = sys.argv[1:]
    var = rest[0] if rest else "sst"
    dask.config.set(scheduler="threads", num_workers=2)
    files = sorted(glob.glob(pattern))
    import netCDF4  # noqa: F401  (imports are not what is measured)
    if name == "climatology" or name == "anomaly_std":
        import flox.xarray  # noqa: F401
    before, wall = time.process_time(), time.perf_counter()
    ds = xr.open_mfdataset(files, **FAST)
    opened = time.process_time()
    check = scenario(name, ds, var)
    after = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(open=opened - before, total=after - before,
                          wall=time.perf_counter() - wall, peak_mb=peak,
                          check=None if np.isnan(check) else check)))


if __name__ == "__main__":
    main()
