//! Labelled arrays computed at once, with plain loops over `f64`.

use graticule::DType;

/// Values along named dimensions; along "time", the day of each.
#[derive(Clone, Debug)]
pub(crate) struct Oracle {
    pub(crate) dims: Vec<String>,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f64>,
    /// Days since 1970-01-01 in months of 30 days.
    pub(crate) days: Vec<i64>,
    pub(crate) lats: Vec<f64>,
}

/// The month, year or season of a day, as a number that orders like the labels of groups.
pub(crate) fn field(of: &str, day: i64) -> i64 {
    let month = day.rem_euclid(360) / 30 + 1;
    match of {
        "month" => month,
        "year" => 1970 + day.div_euclid(360),
        "dayofyear" => day.rem_euclid(360) + 1,
        // DJF, JJA, MAM, SON
        "season" => [0, 0, 2, 2, 2, 1, 1, 1, 3, 3, 3, 0][month as usize - 1],
        other => panic!("no field {other}"),
    }
}

/// The text of a season's number.
pub(crate) const SEASONS: [&str; 4] = ["DJF", "JJA", "MAM", "SON"];

/// One reduction of a list of values.
pub(crate) fn reduce(name: &str, skipna: bool, ddof: f64, values: &[f64]) -> f64 {
    let valid: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    if name == "count" {
        return valid.len() as f64;
    }
    if !skipna && valid.len() < values.len() {
        return f64::NAN;
    }
    let n = valid.len() as f64;
    let sum: f64 = valid.iter().sum();
    let lowest = |a: f64, b: &f64| if *b < a || a.is_nan() { *b } else { a };
    let highest = |a: f64, b: &f64| if *b > a || a.is_nan() { *b } else { a };
    let variance = || {
        let mean = sum / n;
        let squares: f64 = valid.iter().map(|v| (v - mean) * (v - mean)).sum();
        if n - ddof > 0.0 { squares / (n - ddof) } else { f64::NAN }
    };
    match name {
        "sum" => sum,
        "mean" => sum / n,
        "min" => valid.iter().fold(f64::NAN, lowest),
        "max" => valid.iter().fold(f64::NAN, highest),
        "var" => variance(),
        "std" => variance().sqrt(),
        other => panic!("no reduction {other}"),
    }
}

impl Oracle {
    pub(crate) fn axis(&self, dim: &str) -> Option<usize> {
        self.dims.iter().position(|d| d == dim)
    }

    pub(crate) fn size(&self, dim: &str) -> usize {
        self.axis(dim).map_or(0, |a| self.shape[a])
    }

    fn steps(&self) -> Vec<usize> {
        let mut steps = vec![1; self.shape.len()];
        for axis in (1..self.shape.len()).rev() {
            steps[axis - 1] = steps[axis] * self.shape[axis];
        }
        steps
    }

    /// The positions of all elements, in order.
    fn places(shape: &[usize]) -> Vec<Vec<usize>> {
        let mut places = vec![Vec::new()];
        for n in shape {
            places = places
                .into_iter()
                .flat_map(|p| (0..*n).map(move |i| [p.clone(), vec![i]].concat()))
                .collect();
        }
        places
    }

    fn at(&self, place: &[usize]) -> f64 {
        self.values[place.iter().zip(self.steps()).map(|(i, step)| i * step).sum::<usize>()]
    }

    /// Each value changed, and rounded as its type is.
    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        let values = self.values.iter().map(|v| f(*v)).collect();
        Self { values, ..self.clone() }
    }

    pub(crate) fn rounded_to(self, dtype: &DType) -> Self {
        if *dtype == DType::F32 { self.map(|v| f64::from(v as f32)) } else { self }
    }

    /// The elements at `positions` along `dim`, which goes away if `at_one`.
    pub(crate) fn select(&self, dim: &str, positions: &[usize], at_one: bool) -> Self {
        let axis = self.axis(dim).unwrap();
        let mut shape = self.shape.clone();
        shape[axis] = positions.len();
        let source = |mut place: Vec<usize>| {
            place[axis] = positions[place[axis]];
            self.at(&place)
        };
        let values = Self::places(&shape).into_iter().map(source).collect();
        let mut out = Self { shape, values, ..self.clone() };
        if dim == "time" {
            out.days = positions.iter().map(|i| self.days[*i]).collect();
        } else if dim == "lat" {
            out.lats = positions.iter().map(|i| self.lats[*i]).collect();
        }
        if at_one {
            out.dims.remove(axis);
            out.shape.remove(axis);
        }
        out
    }

    /// Both along all dimensions: those of this one, then the other's.
    pub(crate) fn zip(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let mut out = self.clone();
        for (dim, n) in other.dims.iter().zip(&other.shape) {
            if self.axis(dim).is_none() {
                out.dims.push(dim.clone());
                out.shape.push(*n);
            }
        }
        let within = |of: &Self, place: &[usize]| {
            let at: Vec<usize> = of.dims.iter().map(|d| place[out.axis(d).unwrap()]).collect();
            of.at(&at)
        };
        let places = Self::places(&out.shape);
        out.values = places.iter().map(|p| f(within(self, p), within(other, p))).collect();
        out
    }

    /// Reduced over `over`; with a field, by that field of the times, whose groups take the
    /// place of "time".
    pub(crate) fn reduce(
        &self,
        over: &[String],
        by: Option<&str>,
        f: impl Fn(&[f64]) -> f64,
    ) -> Self {
        let time = self.axis("time");
        let mut keys: Vec<i64> = self.days.iter().map(|d| by.map_or(0, |b| field(b, *d))).collect();
        let of_day = keys.clone();
        keys.sort_unstable();
        keys.dedup();
        let (mut dims, mut shape, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (axis, dim) in self.dims.iter().enumerate() {
            if let (Some(by), true) = (by, Some(axis) == time) {
                dims.push(by.to_owned());
                shape.push(keys.len());
                kept.push(axis);
            } else if !over.contains(dim) {
                dims.push(dim.clone());
                shape.push(self.shape[axis]);
                kept.push(axis);
            }
        }
        let cells = Self::places(&shape);
        let mut lists: Vec<Vec<f64>> = vec![Vec::new(); cells.len()];
        for place in Self::places(&self.shape) {
            let cell: Vec<usize> = kept
                .iter()
                .map(|axis| match (by, Some(*axis) == time) {
                    (Some(_), true) => {
                        keys.iter().position(|k| *k == of_day[place[*axis]]).unwrap()
                    }
                    _ => place[*axis],
                })
                .collect();
            let mut at = 0;
            for (i, n) in cell.iter().zip(&shape) {
                at = at * n + i;
            }
            lists[at].push(self.at(&place));
        }
        let values = lists.iter().map(|list| f(list)).collect();
        let days = if by.is_some() { keys } else { self.days.clone() };
        Self { dims, shape, values, days, lats: self.lats.clone() }
    }

    /// Each value less the mean of its group.
    pub(crate) fn anomaly(&self, by: &str, dtype: &DType) -> Self {
        let means = self
            .reduce(&["time".into()], Some(by), |v| reduce("mean", true, 0.0, v))
            .rounded_to(dtype);
        let groups: Vec<usize> = self
            .days
            .iter()
            .map(|d| means.days.iter().position(|k| *k == field(by, *d)).unwrap())
            .collect();
        let mut spread = means.select(by, &groups, false);
        spread.dims = spread.dims.iter().map(|d| if d == by { "time" } else { d }.into()).collect();
        self.zip(&spread, |a, b| a - b)
    }
}
