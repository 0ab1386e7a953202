//! Where the elements of each variable lie.

use graticule_array::{Error, Result};

use crate::header::{Header, Variable};

/// The place of a variable's data: element `i` along axis `a` is `i * strides[a]` bytes behind
/// `begin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) begin: u64,
    pub(crate) shape: Vec<usize>,
    pub(crate) strides: Vec<u64>,
    /// Whether the first axis runs over the records.
    pub(crate) by_record: bool,
}

/// The places of all variables, and the number of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) records: usize,
    pub(crate) places: Vec<Place>,
}

/// The lengths of the axes that lie within one record (all axes of a variable without records).
fn inner_shape(header: &Header, var: &Variable) -> Vec<u64> {
    let dims = var.dims.iter().filter_map(|i| header.dims.get(*i));
    dims.skip_while(|d| d.is_record()).map(|d| d.len).collect()
}

fn is_by_record(header: &Header, var: &Variable) -> bool {
    let first = var.dims.first().and_then(|i| header.dims.get(*i));
    first.is_some_and(crate::header::Dimension::is_record)
}

/// Bytes of a variable, or of one record of it, before padding; `None` above 2^63.
fn packed_size(header: &Header, var: &Variable) -> Option<u64> {
    let axes = inner_shape(header, var);
    let size = axes.iter().try_fold(var.kind.size(), |n, l| n.checked_mul(*l))?;
    (size <= i64::MAX as u64 - 3).then_some(size)
}

fn check(header: &Header, var: &Variable) -> Result<()> {
    let records = var.dims.iter().skip(1).filter_map(|i| header.dims.get(*i));
    if let Some(dim) = records.into_iter().find(|d| d.is_record()) {
        return Err(Error::corrupt(format!(
            "the record dimension \"{}\" is not the first of the variable",
            dim.name
        )));
    }
    Ok(())
}

/// The number of bytes from one record to the next.
fn record_size(header: &Header) -> Result<u64> {
    let too_large = || Error::corrupt("a record takes more than 2^63 bytes");
    let (mut total, mut last) = (0u64, 0);
    let mut packed = 0;
    for var in header.vars.iter().filter(|v| is_by_record(header, v)) {
        packed = packed_size(header, var).ok_or_else(too_large)?;
        last = packed.next_multiple_of(4);
        total = total.checked_add(last).ok_or_else(too_large)?;
    }
    // A single record variable is not padded, by decree of the format.
    Ok(if total == last { packed } else { total })
}

/// Counts the records of a file that was streamed: those that fit into it whole.
fn count_records(header: &Header, record: u64, file: u64) -> u64 {
    let begins = header.vars.iter().filter(|v| is_by_record(header, v)).map(|v| v.begin);
    begins.min().map_or(0, |b| file.saturating_sub(b).checked_div(record).unwrap_or(0))
}

impl Layout {
    /// Finds the data of each variable of a file of `file` bytes.
    pub(crate) fn new(header: &Header, file: u64) -> Result<Self> {
        for var in &header.vars {
            check(header, var).map_err(|e| e.in_variable(&var.name))?;
        }
        let record = record_size(header)?;
        let records = header.records.unwrap_or_else(|| count_records(header, record, file));
        let too_many = || Error::corrupt(format!("{records} records of {record} bytes"));
        if records.checked_mul(record.max(1)).is_none_or(|n| n > i64::MAX as u64) {
            return Err(too_many());
        }
        let records = usize::try_from(records).map_err(|_| too_many())?;
        let place = |var: &Variable| -> Option<Place> {
            packed_size(header, var)?;
            let by_record = is_by_record(header, var);
            let inner = inner_shape(header, var);
            let mut strides = Vec::new();
            let mut stride = var.kind.size();
            for len in inner.iter().rev() {
                strides.push(stride);
                stride = stride.saturating_mul(*len);
            }
            let mut shape: Vec<usize> = Vec::new();
            if by_record {
                strides.push(record);
                shape.push(records);
            }
            strides.reverse();
            for len in inner {
                shape.push(usize::try_from(len).ok()?);
            }
            Some(Place { begin: var.begin, shape, strides, by_record })
        };
        let places = header.vars.iter().map(|var| {
            place(var).ok_or_else(|| {
                Error::corrupt("the variable takes more than 2^63 bytes").in_variable(&var.name)
            })
        });
        Ok(Self { records, places: places.collect::<Result<_>>()? })
    }
}
