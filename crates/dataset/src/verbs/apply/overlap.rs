//! A function of blocks that sees their neighbours.

use graticule_array::{Array, DType, Error, Result, Scalar};
use graticule_lazy::{BlockFn, Boundary, LazyArray, Overlap};

use crate::data_array::DataArray;
use crate::dims::no_dimension;
use crate::verbs::IntoDType;

impl DataArray {
    /// A function of blocks and their neighbours (a stencil): along each named dimension a block
    /// comes with `depth` more positions at both ends, beyond the ends of the array filled as
    /// `boundary` says. The function gives a block as long as what it got (the overlap is cut
    /// off) or as the block itself, of the type that is promised here.
    ///
    /// ```
    /// use graticule_array::Array;
    /// use graticule_dataset::{DataArray, OverlapBoundary};
    /// let x = DataArray::new("x", "lon", vec![1.0, 4.0, 9.0, 16.0]);
    /// let slope = x.map_overlap([("lon", 1)], OverlapBoundary::Periodic, "float64", |block| {
    ///     let v = block.to_flat::<f64>()?;
    ///     let made: Vec<f64> = v.windows(3).map(|w| (w[2] - w[0]) / 2.0).collect();
    ///     Array::from_vec([made.len()], made)
    /// });
    /// assert_eq!(slope.values::<f64>()?, [-6.0, 4.0, 6.0, -4.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn map_overlap<'a>(
        &self,
        depth: impl IntoIterator<Item = (&'a str, usize)>,
        boundary: Boundary,
        dtype: impl Into<IntoDType>,
        function: impl Fn(&Array) -> Result<Array> + Send + Sync + 'static,
    ) -> Self {
        let depth: Vec<(&str, usize)> = depth.into_iter().collect();
        let dtype = dtype.into();
        let function = BlockFn::new("map_overlap", move |parts: &[Array]| {
            function(parts.first().ok_or_else(|| Error::bug("no input"))?)
        });
        self.array_verb(
            || format!("map_overlap({depth:?}, ..)"),
            |array| array.try_map_overlap(&depth, boundary, dtype.get()?, function),
        )
    }

    fn try_map_overlap(
        &self,
        depth: &[(&str, usize)],
        boundary: Boundary,
        dtype: DType,
        function: BlockFn,
    ) -> Result<Self> {
        let main = self.main()?;
        let boundary = match boundary {
            Boundary::Constant(value) => Boundary::Constant(suited(&value, main.dtype())?),
            other => other,
        };
        let around = |(dim, by): &(&str, usize)| {
            let axis = main.axis(dim).ok_or_else(|| no_dimension(dim, main.sizes()))?;
            Ok(Overlap { axis, before: *by, after: *by, boundary: boundary.clone() })
        };
        let overlaps = depth.iter().map(around).collect::<Result<Vec<_>>>()?;
        let input = std::slice::from_ref(main.data());
        let made = LazyArray::map_overlap(function, input, dtype, &overlaps)?;
        self.with_main(main.changed(main.dims().clone(), made)?)
    }
}

fn suited(value: &Scalar, dtype: &DType) -> Result<Scalar> {
    value.fill(&[])?.cast(dtype)?.item()
}
