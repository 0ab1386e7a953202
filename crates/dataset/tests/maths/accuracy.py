"""Writes accuracy.txt: what the elementwise functions give in extended precision, rounded once.

Each line is `name low high near count sum`: the sum, modulo 2**64, of the bits of the exact results
(rounded to float64) for `count` arguments between `low` and `high`; where `near` is 1, every second
argument is divided by a power of two, so that many lie near 0. The arguments are those of
accuracy.rs, bit for bit. Run with numpy on a machine whose long double has 64 bits of mantissa.
"""

import numpy as np

COUNT = 1_000_000
FUNCTIONS = [
    ("sqrt", 0, 1e6, 1), ("cbrt", -1e6, 1e6, 1), ("exp", -700, 700, 1), ("exp2", -1000, 1000, 1),
    ("expm1", -30, 30, 1), ("log", 0, 1e6, 1), ("log2", 0, 1e6, 1), ("log10", 0, 1e6, 1),
    ("log1p", -0.9, 1e3, 1), ("sin", -1e3, 1e3, 1), ("cos", -1e3, 1e3, 1), ("tan", -1e3, 1e3, 1),
    ("arcsin", -1, 1, 1), ("arccos", -1, 1, 1), ("arctan", -1e3, 1e3, 1), ("sinh", -700, 700, 1),
    ("cosh", -700, 700, 1), ("tanh", -20, 20, 1), ("arcsinh", -1e6, 1e6, 1),
    ("arccosh", 1, 1e6, 0), ("arctanh", -1, 1, 1), ("power", 0, 30, 0), ("hypot", -1e6, 1e6, 1),
    ("arctan2", -1e6, 1e6, 1),
]


def words(seed):
    """The generator of SplitMix64."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, COUNT + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def arguments(seed, low, high, near):
    w = words(seed)
    x = low + (w >> np.uint64(11)).astype(np.float64) * 2.0**-53 * (high - low)
    if near:
        halvings = np.where(np.arange(COUNT) % 2 == 1, (w % np.uint64(40)).astype(np.int64), 0)
        x = np.ldexp(x, -halvings)
    return x


assert np.finfo(np.longdouble).nmant == 63
with open("accuracy.txt", "w") as out:
    for at, (name, low, high, near) in enumerate(FUNCTIONS):
        args = [arguments(at, low, high, near).astype(np.longdouble)]
        if name in ("power", "hypot", "arctan2"):
            args.append(arguments(1000 + at, low, high, near).astype(np.longdouble))
        made = getattr(np, name)(*args).astype(np.float64)
        assert np.isfinite(made).all(), name
        total = int(made.view(np.uint64).sum(dtype=np.uint64))
        out.write(f"{name} {low:g} {high:g} {near} {COUNT} {total}\n")
