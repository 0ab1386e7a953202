use super::*;
use crate::MemorySource;
use graticule_array::Array;

fn part(from: i32, shape: [usize; 2], chunk: [usize; 2]) -> Arc<dyn ChunkSource> {
    let n = (shape[0] * shape[1]) as i32;
    let data = Array::from_vec(shape, (from..from + n).collect::<Vec<_>>()).unwrap();
    Arc::new(MemorySource::with_grid(data, ChunkGrid::even(&shape, &chunk)))
}

#[test]
fn boxes_across_parts_are_those_of_the_joined_array() {
    for axis in [0, 1] {
        let lens = [3usize, 0, 1, 4, 2];
        let parts: Vec<_> = lens
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let shape = if axis == 0 { [*n, 5] } else { [5, *n] };
                part(100 * i as i32, shape, [2, 2])
            })
            .collect();
        let arrays: Vec<Array> =
            parts.iter().map(|p| p.read(&Region::whole(&p.info().shape)).unwrap()).collect();
        let whole = Array::concat(&arrays, axis).unwrap();
        let joined = ConcatSource::new(parts, axis).unwrap();
        assert_eq!(joined.info().shape, whole.shape());
        for start in 0..10 {
            for len in 0..=10 - start {
                let mut region = Region::new([1, 1], [3, 3]);
                region.start[axis] = start;
                region.len[axis] = len;
                assert_eq!(joined.read(&region).unwrap(), whole.region(&region).unwrap());
            }
        }
    }
}

#[test]
fn the_grid_keeps_borders_and_stays_even_where_it_can() {
    let even = |lens: &[usize], chunk: usize| {
        let parts = lens.iter().map(|n| part(0, [*n, 4], [chunk, 2])).collect();
        ConcatSource::new(parts, 0).unwrap().info().grid.dims()[0].clone()
    };
    assert_eq!(even(&[24, 24, 24], 24), DimChunks::even(24, 72));
    assert_eq!(even(&[24, 24, 7], 24), DimChunks::even(24, 55));
    assert_eq!(even(&[4, 4, 3], 2), DimChunks::even(2, 11));
    assert_eq!(even(&[31, 28, 31], 1), DimChunks::even(1, 90));
    assert_eq!(even(&[31, 28, 31], 100), DimChunks::Cuts([0, 31, 59, 90].into()));
    assert_eq!(even(&[3, 4], 2), DimChunks::Cuts([0, 2, 3, 5, 7].into()));
    let mixed =
        ConcatSource::new(vec![part(0, [2, 8], [2, 2]), part(0, [2, 8], [2, 4])], 0).unwrap();
    assert_eq!(mixed.info().grid.dims()[1].cuts(), [0, 4, 8]);
}

#[test]
fn stacking_makes_a_new_axis() {
    let parts = vec![part(0, [2, 3], [1, 3]), part(10, [2, 3], [1, 3])];
    let stacked = ConcatSource::stacked(parts, 1).unwrap();
    assert_eq!(stacked.info().shape, [2, 2, 3]);
    assert_eq!(stacked.info().grid.counts(), [2, 2, 1]);
    let all = stacked.read(&Region::whole(&[2, 2, 3])).unwrap();
    assert_eq!(all.to_flat::<i32>().unwrap(), [0, 1, 2, 10, 11, 12, 3, 4, 5, 13, 14, 15]);
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(ConcatSource::new(vec![], 0).unwrap_err().is_invalid());
    let parts = || vec![part(0, [2, 3], [1, 3]), part(0, [2, 4], [1, 3])];
    assert!(ConcatSource::new(parts(), 0).unwrap_err().is_mismatch());
    assert!(ConcatSource::new(parts(), 1).is_ok());
    assert!(ConcatSource::new(parts(), 2).unwrap_err().is_invalid());
    assert!(ConcatSource::stacked(parts(), 0).unwrap_err().is_mismatch());
}

#[test]
fn thousands_of_parts_are_found_by_search() {
    let parts = (0..20_000).map(|i| part(i, [1, 1], [1, 1])).collect();
    let joined = ConcatSource::new(parts, 0).unwrap();
    for i in [0usize, 1, 9_999, 19_999] {
        let got = joined.read(&Region::new([i, 0], [1, 1])).unwrap();
        assert_eq!(got.to_flat::<i32>().unwrap(), [i as i32]);
    }
    assert_eq!(joined.info().grid.dims()[0], DimChunks::even(1, 20_000));
}
