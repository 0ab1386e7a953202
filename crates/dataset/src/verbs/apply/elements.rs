//! A function of each element.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, Region, Result, Shape};
use graticule_lazy::{BlockOp, LazyArray};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::variable::Variable;

type Function = Arc<dyn Fn(f64) -> f64 + Send + Sync>;

struct Elements {
    function: Function,
}

impl fmt::Debug for Elements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("map_elements")
    }
}

impl BlockOp for Elements {
    fn name(&self) -> String {
        "map_elements".into()
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let input = inputs.first().ok_or_else(|| Error::bug("no input"))?;
        let dtype = match input.dtype() {
            DType::F32 => DType::F32,
            dtype if dtype.is_real() => DType::F64,
            other => {
                return Err(Error::unsupported(format!("a function of numbers on {other}"))
                    .hint("use map_blocks, whose function sees the array as it is"));
            }
        };
        Ok((dtype, input.grid().clone()))
    }

    fn needs(&self, _: usize, out: &Region, _: &[Shape]) -> Result<Region> {
        Ok(out.clone())
    }

    fn apply(&self, _: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
        let part = parts.first().ok_or_else(|| Error::bug("no input"))?;
        let mut made = part.cast(&DType::F64)?;
        for value in made.as_slice_mut::<f64>()? {
            *value = (self.function)(*value);
        }
        if *part.dtype() == DType::F32 { made.cast(&DType::F32) } else { Ok(made) }
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        Some(axis)
    }
}

impl Variable {
    fn map_elements(&self, function: &Function) -> Result<Self> {
        let op = Arc::new(Elements { function: function.clone() });
        let made = LazyArray::block(op, std::slice::from_ref(self.data()))?;
        self.changed(self.dims().clone(), made)
    }
}

macro_rules! verbs {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// A function of each number, computed in double precision when it is needed;
            /// `float32` stays `float32`, other numbers become `float64`.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", "t", vec![1.0f32, 4.0]);
            /// let y = x.map_elements(|v| v.sqrt() + 1.0);
            /// assert_eq!(y.values::<f32>()?, [2.0, 3.0]);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn map_elements(
                &self,
                function: impl Fn(f64) -> f64 + Send + Sync + 'static,
            ) -> Self {
                let function: Function = Arc::new(function);
                self.verb(
                    || "map_elements(..)".into(),
                    |set| set.map_data(|var| var.map_elements(&function)),
                )
            }
        }
    )*};
}

verbs!(DataArray Dataset);
