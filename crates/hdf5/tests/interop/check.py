"""Reads the file that interop.rs writes with netCDF4, h5py and xarray, and compares all of it."""

import os
import sys

import h5py
import netCDF4
import numpy as np
import xarray as xr

path = sys.argv[1]


def same(found, expected, what):
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape, (what, found.shape, expected.shape)
    assert (found == expected).all(), (what, found, expected)


def ramp(dtype, *shape):
    return np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)


DIMS = dict(time=5, y=4, x=6, nv=2, big=5001, unused=3, none=0, rows=4)
ATTRS = dict(
    title="interoperability",
    empty="",
    umlaut="über",
    long="0123456789" * 7000,
    list=["a", "", "gamma"],
    i8=np.int8(-5),
    u8=np.uint8(250),
    i16=np.array([-300, 300], "i2"),
    u16=np.uint16(65000),
    i32=np.array([1, 2, 3], "i4"),
    u32=np.uint32(4_000_000_000),
    i64=np.int64(-9_000_000_000),
    u64=np.uint64(18_000_000_000_000_000_000),
    f32=np.float32(1.5),
    f64=np.array([0.1, -2.5]),
    Conventions="CF-1.8",
)
VALUES = dict(
    air=ramp("i2", 5, 4, 6),
    time=ramp("f8", 5),
    time_bnds=ramp("f8", 5, 2),
    lat=ramp("f4", 4, 6),
    lon=ramp("f4", 4, 6),
    y=ramp("i8", 4),
    rows=ramp("u2", 4, 6),
    nv=ramp("i1", 6),
    crs=ramp("i4"),
    names=np.array(["north", "", "süd", "w"], object),
    letters=np.array(list("abcdefgh"), "S1").reshape(4, 2),
    codes=np.array(["abc", "de", "f", "xyz"], object),
    truth=np.array([1, 0] * 3, "i1"),
    many=ramp("i4", 5, 5001),
    big_endian=ramp("f4", 6),
    flags=np.array([0, 7] * 3, "u1"),
    unwritten=np.full(4, -1, "f4"),
    nothing=np.zeros((0, 6), "f4"),
    log=np.array(["north", "", "süd", "w", "north"], object),
    wave=np.arange(6) - 1j,
)

with netCDF4.Dataset(path, auto_complex=True) as nc:
    nc.set_auto_maskandscale(False)
    assert {d: len(v) for d, v in nc.dimensions.items()} == DIMS, nc.dimensions
    assert list(nc.dimensions) == list(DIMS)
    # NetCDF-C takes a length of 0 for an unlimited dimension.
    assert [d for d in DIMS if nc.dimensions[d].isunlimited()] == ["time", "none"]
    assert list(nc.variables) == [*VALUES, "ragged"], list(nc.variables)
    assert [list(v) for v in nc["ragged"][...]] == [[], [0], [0, 1], [0, 1, 2]]
    assert nc.ncattrs() == list(ATTRS), nc.ncattrs()
    for name, expected in ATTRS.items():
        found = nc.getncattr(name)
        same(found, expected, name)
        if not isinstance(expected, (str, list)):
            assert found.dtype == expected.dtype, (name, found.dtype)
    for name, expected in VALUES.items():
        v = nc[name]
        v.set_auto_chartostring(False)
        same(v[...], expected, name)
        if expected.dtype != object:
            assert v.dtype.newbyteorder("=") == expected.dtype, (name, v.dtype)
    assert nc["air"].dimensions == ("time", "y", "x")
    assert nc["rows"].dimensions == ("rows", "x")
    assert nc["nv"].dimensions == ("x",)
    assert nc["air"].ncattrs() == ["_FillValue", "scale_factor", "add_offset", "coordinates"]
    assert nc["air"].scale_factor.dtype == "f4" and nc["air"]._FillValue == -99
    assert nc["air"].filters()["zlib"] and nc["air"].filters()["fletcher32"]
    assert nc["flags"]._FillValue == 7
    numbers = [f"number{i}" for i in range(500)]
    assert nc["lon"].ncattrs() == ["units", "axis", "table"] + numbers
    assert [nc["lon"].getncattr(n) for n in numbers] == list(range(500))
    same(nc["lon"].table, np.arange(20000.0), "table")
    found = nc["log"]._FillValue, nc["letters"]._FillValue
    assert found == ("none", b"-"), found
    assert nc["names"].long_name == "größe"
    assert nc["many"].chunking() == [1, 2] and nc["lat"].chunking() == "contiguous"

with h5py.File(path) as f:
    f.visititems(lambda name, item: dict(item.attrs))
    for name in VALUES:
        key = "_nc4_non_coord_nv" if name == "nv" else name
        if name not in ("names", "log", "codes", "letters"):
            same(f[key][...], VALUES[name], name)
    assert [t.decode() for t in f["names"][...]] == list(VALUES["names"])
    assert [list(v) for v in f["ragged"][...]] == [[], [0], [0, 1], [0, 1, 2]]
    same(f["codes"][...], np.array([b"abc", b"de", b"f", b"xyz"]), "codes")
    assert f["air"].shape == (5, 4, 6) and f["air"].maxshape == (None, 4, 6)
    assert f["air"].dims[1][0].name == "/y" and f["air"].dims[2][0].name == "/x"
    assert f["x"].is_scale and f["time"].is_scale
    assert f["time"].attrs["REFERENCE_LIST"].shape == (4,)
    assert f.id.get_filesize() == os.path.getsize(path)

with xr.open_dataset(path, drop_variables=["ragged"]) as ds:
    assert ds["air"].dtype == "f8" or ds["air"].dtype == "f4"
    np.testing.assert_allclose(ds["air"], ramp("f8", 5, 4, 6) * 0.01 + 273.15, rtol=1e-6)
    assert str(ds["time"].values[1])[:10] == "2000-01-02"
    assert set(ds.coords) >= {"time", "y", "lat", "lon"}, ds.coords
    assert list(ds["names"].values) == list(VALUES["names"])
    assert ds["air"].encoding["chunksizes"] == (2, 3, 5)

# Others may go on where we stopped.
with netCDF4.Dataset(path, "a") as nc:
    nc["time"][5] = 5.5
    nc["many"][5, :3] = [1, 2, 3]
    nc.setncattr("appended", "yes")
    for i in range(20):
        nc["air"].setncattr(f"a{i}", i)
        nc["lon"].setncattr(f"a{i}", i)
    nc.createVariable("new", "f4", ("time", "x"))[:] = 1
with netCDF4.Dataset(path) as nc:
    same(nc["time"][:], [0, 1, 2, 3, 4, 5.5], "time")
    same(nc["many"][:5], VALUES["many"], "many")
    same(nc["many"][5, :3], [1, 2, 3], "many")
    assert len(nc["lon"].ncattrs()) == 523 and nc["lon"].a19 == 19
    assert nc["lon"].number499 == 499 and nc["lon"].table[-1] == 19999
    assert nc.appended == "yes" and nc["air"].a19 == 19 and nc["new"].shape == (6, 6)
print("all equal")
