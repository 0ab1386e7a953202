"""Makes the small files that the fuzz targets of HDF5 start from (h5py, netCDF4, numpy).

    python make.py

`hdf5/` holds whole files, one for each way of storing data; `filter/` chunks as they are stored,
in the form that the target "filter" takes: number of the filter (u16), number of parameters (u8),
bytes of an element (u8), bytes of the decoded chunk (u32), parameters (u32 each), all with the
least significant byte first, then the stored bytes.
"""

import os
import struct

import h5py
import netCDF4
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))


def h5(name, **how):
    path = os.path.join(here, "hdf5", name + ".h5")
    if os.path.exists(path):
        os.remove(path)
    return h5py.File(path, "w", **how)


small = np.arange(24, dtype="<i2").reshape(4, 6)

with h5("old_index", libver="earliest") as f:
    f.create_dataset("tree1", data=small, chunks=(2, 3), compression="gzip", shuffle=True)
    f.create_dataset("sum", data=small, chunks=(4, 3), fletcher32=True)
    f.create_dataset("compact", data=np.arange(3.0))
    f.attrs["note"] = "old"
    g = f.create_group("group")
    g["soft"] = h5py.SoftLink("/tree1")
    g["out"] = h5py.ExternalLink("other.h5", "/x")
    g.attrs["numbers"] = np.arange(5)

with h5("new_index", libver="latest") as f:
    f.create_dataset("fixed", data=small, chunks=(2, 3), compression="gzip")
    f.create_dataset("plain", data=small, chunks=(2, 3))
    f.create_dataset("growing", data=small, chunks=(2, 3), maxshape=(None, 6), compression="gzip")
    f.create_dataset("tree2", data=small, chunks=(2, 3), maxshape=(None, None))
    f.create_dataset("tree2z", data=small, chunks=(1, 3), maxshape=(None, None), compression="gzip")
    f.create_dataset("single", data=small, chunks=(4, 6), compression="gzip")
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    dcpl.set_chunk((2, 3))
    dcpl.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple((4, 6))
    d = h5py.h5d.create(f.id, b"implicit", h5py.h5t.STD_I16LE, space, dcpl)
    d.write(space, space, small)

with h5("many_chunks", libver="latest") as f:
    # More entries than one page of the arrays or one leaf of the tree holds.
    f.create_dataset("fixed", shape=(1200,), dtype="i1", chunks=(1,), fillvalue=7)[1100:] = 3
    f.create_dataset("growing", shape=(300,), maxshape=(None,), dtype="i1", chunks=(1,))[:] = 2
    f.create_dataset("tree2", shape=(20, 8), maxshape=(None, None), dtype="i1", chunks=(1, 1))[:] = 1

with h5("virtual", libver="latest") as f:
    f["source"] = small
    f.create_dataset("grown", data=small, chunks=(2, 6), maxshape=(None, 6))
    layout = h5py.VirtualLayout(shape=(5, 12), dtype="<i2")
    own = h5py.VirtualSource(".", "source", shape=(4, 6))
    layout[:4, ::2] = own
    layout[:4, 1::2] = own
    layout[4, 3:9] = own[1]
    f.create_virtual_dataset("woven", layout, fillvalue=-1)
    layout = h5py.VirtualLayout(shape=(4, 6), dtype="<i2", maxshape=(None, 6))
    grown = h5py.VirtualSource(".", "grown", shape=(4, 6), maxshape=(None, 6))
    layout[: h5py.h5s.UNLIMITED] = grown[: h5py.h5s.UNLIMITED]
    f.create_virtual_dataset("growing", layout, fillvalue=-1)

with h5("types", libver="earliest") as f:
    f["f2"] = np.arange(3, dtype="<f2")
    f["be"] = np.arange(3, dtype=">f8")
    f["bool"] = np.array([True, False])
    f["text"] = np.array([b"ab", b"cde"])
    f.create_dataset("words", data=["one", "", "three"], dtype=h5py.string_dtype())
    f.create_dataset("lists", (2,), dtype=h5py.vlen_dtype("<i4"))
    f["lists"][0] = [1, 2, 3]
    f["record"] = np.array([(1, 2.5, b"x")], dtype=[("a", "<i4"), ("b", ">f4"), ("c", "S2")])
    f.create_dataset("color", data=[0, 1], dtype=h5py.enum_dtype({"RED": 0, "BLUE": 1}, "i1"))
    f["opaque"] = np.array([b"\x01\x02\x03"], dtype="V3")
    f.create_dataset("pairs", (2,), dtype=np.dtype(("<i2", (2,))))
    f["complex"] = np.array([1 + 2j])
    f["named"] = np.dtype("<i4")
    f.create_dataset("ref", (1,), dtype=h5py.ref_dtype)[0] = f["be"].ref
    f["empty"] = h5py.Empty("f4")
    f["scalar"] = 42

with h5("references", libver="latest") as f:
    x = f.create_dataset("group/x", data=small)
    f.create_dataset("objects", (3,), h5py.ref_dtype)[:2] = [x.ref, f["group"].ref]
    regions = f.create_dataset("regions", (3,), h5py.regionref_dtype)
    regions[0], regions[1] = x.regionref[1:3, ::2], x.regionref[small % 5 == 0]
    f.create_dataset("lists", (1,), h5py.vlen_dtype(h5py.ref_dtype))[0] = [x.ref]
    x.attrs["see"] = f["group"].ref

with h5("dense", libver="latest", track_order=True) as f:
    g = f.create_group("many", track_order=True)
    for i in range(12):
        g.create_group(f"g{i}")
        g.attrs[f"a{i}"] = f"value {i}"

with h5("filters", libver="earliest") as f:
    f.create_dataset("lzf", data=np.zeros((8, 8), "<i4"), chunks=(8, 8), compression="lzf", shuffle=True)
    f.create_dataset("so", data=np.arange(64, dtype="<i4"), chunks=(32,), scaleoffset=0)
    f.create_dataset("sof", data=np.linspace(0, 1, 64, dtype="<f4"), chunks=(32,), scaleoffset=3)

nc = os.path.join(here, "hdf5", "netcdf4.nc")
with netCDF4.Dataset(nc, "w") as f:
    f.createDimension("time", None)
    f.createDimension("x", 4)
    f.createDimension("n", 3)
    t = f.createVariable("time", "f8", ("time",), chunksizes=(16,))
    t.units = "days since 2000-01-01"
    t.calendar = "noleap"
    t[:] = [0, 1, 2]
    f.createVariable("x", "f4", ("x",))[:] = [0, 1, 2, 3]
    v = f.createVariable("t", "i2", ("time", "x"), zlib=True, fill_value=-9, chunksizes=(2, 4))
    v.scale_factor, v.add_offset, v.cell_methods = 0.5, 1.0, "time: mean (interval: 1 day)"
    v.set_auto_maskandscale(False)
    v[:] = np.arange(12).reshape(3, 4)
    c = f.createVariable("letters", "S1", ("n",))
    c[:] = np.array([b"a", b"b", b"c"])
    g = f.createGroup("inner")
    g.createDimension("y", 2)
    g.createVariable("n", "i4", ("y", "x"))[:] = 1
    s = g.createVariable("names", str, ("y",))
    s[0], s[1] = "north", "süd"

for name in sorted(os.listdir(os.path.join(here, "hdf5"))):
    print(name, os.path.getsize(os.path.join(here, "hdf5", name)))


def chunk(name, number, params, element, size, stored):
    head = struct.pack("<HBBI", number, len(params), element, size)
    body = b"".join(struct.pack("<I", p & 0xFFFFFFFF) for p in params)
    with open(os.path.join(here, "filter", name), "wb") as out:
        out.write(head + body + stored)


def taken(name, d):
    """The first chunk of a dataset whose only filter is of interest."""
    plist = d.id.get_create_plist()
    number, _, params, _ = plist.get_filter(plist.get_nfilters() - 1)
    _, stored = d.id.read_direct_chunk((0,) * d.ndim)
    size = int(np.prod(d.chunks)) * d.dtype.itemsize
    chunk(name, number, list(params), d.dtype.itemsize, size, stored)


scratch = os.path.join(here, "scratch.h5")
ramp = (np.arange(64) ** 2 % 251).astype("<i4")
with h5py.File(scratch, "w") as f:
    taken("deflate", f.create_dataset("a", data=ramp, chunks=(64,), compression="gzip"))
    taken("lzf", f.create_dataset("b", data=np.repeat(ramp, 4), chunks=(256,), compression="lzf"))
    taken("shuffle", f.create_dataset("c", data=ramp, chunks=(64,), shuffle=True))
    taken("fletcher32", f.create_dataset("d", data=ramp, chunks=(64,), fletcher32=True))
    taken("scaleoffset_int", f.create_dataset("e", data=ramp, chunks=(64,), scaleoffset=0))
    taken("scaleoffset_float", f.create_dataset("f", data=ramp.astype("<f4") / 7, chunks=(64,), scaleoffset=2))
    try:
        taken("szip_nn", f.create_dataset("g", data=ramp, chunks=(64,), compression="szip", compression_opts=("nn", 8)))
        taken("szip_ec", f.create_dataset("h", data=ramp.astype("<i2"), chunks=(64,), compression="szip", compression_opts=("ec", 16)))
    except ValueError as why:
        print("no szip:", why)
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    dcpl.set_chunk((64,))
    dcpl.set_filter(5, 0, ())
    kind = h5py.h5t.STD_I32LE.copy()
    kind.set_precision(12)
    kind.set_offset(4)
    space = h5py.h5s.create_simple((64,))
    d = h5py.h5d.create(f.id, b"nbit", kind, space, dcpl)
    d.write(space, space, ramp)
    taken("nbit", h5py.Dataset(d))
try:
    import hdf5plugin

    with h5py.File(scratch, "w") as f:
        grid = ramp.reshape(8, 8)
        for i, codec in enumerate(("blosclz", "lz4", "zlib", "zstd")):
            how = hdf5plugin.Blosc2(cname=codec, clevel=9, filters=i)
            taken(f"blosc2_{codec}", f.create_dataset(codec, data=grid, chunks=(8, 8), **how))
        for name, how in (("precision", dict(precision=12)), ("reversible", dict(reversible=True)),
                          ("rate", dict(rate=7))):
            how = hdf5plugin.Zfp(**how)
            taken(f"zfp_{name}", f.create_dataset(name, data=grid.astype("<f4"), chunks=(8, 8), **how))
        cube = np.arange(60.0).reshape(3, 4, 5)
        taken("zfp_cube", f.create_dataset("cube", data=cube, chunks=(3, 4, 5), **hdf5plugin.Zfp(accuracy=0.1)))
        plane = np.sin(np.arange(10) / 3) * np.cos(np.arange(9)[:, None] / 4) * 10
        volume = plane[None] + np.arange(9)[:, None, None]
        spikes, gaps = plane.copy(), volume.astype("<f4")
        spikes[4, 4], gaps[:3] = 60, np.nan
        for name, data, how in (
            ("rate", plane, dict(rate=5)),
            ("outliers", spikes.astype("<f4"), dict(absolute=1.0)),
            ("volume", volume, dict(peak_signal_to_noise_ratio=20, swap=True)),
            ("gaps", gaps, dict(absolute=1.0, missing_value_mode=1)),
        ):
            how = hdf5plugin.Sperr(**how)
            name = f"sperr_{name}"
            taken(name, f.create_dataset(name, data=data, chunks=data.shape, **how))
except ImportError as why:
    print("no", why)
with netCDF4.Dataset(scratch, "w") as f:
    f.createDimension("x", 64)
    for name in ["zstd", "bzip2", "blosc_lz", "blosc_lz4", "blosc_zlib", "blosc_zstd", "blosc_lz4hc"]:
        try:
            v = f.createVariable(name, "i4", ("x",), compression=name, chunksizes=(64,), shuffle=False)
            v[:] = ramp
        except Exception as why:
            print("no", name, why)
with h5py.File(scratch) as f:
    for name in f:
        if f[name].chunks:
            taken(name, f[name])
os.remove(scratch)


def literals(data):
    """An LZ4 block of literals only."""
    n = len(data)
    head = bytes([min(n, 15) << 4])
    if n >= 15:
        rest = n - 15
        head += b"\xff" * (rest // 255) + bytes([rest % 255])
    return head + data


plain = ramp.tobytes()
block = literals(plain)
chunk("lz4", 32004, [0], 4, len(plain), struct.pack(">QI", len(plain), len(plain)) + struct.pack(">I", len(block)) + block)
chunk("bitshuffle", 32008, [0, 4, 4, 0, 0], 4, len(plain), plain)
chunk("bitshuffle_lz4", 32008, [0, 4, 4, 64, 2], 4, len(plain), struct.pack(">QI", len(plain), 256) + struct.pack(">I", len(block)) + block)
print(sorted(os.listdir(os.path.join(here, "filter"))))
