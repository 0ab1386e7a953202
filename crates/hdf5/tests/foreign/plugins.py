"""Writes DIR/packed.h5 with filters of hdf5plugin, and DIR/plain.h5 with what it reads back.

Usage: plugins.py DIR
"""

import sys

import h5py
import hdf5plugin as hp
import numpy as np

folder = sys.argv[1]
chance = np.random.default_rng(1)


def smooth(*shape):
    field = chance.normal(size=shape)
    for axis in range(len(shape)):
        field = np.cumsum(field, axis)
    return field


with h5py.File(f"{folder}/packed.h5", "w") as f:

    def put(name, data, chunks, options):
        f.create_dataset(name, data=data, chunks=chunks, **options)

    for codec in ("blosclz", "lz4", "lz4hc", "zlib", "zstd"):
        for filters in range(5):
            name = f"blosc2_{codec}_{filters}"
            options = hp.Blosc2(cname=codec, clevel=5, filters=filters)
            put(name, (smooth(37, 53) * 100).astype("i4"), (17, 31), options)
            put(f"{name}_line", (smooth(20000) * 100).astype("i2"), (9001,), options)
        for shuffle in range(3):
            options = hp.Blosc(cname=codec, clevel=5, shuffle=shuffle)
            put(f"blosc_{codec}_{shuffle}", (smooth(37, 53) * 100).astype("i4"), (17, 31), options)
    put("blosc2_zeros", np.zeros((30, 40)), (10, 40), hp.Blosc2())
    put("blosc2_alike", np.full((30, 40), 7.5), (10, 40), hp.Blosc2())
    put("blosc2_cube", smooth(20, 30, 40).astype("f4"), (20, 30, 40), hp.Blosc2(cname="zstd"))
    put("blosc2_noise", chance.integers(0, 255, 1000, dtype="u1"), (100,), hp.Blosc2())
    modes = {
        "reversible": dict(reversible=True),
        "accuracy": dict(accuracy=0.01),
        "precision": dict(precision=14),
        "rate": dict(rate=9),
        "expert": dict(minbits=10, maxbits=400, maxprec=20, minexp=-40),
    }
    shapes = [((101,), (37,)), ((30, 41), (13, 22)), ((10, 13, 17), (7, 9, 11))]
    for kind in ("f4", "f8", "i4", "i8"):
        for mode, words in modes.items():
            if kind[0] == "i" and mode in ("accuracy", "expert"):
                continue
            for shape, chunks in shapes:
                data = smooth(*shape) * (1000 if kind[0] == "i" else 1)
                put(f"zfp_{kind}_{mode}_{len(shape)}", data.astype(kind), chunks, hp.Zfp(**words))
    put("zfp_zeros", np.zeros((10, 10), "f4"), (10, 10), hp.Zfp(accuracy=1e-3))
    put("zfp_flat", smooth(1, 40).astype("f4"), (1, 40), hp.Zfp(accuracy=1e-3))
    gaps = smooth(40, 40)
    gaps[3, 3], gaps[5, 6] = np.nan, np.inf
    put("zfp_gaps", gaps, (16, 16), hp.Zfp(reversible=True))
    put("bitshuffle_lz4", (smooth(37, 53) * 100).astype("i4"), (17, 31), hp.Bitshuffle())
    put("bitshuffle_zstd", smooth(37, 53), (17, 31), hp.Bitshuffle(cname="zstd"))
    put("lz4", smooth(37, 53), (17, 31), hp.LZ4())
    put("zstd", smooth(37, 53), (17, 31), hp.Zstd())
    put("bzip2", smooth(37, 53), (17, 31), hp.BZip2())

with h5py.File(f"{folder}/packed.h5") as f, h5py.File(f"{folder}/plain.h5", "w") as plain:
    for name, data in f.items():
        plain[name] = data[()]
