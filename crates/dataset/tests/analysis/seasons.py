"""What xarray's SeasonGrouper and SeasonResampler give: the expectations in seasons.txt.

usage: seasons.py > seasons.txt     with a Python that has xarray, flox and cftime

Each line: the verb, the calendar, the first day, the number of days, the seasons, and behind a
colon the labels with the sum and the count of each. Values are the numbers of the days.

Resampled seasons are counted here too, day by day. Where xarray differs, the line holds what was
counted, and a comment before it what xarray gives: it adds seasons without data behind the last,
and if the first season is incomplete and the next one begins in another year, it labels all seasons
with a year too early.
"""

import warnings

import numpy as np
import xarray as xr
from xarray.groupers import SeasonGrouper, SeasonResampler

warnings.filterwarnings("ignore")

LISTS = [
    "DJF MAM JJA SON",
    "MAM JJAS OND JF",
    "DJFM MAMJ JJAS SOND",
    "NDJFM JJAS",
    "NDJ FMA MJJ ASO",
    "JFMAMJJASOND",
    "DJ",
]
SPANS = [("2000-01-01", 1096), ("1999-11-15", 500), ("2001-03-01", 365)]
CALENDARS = ["standard", "proleptic_gregorian", "noleap", "all_leap", "360_day", "julian"]


def days(calendar, start, count):
    own = calendar != "standard"
    time = xr.date_range(start, periods=count, freq="D", calendar=calendar, use_cftime=own)
    return xr.DataArray(np.arange(float(count)), dims="time", coords={"time": time})


def told(made):
    key = "season" if "season" in made["sum"].coords else "time"
    labels = [str(label).split("T")[0].split(" ")[0] for label in made["sum"][key].values]
    sums = ["nan" if np.isnan(v) else int(v) for v in made["sum"].values]
    counts = ["0" if np.isnan(v) else int(v) for v in made["count"].values]
    return " ".join(f"{a}={b}/{c}" for a, b, c in zip(labels, sums, counts))


def counted(x, names, whole):
    initials = "JFMAMJJASOND" * 2
    starts = {name: initials.index(name) for name in names}
    of_month = {(starts[n] + i) % 12: n for n in names for i in range(len(n))}
    found = {}
    for value, time in zip(x.values, x.time):
        month, year = int(time.dt.month) - 1, int(time.dt.year)
        if month in of_month:
            name = of_month[month]
            begin = (year - (month < starts[name]), starts[name], name)
            found.setdefault(begin, []).append((value, month))
    years = range(min(found)[0], max(found)[0] + 1)
    every = sorted((y, starts[n], n) for y in years for n in names)
    every = every[every.index(min(found)) : every.index(max(found)) + 1]
    if whole:
        if starts[every[0][2]] not in [m for _, m in found[every[0]]]:
            every = every[1:]
        if every and (starts[every[-1][2]] + len(every[-1][2]) - 1) % 12 not in [m for _, m in found[every[-1]]]:
            every = every[:-1]
    cells = []
    for key in every:
        values = [v for v, _ in found.get(key, [])]
        total = int(sum(values)) if values else "nan"
        cells.append(f"{key[0]}-{key[1] + 1:02d}-01={total}/{len(values)}")
    return " ".join(cells)


def main():
    print(f"# written by seasons.py with xarray {xr.__version__}")
    for calendar in CALENDARS:
        for start, count in SPANS:
            x = days(calendar, start, count)
            for text in LISTS:
                names = text.split()
                verbs = {"groupby": lambda: x.groupby(time=SeasonGrouper(names))}
                if len("".join(names)) <= 12:
                    whole = SeasonResampler(names)
                    part = SeasonResampler(names, drop_incomplete=False)
                    verbs["whole"] = lambda: x.resample(time=whole)
                    verbs["part"] = lambda: x.resample(time=part)
                for verb, group in verbs.items():
                    try:
                        made = {"sum": group().sum(), "count": group().count()}
                    except Exception as error:  # the corners where xarray itself fails
                        print("#", verb, calendar, start, text, type(error).__name__, str(error)[:60])
                        continue
                    words = [verb, calendar, start, count, text.replace(" ", ","), ":"]
                    cells = told(made)
                    right = cells if verb == "groupby" else counted(x, names, verb == "whole")
                    if right != cells:
                        print("# xarray:", *words, cells)
                    if right:
                        print(*words, right)


if __name__ == "__main__":
    main()
