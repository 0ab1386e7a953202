//! A function of labelled blocks.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Region, Result, Selection};
use graticule_lazy::{BlockFn, LazyArray};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::IntoDType;

type Function = Arc<dyn Fn(&DataArray) -> Result<DataArray> + Send + Sync>;

/// What blocks are labelled with.
struct Labels {
    name: Option<Name>,
    main: Variable,
    coords: Vec<(Name, Variable)>,
}

/// The part of a coordinate that belongs to a block.
fn part_of(coord: &Variable, dims: &Dims, out: &Region) -> Result<Variable> {
    let picks = coord.dims().iter().map(|dim| {
        let axis = dims.axis(dim).and_then(|axis| out.axes().nth(axis));
        axis.map(|(start, len)| Pick::span(start, len))
            .ok_or_else(|| Error::bug("a coordinate has a dimension of its own"))
    });
    let selection = Selection::new(picks.collect::<Result<Vec<_>>>()?);
    coord.clone().with_data(coord.data().select(&selection)?)
}

impl Labels {
    fn call(&self, function: &Function, part: &Array, out: &Region) -> Result<Array> {
        let data = LazyArray::constant(part.clone());
        let name = self.name.clone().unwrap_or_else(|| "".into());
        let dims = self.main.dims();
        let mut block = DataArray::from_variable(name, self.main.clone().with_data(data)?);
        for (name, coord) in &self.coords {
            block = block.with_coord_variable(name, part_of(coord, dims, out)?);
        }
        let place = || format!("in the block of {:?} from {:?}", out.len, out.start);
        let made = function(&block.check()?).and_then(DataArray::check);
        let made = made.map_err(|e| e.context(place()))?;
        if made.dims() != *dims {
            return Err(Error::mismatch(format!(
                "map_blocks keeps the dimensions ({dims}), but its function made ({})",
                made.dims()
            ))
            .context(place())
            .hint("use apply_ufunc to change dimensions"));
        }
        made.to_array()
    }
}

impl DataArray {
    /// A function of blocks: it gets each chunk of the array, in memory and with its coordinates,
    /// and gives one of the same dimensions and lengths, of the type that is promised here. For
    /// neighbours there is [`map_overlap`](Self::map_overlap), for whole
    /// dimensions [`apply_ufunc`](crate::apply_ufunc).
    ///
    /// What the function makes is checked: a block of another shape or type is an error that
    /// names the block.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "lat", vec![1.0, 2.0]).with_coord("lat", "lat", vec![0.0, 60.0]);
    /// let scaled = x.map_blocks("float64", |block| Ok(block * block["lat"].radians().cos()));
    /// let values = scaled.values::<f64>()?;
    /// assert!((values[1] - 1.0).abs() < 1e-12);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn map_blocks(
        &self,
        dtype: impl Into<IntoDType>,
        function: impl Fn(&DataArray) -> Result<DataArray> + Send + Sync + 'static,
    ) -> Self {
        let (dtype, function): (IntoDType, Function) = (dtype.into(), Arc::new(function));
        self.array_verb(
            || format!("map_blocks({}, ..)", dtype.text()),
            |array| array.try_map_blocks(dtype.get()?, function),
        )
    }

    fn try_map_blocks(&self, dtype: DType, function: Function) -> Result<Self> {
        let main = self.main()?;
        let held = |(name, var): (&Name, &Variable)| {
            var.in_memory().is_some().then(|| (name.clone(), var.clone()))
        };
        let labels = Labels {
            name: self.name.clone(),
            main: main.clone(),
            coords: self.set.coord_vars().filter_map(held).collect(),
        };
        let call = BlockFn::with_region("map_blocks", move |parts: &[Array], out: &Region| {
            let part = parts.first().ok_or_else(|| Error::bug("no input"))?;
            labels.call(&function, part, out)
        });
        let made = LazyArray::map_blocks(call, std::slice::from_ref(main.data()), dtype)?;
        self.with_main(main.changed(main.dims().clone(), made)?)
    }
}

impl Dataset {
    /// [`DataArray::map_blocks`] of each data variable.
    #[track_caller]
    pub fn map_blocks(
        &self,
        dtype: impl Into<IntoDType>,
        function: impl Fn(&DataArray) -> Result<DataArray> + Send + Sync + 'static,
    ) -> Self {
        let (dtype, function): (IntoDType, Function) = (dtype.into(), Arc::new(function));
        self.verb(
            || format!("map_blocks({}, ..)", dtype.text()),
            |set| set.map_arrays(|array| array.try_map_blocks(dtype.get()?, function.clone())),
        )
    }
}
