"""Writes golden.txt: what xarray gives for small inputs. Run it with xarray and NumPy installed.

A line: name | dims and lengths | dtype | values | labels of the coordinate t, if there is one.
"""

import warnings

import numpy as np
import xarray as xr

warnings.simplefilter("ignore")
xr.set_options(keep_attrs=True, use_bottleneck=False)
out = open("golden.txt", "w")


def text(a):
    a = np.asarray(a)
    if a.dtype.kind in "mM":
        a = a.astype("i8")
    if a.dtype.kind == "f":
        return " ".join(repr(float(v)) for v in a.ravel())
    if a.dtype.kind in "OU":
        return " ".join(str(v) for v in a.ravel())
    return " ".join(str(int(v)) for v in a.ravel())


def put(name, x):
    dims = " ".join(f"{d}:{n}" for d, n in x.sizes.items())
    labels = text(x["t"].values) if "t" in x.coords and x["t"].ndim == 1 else "-"
    print(name, "|", dims, "|", x.dtype.name, "|", text(x.values), "|", labels, file=out)


i = np.arange(24)
f = ((i * 7 + 3) % 11 - 4) * 0.5
f[i % 6 == 5] = np.nan
g = ((i * 5 + 1) % 13 - 6) * 0.25
g[i % 7 == 3] = np.nan
t = np.array([10, 20, 30, 40, 50, 60])
a = xr.DataArray(f.reshape(6, 4), dims=("t", "y"), coords={"t": t}, name="a")
b = xr.DataArray(g.reshape(6, 4), dims=("t", "y"), coords={"t": t}, name="b")
a32, b32 = a.astype("f4"), b.astype("f4")
n = xr.DataArray(((i * 5 + 2) % 9 - 3).astype("i2").reshape(6, 4), dims=("t", "y"), coords={"t": t},
                 name="n")
w = xr.DataArray([0.5, 1.0, 2.0, 1.5, 0.25, 3.0], dims="t", coords={"t": t}, name="w")
whole = {"f": a.fillna(1.5), "f32": a32.fillna(1.5), "n": n}

for name, x in {"f": a, "f32": a32, "n": n}.items():
    for by in [0, 1, -2, 6, 9]:
        put(f"shift {name} {by}", x.shift(t=by))
        put(f"roll {name} {by}", x.roll(t=by))
        put(f"roll_coords {name} {by}", x.roll(t=by, roll_coords=True))
    put(f"shift_filled {name} 2", x.shift(t=2, fill_value=7))
    for k in [0, 1, 2, 5]:
        put(f"diff {name} {k}", x.diff("t", k) if k else x)
        # xarray forgets the label after the first difference.
        if k < 2:
            put(f"diff_lower {name} {k}", x.diff("t", k, label="lower") if k else x)
    put(f"cumsum {name}", x.cumsum("t"))
    put(f"cumsum_y {name}", x.cumsum("y"))
    put(f"cumsum_strict {name}", x.cumsum("t", skipna=False))
    put(f"cumprod {name}", x.cumprod("t"))

for ddof in [0, 1, 2]:
    put(f"cov {ddof}", xr.cov(a, b, "t", ddof=ddof))
    put(f"cov_all {ddof}", xr.cov(a, b, ddof=ddof))
put("cov_32", xr.cov(a32, b32, "t"))
put("corr", xr.corr(a, b, "t"))
put("corr_32", xr.corr(a32, b32, "t"))
put("corr_ints", xr.corr(a32, n, "t"))
put("corr_all", xr.corr(a, b))
put("cov_row", xr.cov(a, b.isel(y=0), "t"))
put("cov_weighted", xr.cov(a, b, "t", weights=w))
put("corr_weighted", xr.corr(a, b, "t", weights=w))

put("dot", xr.dot(whole["f"], w))
put("dot_all", xr.dot(whole["f"], w, dim=...))
put("dot_t", xr.dot(whole["f"], b.fillna(0), dim="t"))
put("dot_nan", xr.dot(a, w))
put("dot_ints", xr.dot(n, n, dim="t"))
put("dot_32", xr.dot(a32.fillna(1), b32.fillna(2)))

modes = {"missing": {}, "constant": {"constant_values": 7}, "edge": {},
         "linear_ramp": {"end_values": -3}, "maximum": {}, "minimum": {}, "mean": {},
         "maximum2": {"stat_length": 2}, "mean2": {"stat_length": 2}, "median": {},
         "median3": {"stat_length": 3}, "reflect": {}, "symmetric": {}, "wrap": {},
         "reflect_odd": {"reflect_type": "odd"}, "symmetric_odd": {"reflect_type": "odd"}}
for name, x in {"f": a, "whole": whole["f"], "f32": whole["f32"], "n": n}.items():
    for mode, options in modes.items():
        key = mode.rstrip("23").replace("_odd", "").replace("missing", "constant")
        for before, after in [(2, 3), (0, 1), (8, 13)]:
            if "odd" in mode and before == 8:
                continue
            put(f"pad {name} {mode} {before} {after}",
                x.pad(t=(before, after), mode=key, **options))

messy = xr.DataArray([3.0, np.nan, 1.0, 3.0, 2.0, 1.0], dims="t", name="messy")
put("sort", (a.assign_coords(t=[3, 1, 2, 6, 5, 4])).sortby("t"))
put("sort_down", (a.assign_coords(t=[3, 1, 2, 6, 5, 4])).sortby("t", ascending=False))
put("sort_by_missing", a.sortby(messy.assign_coords(t=t)))
put("sort_two", a.sortby([messy.assign_coords(t=t), w]))
twice = a.assign_coords(t=[1, 2, 1, 3, 2, 4])
for keep in ["first", "last", False]:
    put(f"drop_duplicates {str(keep).lower()}", twice.drop_duplicates("t", keep=keep))
put("dropna any", a.dropna("t"))
put("dropna all", a.where(a.t != 30).dropna("t", how="all"))
put("dropna 4", a.dropna("t", thresh=4))
put("dropna y", a.dropna("y"))

ds = xr.Dataset({"a": a32, "w": w, "n": n})
put("to_dataarray", ds.to_dataarray())
back = ds.to_dataarray().to_dataset("variable")
put("to_dataset w", back["w"])

if "rank" in dir(xr.DataArray):
    import scipy.stats

    def rank(x, pct):
        r = np.apply_along_axis(lambda v: scipy.stats.rankdata(v, nan_policy="omit"), 0, x.values)
        if pct:
            r = r / np.sum(~np.isnan(x.values.astype("f8")), axis=0)
        return x.copy(data=r).astype("f8")

    for name, x in {"f": a, "f32": a32, "n": n}.items():
        put(f"rank {name}", rank(x, False))
        put(f"rank_pct {name}", rank(x, True))
