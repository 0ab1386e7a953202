//! Texts about time: units, dates, partial dates, frequencies.

use graticule::cftime::{Calendar, Frequency, PartialDate, TimeUnit, TimeUnits};

use crate::{Target, Trace, seeds};

const WORDS: &[&str] = &[
    "days",
    "hours",
    "seconds",
    "months",
    "years",
    "milliseconds",
    "microseconds",
    "nanoseconds",
    " since ",
    "1970-01-01",
    "00:00:00",
    "T",
    "Z",
    "+05:30",
    "-",
    ":",
    ".",
    " ",
    "UTC",
    "0001",
    "99999999999",
    "noleap",
    "360_day",
    "julian",
    "gregorian",
    "all_leap",
    "Q",
    "QS-DEC",
    "YE",
    "W-SUN",
    "MS",
    "D",
    "h",
    "min",
    "ms",
    "us",
    "ns",
    "e",
    "W12",
];

pub(super) const UNITS: Target = Target {
    name: "units",
    what: "units of time (\"days since ...\") in every calendar, and decoding with them",
    run: units,
    seeds: || {
        seeds::texts(&[
            "days since 2000-01-01",
            "hours since 1850-01-01 00:00:00\nnoleap",
            "seconds since 1970-01-01T00:00:00Z\nproleptic_gregorian",
            "months since 0001-01-01\n360_day",
            "microseconds since 1900-1-1 6:30:15.5 +05:30\njulian",
            "day as %Y%m%d.%f\nstandard",
            "years since -4712-01-01 12:00\nall_leap",
            "minutes since 1-1-1 -3:00\nnone",
        ])
    },
    words: WORDS,
};

pub(super) const DATE: Target = Target {
    name: "date",
    what: "dates and parts of dates (\"2001\", \"2001-03\")",
    run: date,
    seeds: || {
        let all = [
            "2001",
            "2001-03",
            "2001-03-05",
            "2001-03-05T06",
            "2001-03-05T06:07:08.123456789Z",
            "20010305",
            "-0044-03-15",
            "+12345-01-01",
            "2001-02-30",
            "2001-060",
            "2001-Q2",
        ];
        seeds::texts(&all)
    },
    words: WORDS,
};

pub(super) const FREQUENCY: Target = Target {
    name: "frequency",
    what: "offset aliases (\"3MS\", \"QS-DEC\") and what resampling does with them",
    run: frequency,
    seeds: || {
        seeds::texts(&[
            "D", "3MS", "QS-DEC", "YE-JUN", "6h", "15min", "W-SUN", "2W", "ME", "QE-NOV", "500ms",
            "10us", "7ns", "s",
        ])
    },
    words: WORDS,
};

pub(super) const TICKS: Target = Target {
    name: "ticks",
    what: "any numbers under any units: decoding, fields, printing, encoding",
    run: ticks,
    seeds: || {
        let numbers = [0i64, 1, -1, 738_000, i64::MAX, i64::MIN].map(i64::to_le_bytes).concat();
        let with = |text: &str| [&[text.len() as u8], text.as_bytes(), &numbers].concat();
        vec![
            with("days since 2000-01-01"),
            with("hours since 0001-01-01\nnoleap"),
            with("seconds since 1582-10-15\nstandard"),
        ]
    },
    words: WORDS,
};

const CALENDARS: [Calendar; 4] =
    [Calendar::Standard, Calendar::ProlepticGregorian, Calendar::NoLeap, Calendar::Day360];

fn parsed(text: &str) -> graticule::cftime::Result<TimeUnits> {
    let (units, calendar) = match text.split_once('\n') {
        Some((units, calendar)) => (units, Some(calendar)),
        None => (text, None),
    };
    TimeUnits::parse(units, calendar)
}

fn decode(units: &TimeUnits, ints: &[i64], trace: &mut Trace) {
    let decoded = units.decoder_for_ints().map(|d| (d.decode_i64(ints), d.unit(), d.calendar()));
    trace.note(&decoded);
    if let Ok((ticks, unit, calendar)) = decoded {
        trace.note(&ticks);
        let ticks = ticks.unwrap_or_default();
        trace.fact(
            graticule::cftime::format_iso(ticks.first().copied().unwrap_or(0), unit, calendar)
                .len(),
        );
        for field in ["year", "month", "dayofyear", "season", "nanosecond"] {
            if let Some(field) = graticule::cftime::Field::parse(field) {
                let _ = field.of_all(&ticks, unit, calendar);
            }
        }
        trace.note(&units.encode(&ticks, unit));
        trace.note(&units.encode_lossless(&ticks, unit));
        trace.note(&TimeUnits::infer(&ticks, unit, calendar));
    }
    let floats: Vec<f64> = ints.iter().map(|i| f64::from_bits(*i as u64)).collect();
    let decoded = units.decoder_for_floats(&floats);
    trace.note(&decoded);
    if let Ok(decoder) = decoded {
        trace.note(&decoder.decode_f64(&floats));
    }
}

fn units(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let text = String::from_utf8_lossy(bytes);
    let units = parsed(&text);
    trace.note(&units);
    if let Ok(units) = units {
        trace.fact(units.step().to_string());
        trace.fact(units.calendar().to_string());
        decode(&units, &[0, 1, -1, 400, i64::MAX], &mut trace);
        decode(&units.as_read_by_xarray(), &[3], &mut trace);
    }
    trace.finish()
}

fn ticks(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let Some((n, rest)) = bytes.split_first() else { return 0 };
    let (text, numbers) = rest.split_at(rest.len().min(usize::from(*n)));
    let ints: Vec<i64> =
        numbers.as_chunks().0.iter().take(16).map(|c| i64::from_le_bytes(*c)).collect();
    let units = parsed(&String::from_utf8_lossy(text));
    trace.note(&units);
    if let Ok(units) = units {
        decode(&units, &ints, &mut trace);
    }
    trace.finish()
}

fn date(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let date = PartialDate::parse(&String::from_utf8_lossy(bytes));
    trace.note(&date);
    if let Ok(date) = date {
        trace.fact(format!("{:?}", date.resolution()));
        trace.fact(date.start().iso().len());
        for calendar in CALENDARS {
            for unit in [TimeUnit::Second, TimeUnit::Nanosecond] {
                trace.note(&date.interval(unit, calendar));
            }
        }
    }
    trace.finish()
}

fn frequency(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let frequency = Frequency::parse(&String::from_utf8_lossy(bytes));
    trace.note(&frequency);
    if let Ok(frequency) = frequency {
        trace.fact(format!("{:?}", frequency.period()));
        for calendar in CALENDARS {
            for unit in [TimeUnit::Second, TimeUnit::Nanosecond] {
                for tick in [0, -1, 86_400_000_000_000, i64::MAX, i64::MIN] {
                    trace.note(&frequency.floor(tick, unit, calendar));
                }
            }
        }
    }
    trace.finish()
}
