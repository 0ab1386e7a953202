"""Writes golden.txt: what NumPy 2 gives for small inputs. Run it with NumPy installed."""

import itertools
import warnings

import numpy as np

warnings.simplefilter("ignore")
NAMES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         "float16", "float32", "float64", "complex64", "complex128"]
out = open("golden.txt", "w")


def text(a):
    a = np.asarray(a)
    if a.dtype.kind == "b":
        return " ".join(str(int(v)) for v in a)
    if a.dtype.kind in "iu":
        return " ".join(str(int(v)) for v in a)
    return " ".join(repr(float(v)) for v in a)


for a in NAMES:
    row = [np.result_type(a, b).name for b in NAMES]
    print("promote", a, "|", " ".join(row), file=out)

OPS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.true_divide,
       "//": np.floor_divide, "%": np.remainder, "**": np.power, "minimum": np.minimum,
       "maximum": np.maximum, "arctan2": np.arctan2, "hypot": np.hypot, "==": np.equal,
       "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater,
       ">=": np.greater_equal, "&": np.bitwise_and, "or": np.bitwise_or, "^": np.bitwise_xor,
       "fmin": np.fmin, "fmax": np.fmax, "fmod": np.fmod, "float_power": np.float_power,
       "copysign": np.copysign, "nextafter": np.nextafter, "logaddexp": np.logaddexp,
       "logaddexp2": np.logaddexp2, "heaviside": np.heaviside, "ldexp": np.ldexp, "gcd": np.gcd,
       "lcm": np.lcm, "<<": np.left_shift, ">>": np.right_shift}

# The type of each operation on each pair, or "-" where NumPy refuses.
for name, op in OPS.items():
    for a in NAMES[:12]:
        row = []
        for b in NAMES[:12]:
            try:
                row.append(op(np.ones(1, a), np.ones(1, b)).dtype.name)
            except TypeError:
                row.append("-")
        print("type", name, a, "|", " ".join(row), file=out)

# The same with a Python scalar on the right and on the left: bool, int, float, complex.
for name, op in OPS.items():
    for a in NAMES:
        row = []
        for scalar in [True, 2, 2.5, 2.5j]:
            for left in [False, True]:
                x = np.ones(1, a)
                try:
                    row.append((op(scalar, x) if left else op(x, scalar)).dtype.name)
                except TypeError:
                    row.append("-")
        print("weak", name, a, "|", " ".join(row), file=out)

INTS = {"int8": [7, -7, 7, -7, 0, -128, 127, 5], "uint8": [7, 200, 255, 0, 3, 128, 250, 1],
        "int32": [7, -7, 7, -7, 0, -2147483648, 2147483647, 5],
        "uint32": [7, 9, 7, 4294967295, 0, 2147483648, 2147483647, 5],
        "int64": [7, -7, 2**62, -7, 0, -2**63, 2**63 - 1, 5]}
DIVS = {"int8": [2, 2, -2, -2, 0, -1, 0, 3], "uint8": [2, 100, 2, 3, 0, 2, 10, 9],
        "int32": [2, 2, -2, -2, 0, -1, 0, 3], "uint32": [2, 2, 10, 7, 0, 3, 2, 9],
        "int64": [2, 2, -2, -2, 0, -1, 0, 3]}
FLOATS = [7.5, -7.5, 7.5, -7.5, 0.0, -0.0, 1.0, np.nan, np.inf, -np.inf, 3.0, -1.0, 0.3, 6.0]
FDIVS = [2.0, 2.0, -2.0, -2.0, 2.0, -2.0, 0.0, 1.0, 2.0, 3.0, np.inf, np.inf, 0.1, np.nan]
cases = [(d, INTS[d], DIVS[d]) for d in INTS]
cases += [(d, FLOATS, FDIVS) for d in ["float16", "float32", "float64"]]
for name, op in OPS.items():
    for dtype, a, b in cases:
        a, b = np.array(a, dtype), np.array(b, dtype)
        if name in ("**", "<<", ">>") and dtype.startswith("int"):
            b = np.abs(b)
        try:
            r = op(a, b)
        except TypeError:
            continue
        print("zip", name, dtype, dtype, "|", text(a), "|", text(b), "|", r.dtype.name, "|",
              text(r), file=out)
for name in ["+", "/", "<", "==", ">="]:
    a, b = np.array([-1, 2**62, -2**63], "int64"), np.array([2**64 - 1, 2**62, 0], "uint64")
    r = OPS[name](a, b)
    print("zip", name, "int64", "uint64", "|", text(a), "|", text(b), "|", r.dtype.name, "|",
          text(r), file=out)

for dtype in ["float16", "float32", "float64"]:
    a = np.array([1.5, -3.0, 0.0, np.inf, np.nan, 1e-3, 2.0], dtype)
    b = np.array([3, -4, 100, -7, 2, 5, -1050], "int32")
    r = np.ldexp(a, b)
    print("zip ldexp", dtype, "int32", "|", text(a), "|", text(b), "|", r.dtype.name, "|", text(r),
          file=out)

UFUNCS = ["sqrt", "cbrt", "square", "reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10",
          "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
          "arcsinh", "arccosh", "arctanh", "floor", "ceil", "rint", "trunc", "sign", "degrees",
          "radians", "isfinite", "isinf", "isnan", "fabs", "signbit", "spacing", "bitwise_count"]
X = [0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 1.0, 3.75, 10.0, np.nan, np.inf, -np.inf]
for name in UFUNCS:
    for dtype, x in [("float64", X), ("float32", X), ("int16", [0, 1, 4, 100]),
                     ("uint8", [0, 1, 9, 200])]:
        if name == "reciprocal" and dtype in ("int16", "uint8"):
            continue
        if name == "bitwise_count" and dtype.startswith("float"):
            continue
        x = np.array(x, dtype)
        r = getattr(np, name)(x)
        print("math", name, dtype, "|", text(x), "|", r.dtype.name, "|", text(r), file=out)
for decimals in [0, 1, 2, -1]:
    for dtype in ["float16", "float32", "float64", "int16"]:
        x = np.array([0.15, 2.675, -1.25, 25.5, 35.0, 1234.5678, 15.0], dtype)
        r = np.round(x, decimals)
        print("round", decimals, dtype, "|", text(x), "|", r.dtype.name, "|", text(r), file=out)

# Casts of values that fit, and integers that wrap.
for a, b in itertools.product(NAMES[1:12], NAMES[:12]):
    x = np.array([0, 1, 5, 100], a)
    print("cast", a, b, "|", text(x), "|", text(x.astype(b)), file=out)
for a, b, x in [("int32", "int8", [200, -129, 256]), ("int16", "uint16", [-1, -300]),
                ("float64", "int32", [1.9, -1.9, 0.5]), ("int64", "float32", [16777217, 2**60 + 1]),
                ("float64", "float16", [0.1, 65519.0, 65520.0, 1e-8]),
                ("uint64", "float64", [2**64 - 1, 2**53 + 1])]:
    x = np.array(x, a)
    print("cast", a, b, "|", text(x), "|", text(x.astype(b)), file=out)

# Decoding: cast, scale, offset, each rounded.
rng = np.random.default_rng(1)
for raw, to in itertools.product(["int8", "int16", "uint16", "int32", "float32"],
                                 ["float32", "float64"]):
    lo, hi = (-128, 127) if raw == "int8" else (0, 60000) if raw == "uint16" else (-30000, 30000)
    x = rng.integers(lo, hi, 12).astype(raw)
    for scale, offset in [(0.01, 273.15), (1.7e-3, -5.5)]:
        y = x.astype(to)
        y *= np.dtype(to).type(scale)
        y += np.dtype(to).type(offset)
        print("decode", raw, to, scale, offset, "|", text(x), "|", text(y), file=out)

# Reductions: name, skipna, ddof.
NAN = [1.5, np.nan, -2.25, 4.0, 4.0, np.nan, 0.5]
PLAIN = [1.5, 3.0, -2.25, 4.0, 4.0, -2.25, 0.5]
for dtype, x in [("float64", NAN), ("float32", NAN), ("float64", PLAIN), ("float16", PLAIN),
                 ("int16", [3, -1, 7, 7, -1]), ("uint8", [200, 100, 50, 200]),
                 ("bool", [1, 0, 1, 1]), ("int64", [2**62, 2**62, 2**62])]:
    x = np.array(x, dtype)
    for name in ["sum", "prod", "mean", "min", "max", "var", "std", "any", "all", "argmin",
                 "argmax"]:
        for skip in [0, 1]:
            f = getattr(np, name)
            if skip:
                if dtype[0] != "f" or name in ("any", "all"):
                    continue
                f = getattr(np, "nan" + name)
            for ddof in ([0, 1] if name in ("var", "std") else [0]):
                r = np.asarray(f(x, ddof=ddof) if name in ("var", "std") else f(x))
                if dtype == "float16" and name in ("sum", "prod", "var", "std", "mean"):
                    wide = x.astype("f8")
                    r = np.asarray(f(wide, ddof=ddof) if name in ("var", "std") else f(wide))
                    r = r.astype("f2")
                if dtype == "bool" and name in ("var", "std", "mean"):
                    r = np.asarray(f(x.astype("f8"), ddof=ddof) if name != "mean" else f(x))
                print("reduce", name, skip, ddof, dtype, "|", text(x), "|", r.dtype.name, "|",
                      text(r.reshape(1)), file=out)
