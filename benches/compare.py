"""Times graticule beside xarray + dask + flox, CDO and NCO, interleaved in one run.

usage: compare.py ARCHIVE_DIR SCENARIO_BINARY PYTHON [--repeat N] [--only NAME ...]

Prints a table in Markdown. Figures are CPU seconds (user + system), the least of the repeats, for what
else runs on the machine can only add to them. For
xarray only the work is counted, not the imports; for the others the whole process. `least` is what
opening, reading, inflating and unshuffling each chunk once and one pass over it cost by hand, in the
same run; a ratio below its target is set in bold.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import tempfile

# What each scenario must do at least, and how many times as much it may take; 0 where more than
# one pass over the values is the work.
SCENARIOS = {
    "open": ("limit_open", 0),
    "global_mean": ("limit_pass", 1.4),
    "time_mean": ("limit_pass", 1.4),
    "climatology": ("limit_pass", 1.4),
    "anomaly_std": ("limit_pass", 0),
    "rolling_mean": ("limit_pass", 0),
    "quantile": ("limit_pass", 0),
    "quadratic": ("limit_pass2", 0),
    "vorticity": ("limit_pass2", 0),
    "point": ("limit_pass", 0),
}
PYTHON, CLIMATE = 5.0, 2.5


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_process(command):
    before = children_cpu()
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode != 0:
        return None, out.stderr[-400:]
    return children_cpu() - before, out.stdout


def cdo_commands(name, pattern, scratch):
    def cat(names):
        # Selecting inside the brackets is the cheapest way: other variables are never read.
        return ["-cat", "'['", "-selname," + names, ":", pattern, "']'"]

    def at(file):
        return os.path.join(scratch, file)

    one, two, target = cat("sst"), cat("sst,anom"), at("cdo.nc")
    simple = {
        "global_mean": ["-fldmean", "-timmean", *one],
        "time_mean": ["-timmean", *one],
        "climatology": ["-ymonmean", *one],
        "rolling_mean": ["-timmean", "-runmean,30", *one],
        "quadratic": ["-timmean", "-expr,'uu=sst*sst;vv=anom*anom;uv=sst*anom'", *two],
        "point": ["-remapnn,lon=200.125_lat=10.125", *one],
    }
    if name in simple:
        return [[*simple[name], target]]
    if name == "anomaly_std":
        return [["-ymonmean", *one, at("clim.nc")],
                ["-timstd", "-ymonsub", *one, at("clim.nc"), target]]
    if name == "quantile":
        return [["-timmin", *one, at("min.nc")], ["-timmax", *one, at("max.nc")],
                ["-timpctl,90", *one, at("min.nc"), at("max.nc"), target]]
    return []


def run_all(commands):
    total = 0.0
    for command in commands:
        limit = "ulimit -n 65536 2>/dev/null || ulimit -n $(ulimit -Hn);"
        cpu, text = run_process(["sh", "-c", limit + " exec " + " ".join(command)])
        if cpu is None:
            print(f"  {' '.join(command[:4])} failed: {text}")
            return None
        total += cpu
    return total if commands else None


def run_cdo(name, pattern, scratch):
    if shutil.which("cdo") is None:
        return None
    return run_all([["cdo", "-s", "-O", *c] for c in cdo_commands(name, pattern, scratch)])


def run_nco(name, pattern, scratch):
    """Means over the files of an archive: NCO has no other operator that goes over them."""
    if shutil.which("nces") is None or name not in ("time_mean", "global_mean"):
        return None
    mean, target = os.path.join(scratch, "nces.nc"), os.path.join(scratch, "ncwa.nc")
    commands = [["nces", "-O", "-v", "sst", pattern, mean]]
    if name == "global_mean":
        commands.append(["ncwa", "-O", "-v", "sst", mean, target])
    return run_all(commands)


def last_json(text):
    return json.loads(text.strip().splitlines()[-1])


def ratio(of, to, target, more):
    """A ratio in text; bold where it misses a target."""
    if not of or not to:
        return "-"
    value = of / to
    missed = target and (value < target if more else value > target)
    return f"**{value:.2f}**" if missed else f"{value:.2f}"


def tasks(binary, repeat):
    """What the engine costs for each of a million tasks, and what a sink for progress adds."""
    taken = {name: [] for name in ("tasks", "tasks_told", "tasks_bare")}
    for _ in range(repeat):
        for name, all_of in taken.items():
            cpu, text = run_process([binary, name, "-"])
            if cpu is None:
                raise SystemExit(f"{name} failed: {text}")
            all_of.append(cpu)
    plain, told, bare = (min(taken[n]) for n in taken)
    print(f"\n1,000,000 tiny chunks, a task each: {plain - bare:.2f} us of the engine per task "
          f"(target 2); with a sink for progress {100 * (told / plain - 1):+.1f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive")
    parser.add_argument("binary")
    parser.add_argument("python")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    pattern = os.path.join(args.archive, "*.nc")
    here = os.path.dirname(os.path.abspath(__file__))
    files = len([n for n in os.listdir(args.archive) if n.endswith(".nc")])
    print(f"{files} files; CPU seconds, the least of {args.repeat} interleaved runs\n")
    print("| scenario | graticule | peak MB | least | / least (1.4) | xarray | / ours (5) | peak MB "
          "| CDO | / ours (2.5) | NCO | / ours (2.5) |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    means = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, (least, target) in SCENARIOS.items():
            if args.only and name not in args.only:
                continue
            ours, peer, cdo, nco, limit, mine, theirs = [], [], [], [], [], None, None
            for _ in range(args.repeat):
                cpu, text = run_process([args.binary, name, pattern])
                if cpu is None:
                    raise SystemExit(f"graticule failed on {name}: {text}")
                mine = last_json(text)
                ours.append(cpu)
                cpu, _ = run_process([args.binary, least, pattern])
                if cpu is not None:
                    limit.append(cpu)
                _, text = run_process([args.python, os.path.join(here, "peers.py"), name, pattern])
                if text and text.strip().startswith("{"):
                    theirs = last_json(text)
                    peer.append(theirs["total"])
                else:
                    print(f"  xarray failed on {name}: {text}")
                for all_of, run in ((cdo, run_cdo), (nco, run_nco)):
                    cpu = run(name, pattern, scratch)
                    if cpu is not None:
                        all_of.append(cpu)
            own = means[name] = min(ours)
            number = lambda all_of: f"{min(all_of):.2f}" if all_of else "-"
            cells = [name, f"{own:.2f}", f"{mine['peak_mb']:.0f}", number(limit),
                     ratio(own, min(limit) if limit else 0, target, False),
                     number(peer), ratio(min(peer) if peer else 0, own, PYTHON, True),
                     f"{theirs['peak_mb']:.0f}" if theirs else "-",
                     number(cdo), ratio(min(cdo) if cdo else 0, own, CLIMATE, True),
                     number(nco), ratio(min(nco) if nco else 0, own, CLIMATE, True)]
            print("| " + " | ".join(cells) + " |", flush=True)
            if theirs and theirs.get("check") is not None and mine.get("check") is not None:
                a, b = mine["check"], theirs["check"]
                if abs(a - b) > 1e-4 * max(abs(a), abs(b), 1.0):
                    print(f"  values differ: graticule {a}, xarray {b}")
    if "anomaly_std" in means and "time_mean" in means:
        print(f"\nAn anomaly takes {means['anomaly_std'] / means['time_mean']:.2f} times a mean "
              "(target 2.1).")
    if not args.only or "tasks" in args.only:
        tasks(args.binary, args.repeat)


if __name__ == "__main__":
    main()
