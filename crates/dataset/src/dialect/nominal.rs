//! Longitudes and latitudes as labels of x and y.

use graticule_array::{Array, Error, Result};

use super::Word;
use super::work::{Work, doubles, numbers};
use crate::attrs::Attrs;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

pub(super) fn replace(work: &mut Work<'_>) -> Result<()> {
    let (Some(y), Some(x)) = (work.dim(Word::Y), work.dim(Word::X)) else {
        work.left("there are no x and y");
        return Ok(());
    };
    let (Some((_, lon)), Some((_, lat))) = (work.var(Word::Lon), work.var(Word::Lat)) else {
        work.left("there are no longitudes and latitudes");
        return Ok(());
    };
    let over = |var: &Variable, dim: &Name| {
        var.ndim() == 1 && var.dims().has(dim)
            || var.ndim() == 2 && [&y, &x].iter().all(|d| var.dims().has(d))
    };
    if !over(&lon, &x) || !over(&lat, &y) {
        return Err(Error::mismatch(format!(
            "longitudes over ({}) and latitudes over ({}) for labels of {y} and {x}",
            lon.dims(),
            lat.dims()
        ))
        .hint("rename first, which finds x and y"));
    }
    let names = (work.name(Word::Lon), work.name(Word::Lat));
    let read = |name: &Name| -> Result<Vec<f64>> {
        let array = work.set.var(name);
        let array = if array.ndim() == 2 {
            array.transpose([&y, &x].into_iter().collect::<Dims>())
        } else {
            array
        };
        doubles(&array.to_array()?)
    };
    let (lons, lats) = (read(&names.0)?, read(&names.1)?);
    let size = |dim: &Name| work.set.size_of(dim).unwrap_or(0);
    let (rows, columns) = (size(&y), size(&x));
    let latitudes: Vec<f64> =
        if lat.ndim() == 1 { lats } else { lats.chunks(columns.max(1)).map(highest).collect() };
    let longitudes: Vec<f64> = if lon.ndim() == 1 {
        lons
    } else {
        lons.chunks(columns.max(1)).nth(equator(&latitudes)).unwrap_or_default().to_vec()
    };
    if latitudes.len() != rows || longitudes.len() != columns {
        return Err(Error::bug("as many labels as positions were expected"));
    }
    label(work, &y, bridged(&latitudes, None), ["Y", "nominal latitude"])?;
    label(work, &x, bridged(&longitudes, Some(360.0)), ["X", "nominal longitude"])
}

fn highest(row: &[f64]) -> f64 {
    row.iter().copied().fold(f64::NAN, f64::max)
}

/// The row nearest to the equator; of two the southern one, however rows are ordered.
fn equator(latitudes: &[f64]) -> usize {
    let key = |lat: f64| if lat.is_nan() { (f64::INFINITY, 0.0) } else { (lat.abs(), lat) };
    let less = |a: f64, b: f64| {
        let (a, b) = (key(a), key(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    };
    let least = latitudes.iter().enumerate().min_by(|(_, a), (_, b)| less(**a, **b));
    least.map_or(0, |(i, _)| i)
}

/// Puts labels on a dimension, in rising order, with the data along them.
fn label(
    work: &mut Work<'_>,
    dim: &Name,
    values: Option<Vec<f64>>,
    [axis, title]: [&str; 2],
) -> Result<()> {
    let Some(values) = values else {
        work.left(format!("{dim}: fewer than two positions to tell labels from"));
        return Ok(());
    };
    let mut order: Vec<usize> = (0..values.len()).collect();
    let at = |i: &usize| values.get(*i).copied().unwrap_or(f64::NAN);
    order.sort_by(|a, b| at(a).total_cmp(&at(b)));
    let mut labels: Vec<f64> = order.iter().map(at).collect();
    separate(&mut labels);
    let sorted = order.iter().enumerate().all(|(i, at)| i == *at);
    let old = work.set.variable(dim);
    let same =
        old.is_some_and(|v| v.dtype().is_float()) && old.and_then(numbers) == Some(labels.clone());
    if sorted && same {
        return Ok(());
    }
    work.set = work.set.in_order(dim, &order)?;
    let n = labels.len();
    let made = Variable::new(dim.clone(), Array::from_vec([n], labels)?)?;
    let attrs = Attrs::new().with("axis", axis).with("long_name", title);
    work.put(dim, made.with_attrs(attrs))?;
    let turned = if sorted { "" } else { ", the data along it in rising order" };
    work.changed(format!("{dim} is the {title}{turned}"));
    Ok(())
}

/// Numbers without gaps: missing ones lie between their neighbours, on a circle the shorter way
/// round; `None` if there are fewer than two.
fn bridged(values: &[f64], turn: Option<f64>) -> Option<Vec<f64>> {
    let known: Vec<(usize, f64)> =
        values.iter().copied().enumerate().filter(|(_, v)| v.is_finite()).collect();
    if known.len() == values.len() && !values.is_empty() {
        return Some(values.to_vec());
    }
    let n = values.len();
    let ((first, low), (last, high)) = (*known.first()?, *known.last()?);
    let before_last = known.len().checked_sub(2).and_then(|i| known.get(i))?;
    let second = known.get(1)?;
    let shorter = |step: f64| turn.map_or(step, |t| step - t * (step / t).round());
    let value = |i: usize| -> f64 {
        let at = known.partition_point(|(k, _)| *k < i);
        let (a, b) = match (at.checked_sub(1).and_then(|a| known.get(a)), known.get(at)) {
            (Some(a), Some(b)) => (*a, *b),
            // On a circle the ends are neighbours, on a line they go on as they began.
            (None, Some(b)) if turn.is_some() => ((last, high), (b.0 + n, b.1)),
            (Some(a), None) if turn.is_some() => (*a, (first + n, low)),
            (None, _) => ((first, low), *second),
            (_, None) => (*before_last, (last, high)),
        };
        let i = if i < a.0 && turn.is_some() { i + n } else { i };
        let part = (i as f64 - a.0 as f64) / (b.0 as f64 - a.0 as f64).max(1.0);
        let made = a.1 + part * shorter(b.1 - a.1);
        turn.map_or(made, |t| made.rem_euclid(t).rem_euclid(t))
    };
    let filled = values.iter().enumerate().map(|(i, v)| if v.is_finite() { *v } else { value(i) });
    Some(filled.collect())
}

/// Makes rising numbers unique: of equal ones the first stays, the others are spread evenly
/// below the next number.
fn separate(values: &mut [f64]) {
    let n = values.len();
    let mut start = 0;
    while start < n {
        let here = values.get(start).copied().unwrap_or_default();
        let end = start + values.iter().skip(start).take_while(|v| **v <= here).count().max(1);
        let count = end - start;
        if count > 1 {
            let before = start.checked_sub(1).and_then(|i| values.get(i)).copied();
            let width = match (values.get(end), before) {
                (Some(next), _) => next - here,
                (None, Some(before)) => here - before,
                (None, None) => 1.0,
            };
            let step = width / count as f64;
            for (i, value) in values.iter_mut().skip(start).take(count).enumerate() {
                *value = here + step * i as f64;
            }
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_labels_part() {
        let mut values = vec![0.0, 0.0, 10.0, 20.0, 20.0, 20.0];
        separate(&mut values);
        let third = 10.0 / 3.0;
        assert_eq!(values, [0.0, 5.0, 10.0, 20.0, 20.0 + third, 20.0 + 2.0 * third]);
        let mut same = vec![3.0, 3.0];
        separate(&mut same);
        assert_eq!(same, [3.0, 3.5]);
    }

    #[test]
    fn gaps_are_bridged_the_shorter_way() {
        let nan = f64::NAN;
        assert_eq!(bridged(&[nan, 20.0, nan, 40.0], None).unwrap(), [10.0, 20.0, 30.0, 40.0]);
        assert_eq!(bridged(&[20.0, 40.0, nan], None).unwrap(), [20.0, 40.0, 60.0]);
        let around = bridged(&[350.0, nan, 10.0, 120.0, 240.0, nan], Some(360.0)).unwrap();
        assert_eq!(around, [350.0, 0.0, 10.0, 120.0, 240.0, 295.0]);
        assert_eq!(bridged(&[nan, 90.0, 180.0, 270.0], Some(360.0)).unwrap()[0], 0.0);
        assert_eq!(bridged(&[nan, 1.0], None), None);
        assert_eq!(equator(&[60.0, 20.0, -20.0, nan]), 2);
    }
}
