"""Makes tests/dates.txt: one SHA-256 per calendar over a million random dates as cftime has them.

Run with a Python that has cftime:  python tests/dates.py > tests/dates.txt
Each line that is hashed: the date in ISO form with microseconds, a blank, the day of the year, and
a newline.
"""

import hashlib

import cftime
import numpy as np

COUNT = 1_000_000
DAY = 86_400_000_000
FIRST, LAST = -700_000, 2_880_000
CALENDARS = [
    "standard",
    "proleptic_gregorian",
    "julian",
    "noleap",
    "all_leap",
    "360_day",
]


def numbers(seed):
    """Microseconds since 1970-01-01, by SplitMix64."""
    with np.errstate(over="ignore"):
        step = np.uint64(0x9E3779B97F4A7C15)
        state = np.uint64(seed) + step * np.arange(1, COUNT + 1, dtype=np.uint64)
        z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z % np.uint64((LAST - FIRST) * DAY)).astype(np.int64) + FIRST * DAY


print(f"# cftime {cftime.__version__}, seeds 0 to {len(CALENDARS) - 1} in this order")
for seed, calendar in enumerate(CALENDARS):
    total = hashlib.sha256()
    ticks = numbers(seed)
    for start in range(0, COUNT, 10_000):
        part = ticks[start : start + 10_000]
        dates = cftime.num2date(part, "microseconds since 1970-01-01", calendar)
        lines = [
            f"{d.year:04d}-{d.month:02d}-{d.day:02d}T{d.hour:02d}:{d.minute:02d}:{d.second:02d}"
            f".{d.microsecond:06d} {d.dayofyr}\n"
            for d in dates
        ]
        total.update("".join(lines).encode())
    print(calendar, total.hexdigest())
