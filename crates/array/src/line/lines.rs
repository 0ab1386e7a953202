//! How kernels walk the lines of an array.
#![allow(clippy::indexing_slicing)] // hot loops over slices whose lengths are checked above them

use ndarray::{ArrayViewD, Axis};

use super::running::Memory;
use super::select::{Each, SIDE};
use crate::array::Array;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::pages::zeroed;
use crate::watch::Pace;

/// Lines that lie side by side are copied this many at a time.
const BUNCH: usize = 16;

/// The length along an axis.
pub(super) fn length(input: &Array, axis: usize) -> Result<usize> {
    let found = input.shape().get(axis).copied();
    found.ok_or_else(|| Error::invalid(format!("no axis {axis} in {:?}", input.shape())))
}

/// The lengths before, along, and behind an axis.
pub(super) fn around(input: &Array, axis: usize) -> Result<(usize, usize, usize)> {
    let n = length(input, axis)?;
    let outer = input.shape().iter().take(axis).product();
    let inner = input.shape().iter().skip(axis + 1).product();
    Ok((outer, n, inner))
}

/// The shape with another length along an axis.
pub(super) fn with_length(input: &Array, axis: usize, len: usize) -> Vec<usize> {
    let lens = input.shape().iter().enumerate();
    lens.map(|(a, n)| if a == axis { len } else { *n }).collect()
}

/// Elements in row-major order, copied only where they are not stored so.
fn flat<T: Element + Clone>(input: &Array) -> Result<std::borrow::Cow<'_, [T]>> {
    match input.as_slice::<T>() {
        Some(slice) => Ok(slice.into()),
        None => Ok(input.to_flat::<T>()?.into()),
    }
}

/// What lies behind the axis of lines, for each position along it and before it: neighbouring
/// elements of neighbouring lines. Copied only where these are not pieces of memory.
pub(super) enum Slabs<'a, T: Clone> {
    /// All in row-major order, and how many elements each has.
    Flat(std::borrow::Cow<'a, [T]>, usize),
    Apart(Vec<&'a [T]>),
}

impl<'a, T: Element + Clone> Slabs<'a, T> {
    pub(super) fn new(input: &'a Array, axis: usize) -> Result<Self> {
        let (outer, n, inner) = around(input, axis)?;
        if let Some(slice) = input.as_slice::<T>() {
            return Ok(Self::Flat(slice.into(), inner));
        }
        if inner >= APART
            && let Some(apart) = apart(&input.view::<T>()?, axis, outer * n)
        {
            return Ok(Self::Apart(apart));
        }
        Ok(Self::Flat(input.to_flat::<T>()?.into(), inner))
    }

    /// The slab of a position, counted along the axis and those before it.
    pub(super) fn get(&self, i: usize) -> &[T] {
        match self {
            Self::Flat(all, len) => &all[i * len..(i + 1) * len],
            Self::Apart(slabs) => slabs[i],
        }
    }
}

/// Slabs shorter than this are copied: finding each takes some time.
const APART: usize = 64;

fn apart<'a, T>(view: &ArrayViewD<'a, T>, axis: usize, count: usize) -> Option<Vec<&'a [T]>> {
    let mut slabs = Vec::with_capacity(count);
    for flat in 0..count {
        let mut rest = flat;
        let mut slab = view.clone();
        for a in (0..=axis).rev() {
            let n = *view.shape().get(a)?;
            slab = slab.index_axis_move(Axis(a), rest % n);
            rest /= n;
        }
        slabs.push(slab.to_slice()?);
    }
    Some(slabs)
}

/// Carries a state along each line: `step` takes the state, the position in the part and an
/// element, and gives the element of the result. Neighbouring lines run side by side. States
/// begin as `start`, or go on from those in `memory`, where they are left.
pub(super) fn sweep<T, S, U>(
    input: &Array,
    axis: usize,
    start: S,
    memory: &mut Memory,
    step: impl Fn(&mut S, usize, T) -> U,
) -> Result<Array>
where
    T: Element + Copy,
    S: Copy + Send + 'static,
    U: Element + Copy + Default,
{
    let (outer, n, inner) = around(input, axis)?;
    let from = flat::<T>(input)?;
    let mut out = vec![U::default(); from.len()];
    let mut states = match memory.take().and_then(|m| m.downcast::<Vec<S>>().ok()) {
        None => Box::new(vec![start; outer * inner]),
        Some(states) if states.len() == outer * inner => states,
        Some(states) => {
            let (was, is) = (states.len(), outer * inner);
            return Err(Error::mismatch(format!("{is} lines go on where {was} began")));
        }
    };
    let mut pace = Pace::default();
    for o in 0..outer {
        let states = &mut states[o * inner..(o + 1) * inner];
        for k in 0..n {
            pace.step(inner)?;
            let at = (o * n + k) * inner;
            let rows = from[at..at + inner].iter().zip(&mut out[at..at + inner]);
            for ((from, to), state) in rows.zip(states.iter_mut()) {
                *to = step(state, k, *from);
            }
        }
    }
    *memory = Some(states);
    Array::from_vec(input.shape().to_vec(), out)
}

/// Gives each line in turn, contiguous, to `each`, which fills a line of the result of
/// `out_len` elements.
pub(super) fn by_line<T, U>(
    input: &Array,
    axis: usize,
    out_len: usize,
    mut each: impl FnMut(&[T], &mut [U]) -> Result<()>,
) -> Result<Array>
where
    T: Element + Clone + Default,
    U: Element + Clone + Default,
{
    let (outer, n, inner) = around(input, axis)?;
    let shape = with_length(input, axis, out_len);
    let total = shape.iter().try_fold(1usize, |m, l| m.checked_mul(*l));
    let total = total.ok_or_else(|| Error::over_budget(format!("{shape:?} is too large")))?;
    let mut out = zeroed::<U>(total);
    let mut pace = Pace::default();
    if inner == 1 {
        let from = flat::<T>(input)?;
        for o in 0..outer {
            pace.step(n)?;
            each(&from[o * n..(o + 1) * n], &mut out[o * out_len..(o + 1) * out_len])?;
        }
        return Array::from_vec(shape, out);
    }
    let slabs = Slabs::<T>::new(input, axis)?;
    let mut lines = vec![T::default(); n * BUNCH.min(inner)];
    let mut made = vec![U::default(); out_len * BUNCH.min(inner)];
    for o in 0..outer {
        for first in (0..inner).step_by(BUNCH) {
            let count = BUNCH.min(inner - first);
            pace.step(n * count)?;
            for k in 0..n {
                let slab = &slabs.get(o * n + k)[first..first + count];
                for (b, value) in slab.iter().enumerate() {
                    lines[b * n + k] = value.clone();
                }
            }
            for b in 0..count {
                let line = &lines[b * n..(b + 1) * n];
                each(line, &mut made[b * out_len..(b + 1) * out_len])?;
            }
            for k in 0..out_len {
                let at = (o * out_len + k) * inner + first;
                for (b, to) in out[at..at + count].iter_mut().enumerate() {
                    *to = made[b * out_len + k].clone();
                }
            }
        }
    }
    Array::from_vec(shape, out)
}

/// Gives [`SIDE`] lines at a time to `each`: how long they are, what they have at each place along
/// the axis, and where the elements of their results go. The last ones may be fewer.
pub(super) fn by_lines<T, U>(
    input: &Array,
    axis: usize,
    out_len: usize,
    mut each: impl for<'a> FnMut(usize, &'a dyn Fn(usize) -> &'a [T], &mut [Each<U>]),
) -> Result<Array>
where
    T: Element + Copy + Default,
    U: Element + Copy + Default,
{
    let (outer, n, inner) = around(input, axis)?;
    let shape = with_length(input, axis, out_len);
    let total = shape.iter().try_fold(1usize, |m, l| m.checked_mul(*l));
    let total = total.ok_or_else(|| Error::over_budget(format!("{shape:?} is too large")))?;
    let mut out = zeroed::<U>(total);
    let slabs = Slabs::<T>::new(input, axis)?;
    let mut made = vec![[U::default(); SIDE]; out_len];
    if inner >= SIDE {
        for o in 0..outer {
            for first in (0..inner).step_by(SIDE) {
                let count = SIDE.min(inner - first);
                each(n, &|k| &slabs.get(o * n + k)[first..first + count], &mut made);
                for (k, made) in made.iter().enumerate() {
                    let at = (o * out_len + k) * inner + first;
                    out[at..at + count].copy_from_slice(&made[..count]);
                }
            }
        }
        return Array::from_vec(shape, out);
    }
    // Short rows are put together.
    let mut rows = vec![[T::default(); SIDE]; n];
    for first in (0..outer * inner).step_by(SIDE) {
        let count = SIDE.min(outer * inner - first);
        for b in 0..count {
            let (o, i) = ((first + b) / inner, (first + b) % inner);
            for (k, row) in rows.iter_mut().enumerate() {
                row[b] = slabs.get(o * n + k)[i];
            }
        }
        each(n, &|k| &rows[k][..count], &mut made);
        for b in 0..count {
            let (o, i) = ((first + b) / inner, (first + b) % inner);
            for (k, made) in made.iter().enumerate() {
                out[(o * out_len + k) * inner + i] = made[b];
            }
        }
    }
    Array::from_vec(shape, out)
}
