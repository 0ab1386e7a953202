"""Times graticule beside xarray + dask + flox and CDO, interleaved in one run.

usage: compare.py ARCHIVE_DIR SCENARIO_BINARY PYTHON [--repeat N] [--only NAME]

Figures are CPU seconds (user + system), the median of the repeats; ratios are peer / graticule.
For xarray only the work is counted, not the imports; for graticule and CDO the whole process.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile

CDO = {
    "global_mean": ["-fldmean", "-timmean"],
    "time_mean": ["-timmean"],
    "climatology": ["-ymonmean"],
    "anomaly_std": None,
    "point": ["-remapnn,lon=200.125_lat=10.125"],
}
SCENARIOS = ["open", "global_mean", "time_mean", "climatology", "anomaly_std", "point"]


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_process(command):
    before = children_cpu()
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode != 0:
        return None, out.stderr[-400:]
    return children_cpu() - before, out.stdout


def run_cdo(name, pattern, scratch):
    if name not in CDO or shutil.which("cdo") is None:
        return None
    # Selecting inside the brackets is the cheapest way: other variables are never read.
    merged = ["-cat", "'['", "-selname,sst", ":", pattern, "']'"]
    target = os.path.join(scratch, "cdo.nc")
    if name == "anomaly_std":
        mean = os.path.join(scratch, "clim.nc")
        commands = [["cdo", "-s", "-O", "-ymonmean", *merged, mean],
                    ["cdo", "-s", "-O", "-timstd", "-ymonsub", *merged, mean, target]]
    else:
        commands = [["cdo", "-s", "-O", *CDO[name], *merged, target]]
    total = 0.0
    for command in commands:
        cpu, text = run_process(["sh", "-c", "ulimit -n 65536 2>/dev/null || ulimit -n $(ulimit -Hn);"
                                 " exec " + " ".join(command)])
        if cpu is None:
            print(f"  cdo failed on {name}: {text}")
            return None
        total += cpu
    return total


def last_json(text):
    return json.loads(text.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive")
    parser.add_argument("binary")
    parser.add_argument("python")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only")
    args = parser.parse_args()
    pattern = os.path.join(args.archive, "*.nc")
    here = os.path.dirname(os.path.abspath(__file__))
    files = len([n for n in os.listdir(args.archive) if n.endswith(".nc")])
    print(f"{files} files; CPU seconds, median of {args.repeat} interleaved runs")
    print(f"{'scenario':<14}{'graticule':>10}{'wall':>8}{'peak MB':>9}{'limit':>9}"
          f"{'xarray':>9}{'ratio':>7}{'peak MB':>9}{'cdo':>9}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in SCENARIOS:
            if args.only and name != args.only:
                continue
            ours, peer, cdo, limit, mine, theirs = [], [], [], [], None, None
            for _ in range(args.repeat):
                cpu, text = run_process([args.binary, name, pattern])
                if cpu is None:
                    raise SystemExit(f"graticule failed on {name}: {text}")
                mine = last_json(text)
                ours.append(cpu)
                cpu, text = run_process([args.binary, "limit_" + ("open" if name == "open" else "pass"), pattern])
                if cpu is not None:
                    limit.append(cpu)
                _, text = run_process([args.python, os.path.join(here, "peers.py"), name, pattern])
                if text and text.strip().startswith("{"):
                    theirs = last_json(text)
                    peer.append(theirs["total"])
                else:
                    print(f"  xarray failed on {name}: {text}")
                cpu = run_cdo(name, pattern, scratch)
                if cpu is not None:
                    cdo.append(cpu)
            middle = statistics.median
            row = f"{name:<14}{middle(ours):>10.2f}{mine['wall']:>8.2f}{mine['peak_mb']:>9.0f}"
            row += f"{middle(limit):>9.2f}" if limit else f"{'-':>9}"
            row += (f"{middle(peer):>9.2f}{middle(peer) / middle(ours):>7.1f}{theirs['peak_mb']:>9.0f}"
                    if peer else f"{'-':>9}{'-':>7}{'-':>9}")
            row += f"{middle(cdo):>9.2f}{middle(cdo) / middle(ours):>7.1f}" if cdo else f"{'-':>9}{'-':>7}"
            print(row, flush=True)
            if theirs and theirs.get("check") is not None and mine.get("check") is not None:
                a, b = mine["check"], theirs["check"]
                if abs(a - b) > 1e-4 * max(abs(a), abs(b), 1.0):
                    print(f"  values differ: graticule {a}, xarray {b}")


if __name__ == "__main__":
    main()
