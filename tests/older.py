"""Files as older releases of netCDF-C read them.

usage: older.py LIBRARY FILE...      one library: what it reads, as JSON
       older.py --wheels FOLDER PIP  fetch wheels of netCDF4-python that carry old libraries

The wheels are of other versions of Python: only the C libraries in them are used, by ctypes, each
in a process of its own.
"""

import ctypes
import glob
import hashlib
import json
import pathlib
import subprocess
import sys
import zipfile

# netCDF4-python, the version of Python its wheel is for, the netCDF-C in it.
WHEELS = [("1.2.9", "36", "4.4.1.1"), ("1.5.1", "37", "4.6.3"), ("1.5.8", "39", "4.7.4"), ("1.6.3", "311", "4.9.1")]
PLATFORMS = ["manylinux1", "manylinux2010", "manylinux2014", "manylinux_2_12", "manylinux_2_17"]
NAME = 257
STRING = 12
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}


def fetch(folder, pip):
    folder = pathlib.Path(folder)
    for version, python, _ in WHEELS:
        target = folder / version
        if list(target.glob("**/libnetcdf-*")):
            continue
        words = [pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", str(target),
                 "--only-binary", ":all:", "--python-version", python, f"netCDF4=={version}"]
        for platform in PLATFORMS:
            words += ["--platform", f"{platform}_x86_64"]
        subprocess.run(words, check=True, capture_output=True)
        for wheel in target.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(target)


def libraries(folder):
    # pathlib, as these folders may be hidden ones.
    return sorted(str(p) for p in pathlib.Path(folder).glob("*/**/libnetcdf-*"))


def load(path):
    # Its neighbours in the wheel first, in whatever order they need each other.
    for _ in range(6):
        for other in sorted(glob.glob(str(pathlib.Path(path).parent / "*.so*"))):
            if "libnetcdf" not in other:
                try:
                    ctypes.CDLL(other, mode=ctypes.RTLD_GLOBAL)
                except OSError:
                    pass
    return ctypes.CDLL(path)


class Reader:
    def __init__(self, path):
        self.nc = load(path)
        self.nc.nc_inq_libvers.restype = ctypes.c_char_p
        self.nc.nc_strerror.restype = ctypes.c_char_p

    def call(self, name, *words):
        status = getattr(self.nc, name)(*words)
        if status:
            raise OSError(f"{name}: {self.nc.nc_strerror(status).decode()}")

    def values(self, get, kind, count, *where):
        if kind == STRING:
            texts = (ctypes.c_char_p * count)()
            self.call(f"{get}_string" if get == "nc_get_att" else "nc_get_var_string", *where, texts)
            return [t.decode() if t is not None else None for t in texts]
        if kind not in SIZES:
            return "a type of its own"
        held = ctypes.create_string_buffer(max(1, count * SIZES[kind]))
        self.call(get, *where, held)
        return hashlib.sha256(held.raw[: count * SIZES[kind]]).hexdigest()

    def attributes(self, file, var, count):
        out = {}
        for i in range(count):
            name = ctypes.create_string_buffer(NAME)
            self.call("nc_inq_attname", file, var, i, name)
            kind, size = ctypes.c_int(), ctypes.c_size_t()
            self.call("nc_inq_att", file, var, name, ctypes.byref(kind), ctypes.byref(size))
            out[name.value.decode()] = [kind.value, size.value,
                                        self.values("nc_get_att", kind.value, size.value, file, var, name)]
        return out

    def read(self, path):
        file = ctypes.c_int()
        self.call("nc_open", str(path).encode(), 0, ctypes.byref(file))
        file = file.value
        counts = [ctypes.c_int() for _ in range(4)]
        self.call("nc_inq", file, *[ctypes.byref(c) for c in counts])
        dims, variables, attributes, _ = (c.value for c in counts)
        sizes = []
        out = {"dims": sizes, "attributes": self.attributes(file, -1, attributes), "variables": {}}
        for dim in range(dims):
            name, size = ctypes.create_string_buffer(NAME), ctypes.c_size_t()
            self.call("nc_inq_dim", file, dim, name, ctypes.byref(size))
            sizes.append([name.value.decode(), size.value])
        for var in range(variables):
            name, kind, rank, own = ctypes.create_string_buffer(NAME), ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
            on = (ctypes.c_int * 1024)()
            self.call("nc_inq_var", file, var, name, ctypes.byref(kind), ctypes.byref(rank), on, ctypes.byref(own))
            count = 1
            for dim in on[: rank.value]:
                count *= sizes[dim][1]
            out["variables"][name.value.decode()] = {
                "type": kind.value,
                "dims": [sizes[d][0] for d in on[: rank.value]],
                "attributes": self.attributes(file, var, own.value),
                "values": self.values("nc_get_var", kind.value, count, file, var),
            }
        self.call("nc_close", file)
        return out


def check(files, folder, newest):
    """Every library reads from these files what the newest one does. Returns the versions."""
    files = [str(f) for f in files]

    def run(library):
        done = subprocess.run([sys.executable, __file__, library, *files], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{library}: {done.stderr.strip().splitlines()[-1:]}")
        return json.loads(done.stdout)

    expected, versions = run(newest), []
    for library in libraries(folder):
        found = run(library)
        version = found.pop("version").split(" ")[0]
        for file in files:
            if found[file] != expected[file]:
                sys.exit(f"netCDF-C {version} reads {file} otherwise: {found[file]} is not {expected[file]}")
        versions.append(version)
    return versions


def main():
    if sys.argv[1] == "--wheels":
        return fetch(sys.argv[2], sys.argv[3])
    reader = Reader(sys.argv[1])
    found = {file: reader.read(file) for file in sys.argv[2:]}
    print(json.dumps({"version": reader.nc.nc_inq_libvers().decode(), **found}))


if __name__ == "__main__":
    main()
