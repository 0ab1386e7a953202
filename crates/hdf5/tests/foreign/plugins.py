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
    shapes.append(((5, 9, 10, 7), (5, 6, 10, 7)))
    for kind in ("f4", "f8", "i4", "i8"):
        for mode, words in modes.items():
            if kind[0] == "i" and mode in ("accuracy", "expert"):
                continue
            for shape, chunks in shapes:
                data = smooth(*shape) * (1000 if kind[0] == "i" else 1)
                put(f"zfp_{kind}_{mode}_{len(shape)}", data.astype(kind), chunks, hp.Zfp(**words))
    for kind in (">f4", ">f8", ">i4"):
        whole = (smooth(10, 13, 17) * 1000).astype(kind)
        put(f"zfp_big_{kind[1:]}", whole, (7, 9, 11), hp.Zfp(rate=11))
    put("zfp_big_reversible", smooth(30, 41).astype(">f8"), (13, 22), hp.Zfp(reversible=True))
    put("zfp_zeros", np.zeros((10, 10), "f4"), (10, 10), hp.Zfp(accuracy=1e-3))
    put("zfp_flat", smooth(1, 40).astype("f4"), (1, 40), hp.Zfp(accuracy=1e-3))
    gaps = smooth(40, 40)
    gaps[3, 3], gaps[5, 6] = np.nan, np.inf
    put("zfp_gaps", gaps, (16, 16), hp.Zfp(reversible=True))
    sperr = {
        "rate": dict(rate=3),
        "much": dict(rate=44.0),
        "little": dict(rate=0.1),
        "psnr": dict(peak_signal_to_noise_ratio=70),
        "absolute": dict(absolute=0.5),
        "tight": dict(absolute=1e-9),
    }
    shapes = {
        "plane": ((40, 54), (20, 27)),
        "least_plane": ((9, 10), (9, 10)),
        "long_plane": ((9, 700), (9, 350)),
        "together": ((20, 23, 36), (20, 23, 18)),
        "least": ((9, 9, 9), (9, 9, 9)),
        "flat": ((9, 41, 70), (9, 41, 35)),
        "deep": ((66, 10, 9), (66, 10, 9)),
        "lines": ((2, 30, 1, 17), (1, 30, 1, 17)),
        "hyper": ((2, 12, 20, 18), (1, 12, 20, 18)),
    }
    for kind in ("f4", "f8"):
        for mode, words in sperr.items():
            for shape, (whole, chunks) in shapes.items():
                for swap in (False, True):
                    name = f"sperr_{kind}_{mode}_{shape}_{int(swap)}"
                    data = smooth(*whole) + chance.normal(size=whole)
                    put(name, data.astype(kind), chunks, hp.Sperr(swap=swap, **words))
        for shape, (whole, chunks) in shapes.items():
            if shape == "least_plane":
                continue  # the filter has no room for the places of gaps in so small a chunk
            for mode, hole in ((1, np.nan), (2, 3e35), (2, -1e36)):
                gaps = smooth(*whole).astype(kind)
                gaps[chance.random(whole) < 0.1] = hole
                gaps[0, :5] = hole
                options = hp.Sperr(absolute=1e-3, missing_value_mode=mode)
                put(f"sperr_{kind}_gaps_{shape}_{hole}", gaps, chunks, options)
        gaps = np.full((70, 90), np.nan, kind)
        gaps[3:40, 5:60] = smooth(37, 55)
        put(f"sperr_{kind}_mostly", gaps, (70, 90), hp.Sperr(rate=8, missing_value_mode=1))
        put(f"sperr_{kind}_whole", smooth(70, 90), (70, 90), hp.Sperr(rate=8, missing_value_mode=1))
        put(f"sperr_{kind}_alike", np.full((20, 30), 7.25, kind), (10, 30), hp.Sperr(rate=8))
        spikes = smooth(64, 64).astype(kind)
        spikes[chance.random(spikes.shape) < 0.01] += 1e6
        put(f"sperr_{kind}_spikes", spikes, (64, 64), hp.Sperr(absolute=1e-2))
    put("bitshuffle_lz4", (smooth(37, 53) * 100).astype("i4"), (17, 31), hp.Bitshuffle())
    put("bitshuffle_zstd", smooth(37, 53), (17, 31), hp.Bitshuffle(cname="zstd"))
    put("lz4", smooth(37, 53), (17, 31), hp.LZ4())
    put("zstd", smooth(37, 53), (17, 31), hp.Zstd())
    put("bzip2", smooth(37, 53), (17, 31), hp.BZip2())

with h5py.File(f"{folder}/packed.h5") as f, h5py.File(f"{folder}/plain.h5", "w") as plain:
    for name, data in f.items():
        plain[name] = data[()]
