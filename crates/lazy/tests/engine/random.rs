//! Random expressions, each built twice: lazily, and eagerly with the kernels on whole arrays.

use std::sync::Arc;

use graticule_array::{
    Array, Cells, ChunkGrid, DType, DimChunks, LineOp, MapOp, MathFn, Pick, ReduceParams,
    Reduction, Result, Scalar, Selection, ZipOp, choose, reduction,
};
use graticule_lazy::LazyArray;
use graticule_storage::MemorySource;

/// A small generator of its own, so that a seed is a test case.
pub(crate) struct Rng {
    state: u64,
    /// Whether nothing is summed: every step is rounded on its own.
    plain: bool,
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed ^ 0x9e37_79b9_7f4a_7c15, plain: false }
    }

    /// Expressions without sums.
    pub(crate) fn plain(seed: u64) -> Self {
        Self { plain: true, ..Self::new(seed) }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// The same array twice.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) lazy: LazyArray,
    pub(crate) eager: Array,
}

pub(crate) fn random_grid(rng: &mut Rng, shape: &[usize]) -> ChunkGrid {
    let dims = shape.iter().map(|n| {
        if rng.chance(30) {
            let mut lengths = Vec::new();
            let mut left = *n;
            while left > 0 {
                let len = 1 + rng.below(left);
                lengths.push(len);
                left -= len;
            }
            DimChunks::from_lengths(&lengths)
        } else {
            DimChunks::even(1 + rng.below(*n), *n)
        }
    });
    ChunkGrid::new(dims.collect::<Vec<_>>())
}

fn random_shape(rng: &mut Rng) -> Vec<usize> {
    let ndim = rng.below(4);
    (0..ndim).map(|_| if rng.chance(3) { 0 } else { 1 + rng.below(12) }).collect()
}

pub(crate) fn random_values(rng: &mut Rng, dtype: &DType, shape: &[usize]) -> Array {
    let n: usize = shape.iter().product();
    let values: Vec<f64> = (0..n)
        .map(|_| {
            if dtype.is_float() && rng.chance(8) {
                f64::NAN
            } else {
                rng.below(2000) as f64 / 7.0 - 100.0
            }
        })
        .collect();
    let array = Array::from_vec(shape, values).unwrap();
    array.cast(dtype).unwrap()
}

/// A source in memory, cut at random, or a constant.
pub(crate) fn leaf(rng: &mut Rng, shape: &[usize]) -> Pair {
    let dtypes = [DType::F32, DType::F64, DType::I16, DType::I32];
    let dtype = &dtypes[rng.below(dtypes.len())];
    let eager = random_values(rng, dtype, shape);
    if rng.chance(15) {
        return Pair { lazy: LazyArray::constant(eager.clone()), eager };
    }
    let source = MemorySource::with_grid(eager.clone(), random_grid(rng, shape));
    Pair { lazy: LazyArray::read(Arc::new(source)), eager }
}

fn random_pick(rng: &mut Rng, n: usize) -> Pick {
    match rng.below(6) {
        0 if n > 0 => Pick::At(rng.below(n)),
        1 if n > 0 => {
            let start = rng.below(n);
            let step = 1 + rng.below(3) as isize;
            let len = (n - start).div_ceil(step as usize);
            Pick::Range { start, step, len: 1 + rng.below(len) }
        }
        2 if n > 0 => {
            let start = rng.below(n);
            let step = 1 + rng.below(3);
            Pick::Range { start, step: -(step as isize), len: start / step + 1 }
        }
        3 if n > 0 => {
            let len = rng.below(2 * n);
            Pick::List((0..len).map(|_| rng.below(n)).collect())
        }
        4 => {
            let start = rng.below(n + 1);
            Pick::span(start, rng.below(n - start + 1))
        }
        _ => Pick::all(n),
    }
}

fn random_order(rng: &mut Rng, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, rng.below(i + 1));
    }
    order
}

/// An expression of about this depth.
pub(crate) fn expression(rng: &mut Rng, depth: usize) -> Pair {
    let shape = random_shape(rng);
    grow(rng, &shape, depth)
}

fn grow(rng: &mut Rng, shape: &[usize], depth: usize) -> Pair {
    if depth == 0 {
        return leaf(rng, shape);
    }
    let below = grow(rng, shape, depth - 1);
    step(rng, &below, depth).unwrap_or(below)
}

fn step(rng: &mut Rng, a: &Pair, depth: usize) -> Result<Pair> {
    let shape = a.eager.shape().to_vec();
    let ndim = shape.len();
    Ok(match rng.below(16) {
        0 => {
            let picks: Vec<_> = shape.iter().map(|n| random_pick(rng, *n)).collect();
            let s = Selection::new(picks);
            Pair { lazy: a.lazy.select(&s)?, eager: a.eager.select(&s)? }
        }
        1 => {
            let order = random_order(rng, ndim);
            Pair { lazy: a.lazy.permute(&order)?, eager: a.eager.permute(&order)? }
        }
        2 if ndim < 4 => {
            let mut axes: Vec<Option<usize>> =
                random_order(rng, ndim).into_iter().map(Some).collect();
            let at = rng.below(ndim + 1);
            axes.insert(at, None);
            let n = 1 + rng.below(4);
            let full: Vec<usize> = axes.iter().map(|x| x.map_or(n, |i| shape[i])).collect();
            Pair { lazy: a.lazy.broadcast(&axes, &full)?, eager: spread(&a.eager, &axes, &full)? }
        }
        3 if ndim > 0 => {
            let axis = rng.below(ndim);
            let mut parts = vec![a.clone()];
            for _ in 0..rng.below(4) {
                let mut other = shape.clone();
                other[axis] = rng.below(6);
                let p = grow(rng, &other, depth.saturating_sub(2));
                if p.eager.shape() != other {
                    continue;
                }
                let cast = MapOp::Cast(a.eager.dtype().clone());
                parts.push(Pair { lazy: p.lazy.map(cast.clone())?, eager: cast.apply(&p.eager)? });
            }
            let lazy: Vec<_> = parts.iter().map(|p| p.lazy.clone()).collect();
            let eager: Vec<_> = parts.iter().map(|p| p.eager.clone()).collect();
            Pair { lazy: LazyArray::concat(&lazy, axis)?, eager: Array::concat(&eager, axis)? }
        }
        4 | 5 => {
            let ops = [
                MapOp::Abs,
                MapOp::Neg,
                MapOp::Math(MathFn::Sqrt),
                MapOp::Cast(DType::F64),
                MapOp::with(ZipOp::Mul, Scalar::F64(1.5), false, a.eager.dtype())?,
                MapOp::with(ZipOp::Add, Scalar::F64(-3.25), false, a.eager.dtype())?,
            ];
            let op = ops[rng.below(ops.len())].clone();
            Pair { lazy: a.lazy.map(op.clone())?, eager: op.apply(&a.eager)? }
        }
        6 => {
            let ops = [ZipOp::Add, ZipOp::Sub, ZipOp::Mul, ZipOp::Max];
            let op = ops[rng.below(ops.len())];
            let b = if rng.chance(30) { a.clone() } else { leaf(rng, &shape) };
            Pair { lazy: a.lazy.zip(op, &b.lazy)?, eager: op.apply(&a.eager, &b.eager)? }
        }
        7 => {
            let (b, c) = (leaf(rng, &shape), leaf(rng, &shape));
            let cond = Pair {
                lazy: a.lazy.zip(ZipOp::Lt, &b.lazy)?,
                eager: ZipOp::Lt.apply(&a.eager, &b.eager)?,
            };
            Pair {
                lazy: LazyArray::choose(&cond.lazy, &a.lazy, &c.lazy)?,
                eager: choose(&cond.eager, &a.eager, &c.eager)?,
            }
        }
        11 if ndim > 0 && !rng.plain => {
            let skip_missing = rng.chance(50);
            let op = match rng.below(2) {
                0 => LineOp::CumSum { skip_missing },
                _ => LineOp::CumProd { skip_missing },
            };
            let axis = rng.below(ndim);
            Pair { lazy: a.lazy.along(op.clone(), axis)?, eager: op.apply(&a.eager, axis)? }
        }
        12 if ndim > 0 && !shape.contains(&0) => {
            let mut axes = random_order(rng, ndim);
            axes.truncate(1 + rng.below(ndim));
            let count = rng.below(9);
            let list = |n: usize, rng: &mut Rng| (0..count).map(|_| rng.below(n)).collect();
            let indices: Vec<Vec<usize>> = axes.iter().map(|x| list(shape[*x], rng)).collect();
            let lazy = a.lazy.gather(&axes, &indices)?;
            Pair { lazy, eager: gathered(&a.eager, &axes, &indices)? }
        }
        13 if ndim > 0 => {
            let first = rng.below(ndim);
            let count = 1 + rng.below(ndim - first);
            let mut merged = shape.clone();
            let product = merged.drain(first..first + count).product();
            merged.insert(first, product);
            Pair { lazy: a.lazy.merge_axes(first, count)?, eager: a.eager.reshape(&merged)? }
        }
        14 if ndim > 0 => {
            let axis = rng.below(ndim);
            let n = shape[axis];
            let divisors: Vec<usize> = (1..=n).filter(|d| n.is_multiple_of(*d)).collect();
            let Some(d) = divisors.get(rng.below(divisors.len())).copied() else {
                return Ok(a.clone());
            };
            let mut split = shape.clone();
            split.splice(axis..=axis, [d, n / d]);
            let lazy = a.lazy.split_axis(axis, &[d, n / d])?;
            Pair { lazy, eager: a.eager.reshape(&split)? }
        }
        15 if a.eager.dtype().is_integer() => {
            // As packed numbers are decoded, step by step.
            let first = a.eager.len().min(1);
            let missing = (0..first).map(|_| a.eager.flat(0..1)?.item());
            let values: Vec<Scalar> = missing.collect::<Result<_>>()?;
            let to = [DType::F32, DType::F64][rng.below(2)].clone();
            let number =
                |x: f64| if to == DType::F32 { Scalar::F32(x as f32) } else { Scalar::F64(x) };
            let mut steps = vec![MapOp::Mask { values: values.into(), to: to.clone() }];
            steps.push(MapOp::with(ZipOp::Mul, number(0.1), false, &to)?);
            steps.push(MapOp::with(ZipOp::Add, number(273.15), false, &to)?);
            let mut out = a.clone();
            for op in steps {
                out = Pair { eager: op.apply(&out.eager)?, lazy: out.lazy.map(op)? };
            }
            out
        }
        8 => {
            let grid = random_grid(rng, &shape);
            Pair { lazy: a.lazy.rechunk(grid)?, eager: a.eager.clone() }
        }
        _ if rng.plain => a.clone(),
        _ => reduced(rng, a)?,
    })
}

/// Whether sums over an infinite or differently ordered input may differ in the last bits.
fn random_reduction(rng: &mut Rng) -> Arc<dyn Reduction> {
    let names =
        ["count", "sum", "mean", "min", "max", "var", "std", "first", "last", "argmin", "argmax"];
    let skipna = [None, Some(false)][rng.below(2)];
    let params = ReduceParams { skipna, ..ReduceParams::default() };
    reduction(names[rng.below(names.len())], &params).unwrap()
}

/// A reduction over some axes, grouped or not.
pub(crate) fn reduced(rng: &mut Rng, a: &Pair) -> Result<Pair> {
    let shape = a.eager.shape().to_vec();
    let r = random_reduction(rng);
    let mut order = random_order(rng, shape.len());
    let take = rng.below(order.len() + 1);
    if rng.chance(50) && !order.is_empty() {
        let axis = order.pop().unwrap();
        let also: Vec<usize> = order.into_iter().take(take.saturating_sub(1)).collect();
        let groups = 1 + rng.below(5);
        let codes: Arc<[u32]> = (0..shape[axis])
            .map(|_| if rng.chance(5) { u32::MAX } else { rng.below(groups) as u32 })
            .collect();
        let lazy = a.lazy.reduce_grouped(r.clone(), axis, codes.clone(), groups, &also)?;
        let eager = reduce_whole(&*r, &a.eager, &also, Some((axis, &codes, groups)))?;
        return Ok(Pair { lazy, eager });
    }
    let axes: Vec<usize> = order.into_iter().take(take).collect();
    let eager = reduce_whole(&*r, &a.eager, &axes, None)?;
    Ok(Pair { lazy: a.lazy.reduce(r, &axes)?, eager })
}

/// Each point on its own.
fn gathered(a: &Array, axes: &[usize], indices: &[Vec<usize>]) -> Result<Array> {
    let first = *axes.iter().min().unwrap();
    let mut points = Vec::new();
    for k in 0..indices[0].len() {
        let mut s = Selection::all(a.shape());
        for (axis, list) in axes.iter().zip(indices) {
            s = s.with(*axis, Pick::At(list[k]));
        }
        let point = a.select(&s)?;
        let mut shape = point.shape().to_vec();
        shape.insert(first, 1);
        points.push(point.reshape(&shape)?);
    }
    if points.is_empty() {
        let others = a.shape().iter().enumerate().filter(|(x, _)| !axes.contains(x));
        let mut shape: Vec<usize> = others.map(|(_, n)| *n).collect();
        shape.insert(first, 0);
        return Array::zeros(a.dtype(), &shape);
    }
    Array::concat(&points, first)
}

pub(crate) fn spread(a: &Array, axes: &[Option<usize>], shape: &[usize]) -> Result<Array> {
    let n = shape.iter().product();
    a.spread(axes, shape, 0..n)?.reshape(shape)
}

/// One element at a time, in the order of the input.
pub(crate) fn reduce_whole(
    r: &dyn Reduction,
    input: &Array,
    axes: &[usize],
    groups: Option<(usize, &[u32], usize)>,
) -> Result<Array> {
    let shape = input.shape();
    let out_shape: Vec<usize> = (0..shape.len())
        .filter(|a| !axes.contains(a))
        .map(|a| groups.filter(|g| g.0 == a).map_or(shape[a], |g| g.2))
        .collect();
    let mut state = r.start(input.dtype(), out_shape.iter().product())?;
    let flat = input.flat(0..input.len())?;
    'element: for i in 0..input.len() {
        let (mut rest, mut index) = (i, vec![0; shape.len()]);
        for a in (0..shape.len()).rev() {
            index[a] = rest % shape[a];
            rest /= shape[a];
        }
        let (mut cell, mut position) = (0, 0);
        let mut out = 0;
        for a in 0..shape.len() {
            let grouped = groups.filter(|g| g.0 == a);
            if axes.contains(&a) || grouped.is_some() {
                position = position * shape[a] + index[a];
            }
            if !axes.contains(&a) {
                let at = match grouped {
                    Some(g) if g.1[index[a]] == u32::MAX => continue 'element,
                    Some(g) => g.1[index[a]] as usize,
                    None => index[a],
                };
                cell = cell * out_shape[out] + at;
                out += 1;
            }
        }
        r.update(&mut state, &flat.flat(i..i + 1)?, Cells::One(cell), position as u64)?;
    }
    r.finish(state, input.dtype())?.reshape(&out_shape)
}

/// Equal up to rounding of sums.
pub(crate) fn assert_close(found: &Array, expected: &Array, what: &str) {
    assert_eq!(found.dtype(), expected.dtype(), "{what}");
    assert_eq!(found.shape(), expected.shape(), "{what}");
    if !found.dtype().is_real() {
        assert_eq!(found, expected, "{what}");
        return;
    }
    let f = found.cast(&DType::F64).unwrap().to_flat::<f64>().unwrap();
    let e = expected.cast(&DType::F64).unwrap().to_flat::<f64>().unwrap();
    let tolerance = if *found.dtype() == DType::F32 { 2e-5 } else { 1e-9 };
    for (i, (f, e)) in f.iter().zip(&e).enumerate() {
        let near =
            (f - e).abs() <= tolerance * (1.0 + e.abs()) || f == e || (f.is_nan() && e.is_nan());
        assert!(near, "{what}: element {i} is {f}, expected {e}");
    }
}

/// The bits of an array, NaN included.
pub(crate) fn bits(a: &Array) -> Vec<u8> {
    a.to_packed().unwrap()
}
