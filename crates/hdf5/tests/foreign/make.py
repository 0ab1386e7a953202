"""Writes files that h5py can write and we cannot, and what h5py reads back from them.

Usage: make.py DIR. Leaves DIR/expected.json: {file: {path: [shape, values]}}, the values flat.
"""

import ctypes
import json
import os
import sys

import h5py
import numpy as np

folder = sys.argv[1]
os.chdir(folder)
expected = {}


def note(name):
    """Records every dataset of a file as h5py reads it."""
    found = {}
    with h5py.File(name, "r") as f:

        def visit(path, item):
            if isinstance(item, h5py.Dataset) and item.shape is not None:
                values = np.asarray(item[()]).ravel()
                if values.dtype.kind in "OS":
                    values = [v.decode() if isinstance(v, bytes) else v for v in values]
                elif values.dtype.kind == "b":
                    values = values.astype("u1").tolist()
                elif values.dtype.kind == "c":
                    values = []  # a compound of two floats to us
                else:
                    values = values.astype("f8").tolist() if values.dtype.kind == "f" else values.tolist()
                found[path] = [list(item.shape), values]

        f.visititems(visit)
    expected[name] = found


def sources():
    for i in range(4):
        with h5py.File(f"part{i}.h5", "w") as f:
            f["row"] = np.arange(10, dtype="i4") + 100 * i
            f["grid"] = np.arange(24, dtype="i4").reshape(4, 6) + 1000 * i
            f["inner/wide"] = np.arange(6, dtype="f8") + 0.5 + i
            grown = f.create_dataset("grown", (3 + i, 4), "i4", maxshape=(None, 4), chunks=(2, 4))
            grown[:] = np.arange((3 + i) * 4).reshape(-1, 4) + 50 * i


def space(shape, maximum=None):
    return h5py.h5s.create_simple(shape, maximum)


def slab(of, start, count, stride=None, block=None):
    of.select_hyperslab(start, count, stride, block)
    return of


def mapped(f, name, shape, maximum, dtype, fill, maps):
    """A virtual dataset out of low-level selections."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_fill_value(np.array([fill], dtype))
    for to, file, path, source in maps:
        plist.set_virtual(to, file, path, source)
    kind = h5py.h5t.py_create(np.dtype(dtype))
    h5py.h5d.create(f.id, name, kind, space(shape, maximum), plist)


UNLIMITED = h5py.h5s.UNLIMITED


def virtual(libver, name):
    with h5py.File(name, "w", libver=libver) as f:
        rows = h5py.VirtualLayout(shape=(5, 10), dtype="i4")
        for i in range(4):
            rows[i] = h5py.VirtualSource(f"part{i}.h5", "row", shape=(10,))
        f.create_virtual_dataset("rows", rows, fillvalue=-7)
        gone = h5py.VirtualLayout(shape=(3, 10), dtype="i4")
        gone[0] = h5py.VirtualSource("nowhere.h5", "row", shape=(10,))
        gone[1] = h5py.VirtualSource("part1.h5", "nothing", shape=(10,))
        gone[2] = h5py.VirtualSource("part1.h5", "row", shape=(10,))
        f.create_virtual_dataset("gone", gone, fillvalue=-1)
        woven = h5py.VirtualLayout(shape=(4, 12), dtype="f4")
        for i in range(2):
            source = h5py.VirtualSource(f"part{i}.h5", "grid", shape=(4, 6))
            woven[:, i::2] = source
        f.create_virtual_dataset("woven", woven, fillvalue=0)
        nested = h5py.VirtualLayout(shape=(20,), dtype="i4")
        own = h5py.VirtualSource(".", "rows", shape=(5, 10))
        nested[:10] = own[1]
        nested[10:] = own[3]
        f.create_virtual_dataset("inner/nested", nested)
        turned = h5py.VirtualLayout(shape=(2, 3, 4), dtype="f8")
        turned[:] = h5py.VirtualSource("part2.h5", "grid", shape=(4, 6))
        f.create_virtual_dataset("turned", turned)
        strided = h5py.VirtualLayout(shape=(3, 4), dtype="f8")
        strided[:, 1:3] = h5py.VirtualSource("part3.h5", "grid", shape=(4, 6))[1:, ::3]
        f.create_virtual_dataset("strided", strided, fillvalue=2.5)
        irregular = space((4, 6))
        irregular.select_hyperslab((0, 0), (2, 2))
        irregular.select_hyperslab((2, 3), (2, 3), op=h5py.h5s.SELECT_OR)
        line = slab(space((16,)), (3,), (10,))
        mapped(f, b"irregular", (16,), None, "i4", -3, [(line, b"part1.h5", b"grid", irregular)])
        # Two files side by side, growing along the first dimension.
        left = slab(space((1, 8), (UNLIMITED, 8)), (0, 0), (UNLIMITED, 1), (1, 4), (1, 4))
        right = slab(space((1, 8), (UNLIMITED, 8)), (0, 4), (UNLIMITED, 1), (1, 4), (1, 4))
        source = slab(space((1, 4), (UNLIMITED, 4)), (0, 0), (UNLIMITED, 1), (1, 4), (1, 4))
        maps = [(left, b"part0.h5", b"grown", source), (right, b"part3.h5", b"grown", source)]
        mapped(f, b"growing", (1, 8), (UNLIMITED, 8), "i4", -9, maps)
        # Two growing files, row by row in turn.
        maps = []
        for i in range(2):
            to = slab(space((1, 4), (UNLIMITED, 4)), (i, 0), (UNLIMITED, 1), (2, 4), (1, 4))
            maps.append((to, f"part{i}.h5".encode(), b"grown", source))
        mapped(f, b"in_turn", (1, 4), (UNLIMITED, 4), "i4", -9, maps)
        # As many numbered files as there are.
        to = slab(space((1, 10), (UNLIMITED, 10)), (0, 0), (UNLIMITED, 1), (1, 10), (1, 10))
        whole = slab(space((10,)), (0,), (1,), (10,), (10,))
        mapped(f, b"numbered", (1, 10), (UNLIMITED, 10), "i4", 0, [(to, b"part%b.h5", b"row", whole)])
    note(name)


def shared():
    """Messages stored once: types, spaces, fill values, filters and attributes."""
    plist = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    # h5py has no names for these two: they are asked of the library that it brought along.
    loaded = [line.split()[-1] for line in open("/proc/self/maps") if "libhdf5" in line]
    library = ctypes.CDLL(next(path for path in loaded if "_hl" not in path))
    kinds = [0x1000, 0x2 | 0x8 | 0x20 | 0x800]
    assert library.H5Pset_shared_mesg_nindexes(ctypes.c_int64(plist.id), len(kinds)) >= 0
    for i, kind in enumerate(kinds):
        assert library.H5Pset_shared_mesg_index(ctypes.c_int64(plist.id), i, kind, 16) >= 0
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
    f = h5py.File(h5py.h5f.create(b"shared.h5", h5py.h5f.ACC_TRUNC, plist, access))
    for i in range(60):
        d = f.create_dataset(f"d{i:02}", (3, 4), "i4", chunks=(2, 2), compression="gzip", fillvalue=5)
        d[:2] = i
        d.attrs["a long name that is the same everywhere"] = "and a value that is the same, too"
        d.attrs["number"] = np.arange(8) + i
    f.close()
    note("shared.h5")


def kinds():
    """Types and storage that few files have."""
    with h5py.File("kinds.h5", "w", userblock_size=1024) as f:
        f["named"] = np.dtype([("a", "i2"), ("b", ">f8")])
        f.create_dataset("half", data=np.array([1, -0.5, 65504, np.inf], "f2"))
        wide = [1, -0.1, 1e-320, np.inf, 0, -0.0, np.longdouble(1) / 3, np.longdouble(2) ** -1075]
        wide += [np.nextafter(np.longdouble(2) ** -1075, 1), np.longdouble("1e4000"), 1.5e308]
        f.create_dataset("wide", data=np.array(wide, np.longdouble))
        f.create_dataset("odd", data=np.arange(5), dtype=h5py.h5t.STD_I16BE)
        bits = h5py.h5t.STD_U16LE.copy()
        bits.set_precision(11)
        bits.set_offset(3)
        d = h5py.h5d.create(f.id, b"offset", bits, space((6,)))
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([0, 1, 2, 1000, 2047, 7], "u2"))
        f.create_dataset("truth", data=[True, False, True])
        f.create_dataset("complex", data=np.array([1 + 2j, -3.5j], "c8"))
        f.create_dataset("text", data=["ä", "", "long " * 20], dtype=h5py.string_dtype())
        f.create_dataset("fixed", data=np.array([b"ab", b"c"], "S3"))
        f.create_dataset("shrunk", data=np.arange(40).reshape(10, 4), chunks=(3, 2), maxshape=(None, None))
        f["shrunk"].resize((4, 3))
        f.create_dataset("grown", data=np.arange(4), chunks=(3,), maxshape=(None,), fillvalue=-2)
        f["grown"].resize((11,))
        f.create_dataset("sums", data=np.arange(30), chunks=(7,), fletcher32=True, shuffle=True, compression="gzip")
        masked = f.create_dataset("masked", (4, 6), "i4", chunks=(2, 6), compression="gzip", shuffle=True)
        masked[2:] = 9
        masked.id.write_direct_chunk((0, 0), np.arange(12, dtype="i4").tobytes(), filter_mask=3)
        f.create_dataset("empty", (0, 3), "f4", maxshape=(None, 3))
        f.create_dataset("scalar", data=3.25)
    note("kinds.h5")


def indices():
    """Every index of chunks that the newest library writes."""
    with h5py.File("indices.h5", "w", libver="latest") as f:
        n = np.arange(60 * 70).reshape(60, 70)
        f.create_dataset("single", data=n, chunks=n.shape, compression="gzip")
        f.create_dataset("fixed", data=n, chunks=(7, 9), compression="gzip")
        f.create_dataset("fixed_plain", data=n, chunks=(7, 9))
        f.create_dataset("paged", data=np.arange(5000), chunks=(2,))
        f.create_dataset("extensible", data=n, chunks=(7, 9), maxshape=(None, 70), compression="gzip")
        f.create_dataset("extensible_second", data=n, chunks=(7, 9), maxshape=(60, None))
        f.create_dataset("long", data=np.arange(20000), chunks=(3,), maxshape=(None,))
        f.create_dataset("tree", data=n, chunks=(7, 9), maxshape=(None, None), compression="gzip")
        f.create_dataset("tree_plain", data=np.arange(90000).reshape(300, 300), chunks=(3, 3), maxshape=(None, None))
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        early.set_chunk((7, 9))
        d = h5py.h5d.create(f.id, b"implicit", h5py.h5t.NATIVE_INT64, space(n.shape), early)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, n)
        g = f.create_group("many", track_order=True)
        for i in range(60):
            g.attrs[f"a{i}"] = i
            g.create_dataset(f"x{i}", data=[i])
    note("indices.h5")


def links():
    """Links of all kinds, into this file and another."""
    with h5py.File("links.h5", "w") as f:
        f["data/x"] = np.arange(3)
        f["soft"] = h5py.SoftLink("/data/x")
        f["data/up"] = h5py.SoftLink("/soft")
        f["dangling"] = h5py.SoftLink("/nothing")
        f["outside"] = h5py.ExternalLink("part1.h5", "/grid")
        f["outside_group"] = h5py.ExternalLink("part1.h5", "/inner")
        f["again"] = f["data"]
    note("links.h5")


def references():
    """References to objects and to parts of datasets; what is expected is what they lead to."""
    with h5py.File("references.h5", "w") as f:
        f["data/x"] = np.arange(12).reshape(3, 4)
        f["alias"] = f["data/x"]
        f["named"] = np.dtype("i4")
        objects = f.create_dataset("objects", (5,), h5py.ref_dtype)
        objects[:4] = [f["data/x"].ref, f["/"].ref, f["data"].ref, f["named"].ref]
        f.create_dataset("cut", (2, 2), h5py.ref_dtype, chunks=(1, 2))[0] = [f["data"].ref] * 2
        gone = f.create_dataset("gone", data=[1])
        lost = f.create_dataset("lost", (1,), h5py.ref_dtype)
        lost[0] = gone.ref
        address = h5py.h5o.get_info(gone.id).addr
        del f["gone"]
        regions = f.create_dataset("regions", (8,), h5py.regionref_dtype)
        x = f["data/x"]
        regions[0] = x.regionref[1, 2:4]
        regions[1] = x.regionref[:, ::2]
        regions[2] = x.regionref[...]
        regions[3] = x.regionref[np.array([[1, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 0]], bool)]
        two = space((3, 4))
        two.select_hyperslab((0, 0), (1, 2))
        two.select_hyperslab((2, 1), (1, 3), op=h5py.h5s.SELECT_OR)
        none = space((3, 4))
        none.select_none()
        wide = slab(space((3, 4)), (0, 0), (1, 2), (1, 2), (3, 1))
        for i, part in enumerate((two, none, wide), 4):
            regions[i] = h5py.h5r.create(f.id, b"/data/x", h5py.h5r.DATASET_REGION, part)
        lists = f.create_dataset("lists", (2,), h5py.vlen_dtype(h5py.ref_dtype))
        lists[0] = np.array([x.ref, f["data"].ref], h5py.ref_dtype)
        x.attrs["see"] = f["data"].ref
    expected["references.h5"] = {
        "objects": [[5], ["/alias", "/", "/data", "/named", ""]],
        "cut": [[2, 2], ["/data", "/data", "", ""]],
        "lost": [[1], [f"the object at {address}"]],
        "regions": [
            [8],
            [
                "/alias[1, 2:4]",
                "/alias[2 blocks]",
                "/alias[...]",
                "/alias[3 points]",
                "/alias[2 blocks]",
                "/alias[nothing]",
                "/alias[2 blocks]",
                "",
            ],
        ],
    }


sources()
virtual("latest", "virtual_new.h5")
virtual("earliest", "virtual_old.h5")
shared()
kinds()
indices()
links()
references()
with open("expected.json", "w") as out:
    json.dump(expected, out)
