//! Random fields: each element is a function of a seed and its position.

use super::generated::{Generated, Sizes};
use crate::data_array::DataArray;
use crate::name::Name;

/// The increment of Weyl sequences: 2^64 over the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit depends on every bit.
fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Random bits number `counter` of a seed.
fn bits(seed: u64, counter: u64) -> u64 {
    mixed(mixed(seed.wrapping_add(GOLDEN)).wrapping_add(counter.wrapping_mul(GOLDEN)))
}

/// From 0 up to 1, which is excluded, in steps of 2^-53.
fn uniform(seed: u64, counter: u64) -> f64 {
    (bits(seed, counter) >> 11) as f64 / (1u64 << 53) as f64
}

/// By the transform of Box and Muller (1958) of two uniform numbers.
fn normal(seed: u64, counter: u64) -> f64 {
    let pair = counter.wrapping_mul(2);
    let radius = (-2.0 * (1.0 - uniform(seed, pair)).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(seed, pair.wrapping_add(1))).cos()
}

/// The place of an index in row-major order.
fn place(shape: &[usize], index: &[usize]) -> u64 {
    index
        .iter()
        .zip(shape)
        .fold(0u64, |n, (at, len)| n.wrapping_mul(*len as u64).wrapping_add(*at as u64))
}

impl DataArray {
    /// Random numbers from 0 up to 1, all equally likely. Each depends on the seed and its
    /// position alone, so that chunks, threads and selections do not change it. They are made
    /// when they are computed, and take no memory.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let noise = DataArray::random_uniform("noise", [("y", 10), ("x", 10)], 42);
    /// let row = noise.isel("y", 3).values::<f64>()?;
    /// assert_eq!(noise.values::<f64>()?[30..40], row);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn random_uniform(name: impl Into<Name>, sizes: impl Into<Sizes>, seed: u64) -> Self {
        Self::random(name.into(), &sizes.into(), seed, uniform)
    }

    /// Random numbers of the normal distribution with mean 0 and standard deviation 1; see
    /// [`random_uniform`](Self::random_uniform).
    #[track_caller]
    pub fn random_normal(name: impl Into<Name>, sizes: impl Into<Sizes>, seed: u64) -> Self {
        Self::random(name.into(), &sizes.into(), seed, normal)
    }

    #[track_caller]
    fn random(name: Name, sizes: &Sizes, seed: u64, draw: fn(u64, u64) -> f64) -> Self {
        let shape = sizes.shape();
        let source = Generated::new(&sizes.shape(), move |at| draw(seed, place(&shape, at)));
        Self::new(name, sizes.dims(), source.map(Generated::into_lazy))
    }
}
