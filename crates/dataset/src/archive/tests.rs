use std::sync::Arc;

use graticule_array::{Array, DType, Scalar, Text, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_lazy::Session;
use graticule_storage::{ByteSource, MemoryBytes};

use super::codec::{Reader, Writer, checksum};
use super::{ArchiveIndex, parse_index};
use crate::io::OpenOptions;

#[test]
fn arrays_of_every_kind_come_back() {
    let time = TimeType { unit: TimeUnit::Millisecond, calendar: Calendar::NoLeap };
    let ticks = Array::from_vec([2], vec![5i64, i64::MIN]).unwrap();
    let texts = vec![Text::from("a"), Text::missing(), Text::from("ü")];
    let bytes = Array::from_vec([2, 3], b"abcdef".to_vec()).unwrap();
    let arrays = [
        Array::from_vec([2, 2], vec![1.5f64, f64::NAN, -0.0, f64::MAX]).unwrap(),
        Array::from_vec([0, 3], Vec::<i16>::new()).unwrap(),
        Array::scalar(7u8),
        Array::from_vec([2], vec![true, false]).unwrap(),
        Array::from_vec([3], texts).unwrap(),
        ticks.clone().with_dtype(DType::Time(time)).unwrap(),
        ticks.with_dtype(DType::Duration(TimeUnit::Second)).unwrap(),
        bytes.clone().with_dtype(DType::Bytes(3)).unwrap(),
        bytes.with_dtype(DType::Char).unwrap(),
    ];
    for array in arrays {
        let mut out = Writer::default();
        out.array(&array).unwrap_or_else(|| panic!("{} is not held", array.dtype()));
        let back = Reader::new(&out.0).array().unwrap();
        assert_eq!((back.dtype(), back.shape()), (array.dtype(), array.shape()));
        assert_eq!(format!("{back:?}"), format!("{array:?}"));
        for n in 0..out.0.len() {
            assert!(Reader::new(&out.0[..n]).array().is_err(), "{} cut at {n}", array.dtype());
        }
    }
    let list = Scalar::List(Array::scalar(1i32)).fill(&[]).unwrap();
    assert!(Writer::default().array(&list).is_none(), "lists are not held");
}

#[test]
fn sizes_that_lie_are_refused() {
    let huge = [0xff; 9];
    assert!(Reader::new(&huge).size().is_err());
    let mut out = Writer::default();
    out.size(1 << 40);
    assert!(Reader::new(&out.0).list(Reader::u8).is_err());
    out.0.clear();
    out.dtype(&DType::F64).unwrap();
    out.shape(&[1 << 40, 1 << 40]);
    out.bytes(&[0; 8]);
    assert!(Reader::new(&out.0).array().unwrap_err().is_corrupt());
}

#[test]
fn every_changed_bit_changes_the_checksum() {
    let bytes: Vec<u8> = (0..100u8).collect();
    let sum = checksum(&bytes);
    for at in 0..bytes.len() * 8 {
        let mut other = bytes.clone();
        other[at / 8] ^= 1 << (at % 8);
        assert_ne!(checksum(&other), sum);
    }
    assert_ne!(checksum(&bytes[..99]), sum);
    assert_ne!(checksum(&[bytes.as_slice(), &[0]].concat()), sum);
}

#[test]
fn a_file_that_is_no_index_is_left_alone() {
    let path = std::env::temp_dir().join(format!("graticule-no-index-{}", std::process::id()));
    std::fs::write(&path, "my notes").unwrap();
    let error = ArchiveIndex::load(&path, &OpenOptions::new()).unwrap_err();
    assert!(error.to_string().contains("not an index"), "{error}");
    std::fs::remove_file(&path).unwrap();
    assert!(ArchiveIndex::load(&path, &OpenOptions::new()).unwrap().1.is_none());
    let bytes: Arc<dyn ByteSource> = Arc::new(MemoryBytes::new("none", Vec::new()));
    assert!(parse_index(b"", &bytes, &Session::default()).is_err());
}
