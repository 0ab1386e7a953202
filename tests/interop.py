"""Files that graticule writes, as xarray, netCDF4-python and ncdump read them.

usage: interop.py GRATICULE [OLDER]     with a Python that has xarray and netCDF4

OLDER is a folder of older C libraries that `older.py` has fetched: they must read the same.
"""

import glob

import pathlib
import shutil
import subprocess
import sys
import tempfile

import netCDF4
import numpy as np
import xarray as xr

import older


def packed():
    rng = np.random.default_rng(0)
    values = np.round(rng.normal(280, 10, (12, 3, 4)), 2)
    values[0, 0, 0] = np.nan
    time = xr.date_range("2001-01-01", periods=12, freq="MS", calendar="noleap", use_cftime=True)
    ds = xr.Dataset(
        {"t": (("time", "lat", "lon"), values, {"units": "K", "standard_name": "air_temperature"})},
        {"time": time, "lat": [10.0, 20.0, 30.0], "lon": [0.0, 90.0, 180.0, 270.0]},
        {"title": "packed", "numbers": np.array([1, 2, 3], "int16")},
    )
    packing = dict(dtype="int16", scale_factor=0.01, add_offset=280.0, _FillValue=-32768, zlib=True)
    return ds, {"t": packing, "time": dict(units="days since 1850-01-01")}


def kinds():
    ds = xr.Dataset(
        {
            "i1": ("x", np.array([-1, 0, 1], "int8")),
            "u8": ("x", np.array([0, 1, 2**63 + 1], "uint64")),
            "f4": ("x", np.array([0.1, np.nan, np.inf], "float32")),
            "s": ("x", np.array(["a", "bc", "déf"], dtype=object)),
            "flag": ("x", np.array([True, False, True])),
            "lone": ((), 5.0),
        },
        {"x": [1, 2, 3], "where": ("x", np.array(["n", "s", "e"], dtype=object))},
    )
    return ds, {}


def classic():
    return packed()[0], {}


CASES = {"packed": (packed, "NETCDF4"), "kinds": (kinds, "NETCDF4"), "classic": (classic, "NETCDF3_CLASSIC")}


def raw(path):
    """Stored values and attributes, as netCDF4-python has them."""
    out = {}
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        out[""] = {k: np.array(file.getncattr(k)).tolist() for k in file.ncattrs()}
        for name, var in file.variables.items():
            attrs = {k: np.array(var.getncattr(k)).tolist() for k in var.ncattrs()}
            out[name] = (var.dtype, var.dimensions, np.array(var[...]).tolist(), attrs)
    return out


def same(a, b):
    return repr(a) == repr(b)


def main():
    graticule = sys.argv[1]
    folder = pathlib.Path(tempfile.mkdtemp())
    checked = 0
    written = []
    for name, (make, form) in CASES.items():
        ds, encoding = make()
        old, new = folder / f"{name}.nc", folder / f"{name}-copy.nc"
        ds.to_netcdf(old, format=form, encoding=encoding)
        subprocess.run([graticule, "select", str(old), "-o", str(new)], check=True,
                       stdout=subprocess.DEVNULL)
        xr.testing.assert_identical(xr.open_dataset(old).load(), xr.open_dataset(new).load())
        before, after = raw(old), raw(new)
        for key in before:
            if not same(before[key], after.get(key)):
                sys.exit(f"{name}: {key!r} was {before[key]} and is {after.get(key)}")
        if shutil.which("ncdump"):
            subprocess.run(["ncdump", str(new)], check=True, stdout=subprocess.DEVNULL)
        written.append(new)
        checked += 1
    if len(sys.argv) > 2:
        own = glob.glob(str(pathlib.Path(netCDF4.__file__).parents[1] / "netcdf4.libs" / "libnetcdf-*"), recursive=True)
        own += glob.glob(str(pathlib.Path(netCDF4.__file__).parents[1] / "netCDF4.libs" / "libnetcdf-*"))
        if own:
            versions = older.check(written, sys.argv[2], own[0])
            print(f"netCDF-C {', '.join(versions)} read the same as {netCDF4.__netcdf4libversion__}")
        else:
            print("SKIPPED: no C library in the wheel of netCDF4 to compare older ones with")
    shutil.rmtree(folder)
    print(f"{checked} passed, 0 failed")


if __name__ == "__main__":
    main()
