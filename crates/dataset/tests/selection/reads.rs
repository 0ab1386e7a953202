//! What is read: nothing by selecting, and by computing just the chunks that are touched.

use std::sync::Arc;

use graticule_array::{Array, ArrayMut, ChunkGrid, DType, DimChunks, Region, Result};

use graticule_dataset::{DataArray, Dataset, Variable, near, step};
use graticule_lazy::LazyArray;
use graticule_storage::{ChunkSource, CountingSource, SourceInfo};

use super::tiles::Tiles;

/// Data in chunks of (10, 10), which must be read whole.
fn chunked(shape: [usize; 2]) -> (DataArray, CountingSource) {
    let values: Vec<i32> = (0..(shape[0] * shape[1]) as i32).collect();
    let data = Array::from_vec(shape.to_vec(), values).unwrap();
    let source = Tiles::new(data, &[10, 10]);
    let counting = CountingSource::new(Arc::new(source));
    let lazy = LazyArray::read(Arc::new(counting.clone()));
    let axis = |n: usize| (0..n).map(|i| i as f64).collect::<Vec<_>>();
    let array = DataArray::new("t", ["y", "x"], lazy)
        .with_coord("y", "y", axis(shape[0]))
        .with_coord("x", "x", axis(shape[1]));
    (array, counting)
}

/// The distinct chunks that the reads touched.
fn chunks(counting: &CountingSource) -> usize {
    let mut seen = std::collections::BTreeSet::new();
    for region in counting.regions() {
        let axes: Vec<(usize, usize)> = region.axes().collect();
        for a in axes[0].0 / 10..=(axes[0].0 + axes[0].1 - 1) / 10 {
            for b in axes[1].0 / 10..=(axes[1].0 + axes[1].1 - 1) / 10 {
                seen.insert((a, b));
            }
        }
    }
    seen.len()
}

#[test]
fn five_selections_read_the_chunks_they_share() {
    let (t, counting) = chunked([100, 100]);
    let part = t
        .isel("y", 20..80)
        .isel("x", step(.., 2))
        .sel("y", 35.0..=52.0)
        .isel("x", [0, 3, 4, 5])
        .isel("y", step(.., -1));
    let _ = format!("{part}");
    assert_eq!(counting.reads(), 0, "selecting and displaying read nothing");
    let values = part.values::<i32>().unwrap();
    assert_eq!(values[..5], [5200, 5206, 5208, 5210, 5100]);
    assert_eq!(chunks(&counting), 3 * 2, "rows 35..=52 by columns 0..=10");
}

#[test]
fn points_read_each_chunk_once() {
    let (t, counting) = chunked([100, 100]);
    let places: Vec<f64> = (0..1000).map(|i| f64::from(i * 7 % 40)).collect();
    let others: Vec<f64> = (0..1000).map(|i| f64::from(i * 3 % 20)).collect();
    let (y, x) = (DataArray::new("", "p", places.clone()), DataArray::new("", "p", others.clone()));
    let at = t.sel_many([("y", near(&y).into()), ("x", near(&x).into())]);
    assert_eq!(counting.reads(), 0);
    let values = at.values::<i32>().unwrap();
    let wanted: Vec<i32> =
        places.iter().zip(&others).map(|(y, x)| (y * 100.0 + x) as i32).collect();
    assert_eq!(values, wanted);
    assert_eq!(chunks(&counting), 8);
    let read = counting.elements();
    assert!(read <= 8 * 100, "no chunk is read twice: {read} elements");
}

/// Labels that are made up when they are read.
#[derive(Debug)]
struct Made {
    info: SourceInfo,
}

impl ChunkSource for Made {
    fn info(&self) -> &SourceInfo {
        &self.info
    }
    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        let start = region.axes().next().unwrap().0;
        for (i, v) in out.typed::<f64>()?.iter_mut().enumerate() {
            *v = (start + i) as f64 * 0.5;
        }
        Ok(())
    }
}

fn huge(n: usize) -> (Dataset, CountingSource) {
    let grid = ChunkGrid::new(vec![DimChunks::even(n, n)]);
    let info =
        SourceInfo { dtype: DType::F64, shape: vec![n], grid, whole_chunks: false, fill: None };
    let counting = CountingSource::new(Arc::new(Made { info }));
    let labels = LazyArray::read(Arc::new(counting.clone()));
    let data = labels.clone();
    let ds = Dataset::new()
        .with_coord_variable("x", Variable::new("x", labels).unwrap())
        .with_var("twice", "x", data);
    (ds, counting)
}

#[test]
fn a_hundred_million_labels_are_found_by_thirty_reads() {
    let (ds, counting) = huge(100_000_000);
    assert_eq!(counting.reads(), 0, "an index that is not used reads nothing");
    let one = ds.sel("x", 12_345_678.5);
    assert!(one.fault().is_none(), "{one:?}");
    assert!(counting.reads() <= 30, "{} reads", counting.reads());
    assert!(counting.bytes() < 4 << 20);
    assert_eq!(one["twice"].item::<f64>().unwrap(), 12_345_678.5);
    counting.reset();
    let some = ds.sel("x", 100.0..=1_000_000.0);
    assert_eq!(some.size_of("x"), Some(1_999_801));
    assert!(counting.reads() <= 40, "{} reads", counting.reads());
    let e = ds.sel("x", 7.3).check().unwrap_err().to_string();
    assert!(e.contains("the nearest labels are 7.5, 7.0"), "{e}");
    assert_eq!(ds.sel("x", near(7.3))["twice"].item::<f64>().unwrap(), 7.5);
}

#[test]
fn a_mask_alone_is_read_to_drop_by_it() {
    let (t, data) = chunked([30, 30]);
    let (m, mask) = chunked([30, 30]);
    let cond = m.ge(0i32) & m.lt(310i32);
    let cond = cond & m.ge(95i32);
    let part = t.where_drop(&cond).unwrap();
    assert_eq!(data.reads(), 0);
    assert!(mask.reads() > 0);
    assert_eq!(part.shape(), [8, 30]);
    let noted = t.to_dataset().where_drop(&cond).unwrap().notes();
    assert!(
        noted[0].text().starts_with("where_drop evaluated its condition at once: "),
        "{noted:?}"
    );
    assert!(t.to_dataset().where_drop(cond.load().unwrap()).unwrap().notes().is_empty());
    assert_eq!(part["y"].values::<f64>().unwrap()[0], 3.0);
    assert_eq!(part.count(..).item::<i64>().unwrap(), 215);
}
