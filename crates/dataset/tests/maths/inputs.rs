//! The inputs of golden.py, in memory or in chunks whose reads are counted.

use std::sync::Arc;

use graticule_array::{ChunkGrid, DType};
use graticule_dataset::{DataArray, Variable};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};

pub(crate) const T: [i64; 6] = [10, 20, 30, 40, 50, 60];

/// Arrays made in one way: whole, or read in chunks of a shape.
pub(crate) struct Inputs {
    chunks: Option<[usize; 2]>,
    counted: std::cell::RefCell<Vec<CountingSource>>,
}

impl Inputs {
    pub(crate) fn new(chunks: Option<[usize; 2]>) -> Self {
        Self { chunks, counted: Vec::new().into() }
    }

    /// How many elements were read so far.
    pub(crate) fn reads(&self) -> u64 {
        self.counted.borrow().iter().map(CountingSource::reads).sum()
    }

    /// The same values, read from chunks if this is about chunks.
    pub(crate) fn held(&self, array: DataArray) -> DataArray {
        let Some([rows, columns]) = self.chunks else { return array };
        let values = array.to_array().unwrap();
        let chunk: Vec<usize> = [rows, columns].into_iter().take(values.ndim()).collect();
        let grid = ChunkGrid::even(values.shape(), &chunk);
        let source = CountingSource::new(Arc::new(MemorySource::with_grid(values, grid)));
        self.counted.borrow_mut().push(source.clone());
        let lazy = LazyArray::read(Arc::new(source));
        let var = Variable::new(array.dims(), lazy).unwrap().with_attrs(array.attrs());
        let made = DataArray::from_variable(array.name().unwrap_or(""), var);
        let coords: Vec<_> = array.coords().names().cloned().collect();
        coords.into_iter().fold(made, |made, name| {
            let coord = array.coord(&name).variable();
            made.with_coord_variable(name, coord)
        })
    }

    fn table(&self, name: &str, values: Vec<f64>, dtype: DType) -> DataArray {
        let made = DataArray::new(name, ["t", "y"], (values, [6, 4])).astype(dtype);
        self.held(made.with_coord("t", "t", T.to_vec()).compute().unwrap())
    }

    pub(crate) fn a(&self, dtype: DType) -> DataArray {
        let value = |i: usize| match i % 6 {
            5 => f64::NAN,
            _ => (((i * 7 + 3) % 11) as f64 - 4.0) * 0.5,
        };
        self.table("a", (0..24).map(value).collect(), dtype)
    }

    pub(crate) fn b(&self, dtype: DType) -> DataArray {
        let value = |i: usize| match i % 7 {
            3 => f64::NAN,
            _ => (((i * 5 + 1) % 13) as f64 - 6.0) * 0.25,
        };
        self.table("b", (0..24).map(value).collect(), dtype)
    }

    pub(crate) fn n(&self) -> DataArray {
        self.table("n", (0..24).map(|i| ((i * 5 + 2) % 9) as f64 - 3.0).collect(), DType::I16)
    }

    pub(crate) fn w(&self) -> DataArray {
        let made = DataArray::new("w", "t", vec![0.5, 1.0, 2.0, 1.5, 0.25, 3.0]);
        self.held(made.with_coord("t", "t", T.to_vec()))
    }

    /// `f`, `f32`, `n` or `whole` as golden.py calls them.
    pub(crate) fn named(&self, name: &str) -> DataArray {
        match name {
            "f" => self.a(DType::F64),
            "f32" => self.a(DType::F32),
            "whole" => self.held(Inputs::new(None).a(DType::F64).fillna(1.5).compute().unwrap()),
            "whole32" => self.held(Inputs::new(None).a(DType::F32).fillna(1.5).compute().unwrap()),
            "n" => self.n(),
            other => panic!("{other}"),
        }
    }
}
