//! The promises of [`ChunkSource`].

use graticule_array::{Array, DType, Error, Region, Result};

use super::boxes::sample_boxes;
use crate::source::ChunkSource;

/// Checks a source against the data it should hold: boxes of all kinds, borders, strided
/// targets whose surroundings must stay untouched, empty boxes, reading from several threads,
/// and errors for what lies out of range.
///
/// # Errors
/// The first promise that is broken.
pub fn source_suite(source: &dyn ChunkSource, expected: &Array) -> Result<()> {
    check_info(source, expected)?;
    let boxes = sample_boxes(&source.info().grid);
    for region in &boxes {
        check_box(source, expected, region)?;
        check_strided(source, expected, region)?;
        check_column_major(source, expected, region)?;
    }
    check_threads(source, expected, &boxes)?;
    check_out_of_range(source)
}

fn broken(what: impl Into<String>) -> Error {
    Error::mismatch(what)
}

/// Equal dtypes, shapes and bytes; NaN equals NaN.
fn same(a: &Array, b: &Array) -> bool {
    a.dtype() == b.dtype()
        && a.shape() == b.shape()
        && match (a.to_packed(), b.to_packed()) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        }
}

fn check_info(source: &dyn ChunkSource, expected: &Array) -> Result<()> {
    let info = source.info();
    if info.dtype != *expected.dtype() || info.shape != expected.shape() {
        return Err(broken(format!(
            "expected {} {:?}, the source says {} {:?}",
            expected.dtype(),
            expected.shape(),
            info.dtype,
            info.shape
        )));
    }
    if info.grid.shape() != info.shape {
        return Err(broken(format!(
            "the grid covers {:?} of the shape {:?}",
            info.grid.shape(),
            info.shape
        )));
    }
    match &info.fill {
        Some(fill) if fill.dtype() != info.dtype && info.dtype.size().is_some() => {
            Err(broken(format!("the fill value is {}, the data {}", fill.dtype(), info.dtype)))
        }
        _ => Ok(()),
    }
}

fn check_box(source: &dyn ChunkSource, expected: &Array, region: &Region) -> Result<()> {
    let found = source.read(region)?;
    if same(&found, &expected.region(region)?) {
        Ok(())
    } else {
        Err(broken(format!("{region:?} holds other values")))
    }
}

/// Reads into the middle of a larger array.
fn check_strided(source: &dyn ChunkSource, expected: &Array, region: &Region) -> Result<()> {
    let larger: Vec<usize> = region.len.iter().map(|l| l + 3).collect();
    let inside = Region::new(vec![1; region.ndim()], region.len.clone());
    let mut target = Array::zeros(expected.dtype(), &larger)?;
    let mut wanted = target.clone();
    source.read_into(region, target.view_mut().region(&inside)?)?;
    wanted.view_mut().region(&inside)?.assign(&expected.region(region)?)?;
    if same(&target, &wanted) {
        Ok(())
    } else {
        Err(broken(format!("{region:?} read into a part of an array differs, or spills over")))
    }
}

/// Reads into an array whose first axis varies fastest.
fn check_column_major(source: &dyn ChunkSource, expected: &Array, region: &Region) -> Result<()> {
    let reversed: Vec<usize> = region.len.iter().rev().copied().collect();
    let axes: Vec<usize> = (0..region.ndim()).rev().collect();
    let mut target = Array::zeros(expected.dtype(), &reversed)?.permute(&axes)?;
    source.read_into(region, target.view_mut())?;
    if same(&target, &expected.region(region)?) {
        Ok(())
    } else {
        Err(broken(format!("{region:?} read in column-major order differs")))
    }
}

fn check_threads(source: &dyn ChunkSource, expected: &Array, boxes: &[Region]) -> Result<()> {
    std::thread::scope(|scope| {
        let all = |offset: usize| {
            let mut order = boxes.iter().skip(offset).chain(boxes.iter().take(offset));
            order.try_for_each(|region| check_box(source, expected, region))
        };
        let threads: Vec<_> = (0..4).map(|t| scope.spawn(move || all(t * 11))).collect();
        threads
            .into_iter()
            .try_for_each(|t| t.join().unwrap_or_else(|_| Err(broken("a read panicked"))))
    })
}

fn check_out_of_range(source: &dyn ChunkSource) -> Result<()> {
    let info = source.info();
    let refuse = |region: &Region, why: &str| match source.read(region) {
        Err(_) => Ok(()),
        Ok(_) => Err(broken(format!("{region:?} {why}, but was read"))),
    };
    let mut longer = info.shape.clone();
    longer.push(1);
    refuse(&Region::whole(&longer), "has an axis too many")?;
    for axis in 0..info.shape.len() {
        let mut beyond = Region::whole(&info.shape);
        if let (Some(s), Some(l)) = (beyond.start.get_mut(axis), beyond.len.get_mut(axis)) {
            (*s, *l) = (*l, 1);
        }
        refuse(&beyond, "lies behind the end")?;
        let mut far = Region::whole(&info.shape);
        if let Some(s) = far.start.get_mut(axis) {
            *s = usize::MAX;
        }
        refuse(&far, "overflows")?;
    }
    let region = Region::whole(&info.shape);
    let mut other = Array::zeros(&info.dtype, &longer)?;
    if source.read_into(&region, other.view_mut()).is_ok() {
        return Err(broken("a target of another rank was accepted"));
    }
    let dtype = if info.dtype == DType::U16 { DType::F32 } else { DType::U16 };
    let mut other = Array::zeros(&dtype, &info.shape)?;
    if source.read_into(&region, other.view_mut()).is_ok() && !region.is_empty() {
        return Err(broken("a target of another dtype was accepted"));
    }
    Ok(())
}
