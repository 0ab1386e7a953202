"""Checks files of random layout, whose variables all count from 0 to 99 over and over."""

import sys

import h5py
import netCDF4
import numpy as np


def check(path, name, values, unwritten):
    values = np.asarray(values, object if isinstance(values, (str, bytes)) else None)
    ramp = np.arange(values.size).reshape(values.shape) % 100
    if values.dtype == object:
        found = np.array([int(v) for v in values.ravel()]).reshape(values.shape)
    elif values.dtype.names:
        found = values["b"][..., 1]
        assert (values["a"] == ramp).all(), (path, name)
    else:
        found = values
    if unwritten:
        assert (found == 77).all(), (path, name, "unwritten", found)
    else:
        assert (found == ramp).all(), (path, name, found)


count = 0
for path in sys.argv[1:]:
    with netCDF4.Dataset(path, auto_complex=True) as nc, h5py.File(path) as f:
        nc.set_auto_maskandscale(False)
        for name, v in nc.variables.items():
            unwritten = name.startswith("unwritten")
            check(path, name, v[...], unwritten)
            check(path, name, f[name][...], unwritten)
            assert v.long_name == "größe of " + name
            count += 1
print(count, "variables")
