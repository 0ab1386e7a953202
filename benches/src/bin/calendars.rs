//! What a million times cost in each calendar: decoding, fields, text, selection, groups and
//! bins. Prints CPU milliseconds of all threads, the least of some rounds, and the ratio to the
//! standard calendar.
//!
//! usage: `calendars [ROUNDS [STEPS]]`     7 rounds and 1,000,000 hours if nothing is said
//!
//! For counts of instructions, which do not depend on the load of the machine, `calendars 1 STEPS
//! ACTION CALENDAR` under `valgrind --tool=callgrind` runs one action on one calendar once, and
//! the action "nothing" what is prepared for it: the difference of the counts is the action.

use graticule::cftime::{TimeUnits, format_iso};
use graticule::{Array, Calendar, DType, DataArray, Error, Result, TimeType};

const CALENDARS: [Calendar; 6] = [
    Calendar::Standard,
    Calendar::ProlepticGregorian,
    Calendar::Julian,
    Calendar::NoLeap,
    Calendar::AllLeap,
    Calendar::Day360,
];

/// What is measured, by name.
type Action = (&'static str, fn(&Input) -> Result<f64>);

const ACTIONS: [Action; 9] = [
    ("decode", |x| Ok(decoded(x.calendar, &x.hours)?.len() as f64)),
    ("month", |x| x.series.coord("time").dt("month").max(..).item()),
    ("format", |x| {
        let DType::Time(kind) = x.series.coord("time").dtype() else { return Ok(0.0) };
        let text = |t: &i64| format_iso(*t, kind.unit, kind.calendar).len();
        Ok(x.ticks.iter().map(text).sum::<usize>() as f64)
    }),
    ("sel", |x| x.series.sel("time", "1900-03".."1920-05").sum(..).item()),
    ("groupby month", |x| x.series.groupby("time.month").mean("time").sum(..).item()),
    ("groupby season", |x| {
        let four = ["DJF", "MAM", "JJA", "SON"];
        x.series.groupby_seasons("time", four).mean("time").sum(..).item()
    }),
    ("resample MS", |x| x.series.resample("time", "MS").mean().sum(..).item()),
    ("resample D", |x| x.series.resample("time", "D").mean().sum(..).item()),
    ("anomaly", |x| {
        let months = x.series.groupby("time.month");
        (&months - months.mean("time")).sum(..).item()
    }),
];

struct Input {
    calendar: Calendar,
    hours: Vec<i64>,
    ticks: Vec<i64>,
    series: DataArray,
}

fn decoded(calendar: Calendar, hours: &[i64]) -> Result<Vec<i64>> {
    let units = TimeUnits::parse("hours since 1850-01-01", Some(calendar.name()))?;
    Ok(units.decoder_for_ints()?.decode_i64(hours)?)
}

impl Input {
    fn new(calendar: Calendar, steps: usize) -> Result<Self> {
        let hours: Vec<i64> = (0..steps as i64).collect();
        let units = TimeUnits::parse("hours since 1850-01-01", Some(calendar.name()))?;
        let ticks = decoded(calendar, &hours)?;
        let kind = TimeType { unit: units.decoder_for_ints()?.unit(), calendar };
        let times = Array::from_vec([steps], ticks.clone())?.with_dtype(DType::Time(kind))?;
        let values: Vec<f32> = hours.iter().map(|h| (h % 997) as f32).collect();
        let series = DataArray::new("v", "time", values).with_coord("time", "time", times);
        let session = graticule::Session::builder().threads(1).build();
        let series = series.to_dataset().with_session(&session).var("v");
        Ok(Self { calendar, hours, ticks, series })
    }
}

/// CPU seconds of all threads so far.
fn cpu() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanos = |task: std::fs::DirEntry| -> Option<f64> {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    tasks.filter_map(nanos).sum::<f64>() / 1e9
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, or: usize| match words.get(at) {
        Some(word) => word.parse::<usize>().map_err(|e| Error::invalid(e.to_string())),
        None => Ok(or),
    };
    let (rounds, steps) = (number(0, 7)?.max(1), number(1, 1_000_000)?);
    if let (Some(action), Some(calendar)) = (words.get(2), words.get(3)) {
        let input = Input::new(Calendar::parse(calendar)?, steps)?;
        let found = ACTIONS.iter().find(|(name, _)| name == action);
        println!("{:?}", found.map(|(_, run)| run(&input)).transpose()?);
        return Ok(());
    }
    let inputs: Vec<Input> =
        CALENDARS.iter().map(|c| Input::new(*c, steps)).collect::<Result<_>>()?;
    print!("{:16}", "ms (ratio)");
    inputs.iter().for_each(|i| print!("{:>22}", i.calendar.name()));
    println!();
    for (name, run) in ACTIONS {
        let mut least = vec![f64::INFINITY; inputs.len()];
        // Rounds over all calendars, so that a busy moment does not hit one alone.
        for _ in 0..rounds {
            for (input, least) in inputs.iter().zip(&mut least) {
                // The clock ticks coarsely: short actions run several times.
                let (start, mut times) = (cpu(), 0);
                while times == 0 || (cpu() - start < 0.05 && times < 100) {
                    run(input)?;
                    times += 1;
                }
                *least = least.min((cpu() - start) * 1e3 / f64::from(times));
            }
        }
        let standard = least.first().copied().unwrap_or(f64::NAN);
        print!("{name:16}");
        least.iter().for_each(|ms| print!("{:>14.2} ({:5.2})", ms, ms / standard));
        println!();
    }
    Ok(())
}
