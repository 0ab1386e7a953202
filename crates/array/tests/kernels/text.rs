//! Text, bytes and characters.

use graticule_array::{Array, DType, MapOp, Scalar, Text, TextEncoding, ZipOp};

fn chars(text: &str, shape: &[usize]) -> Array {
    let bytes = text.as_bytes().to_vec();
    Array::from_vec(shape.to_vec(), bytes).unwrap().with_dtype(DType::Char).unwrap()
}

fn texts(of: &[&str]) -> Array {
    Array::from_vec(vec![of.len()], of.iter().map(|t| Text::from(*t)).collect()).unwrap()
}

#[test]
fn characters_join_and_decode() {
    let joined = chars("ab\0\0cde\0", &[2, 4]).join_chars().unwrap();
    assert_eq!((joined.dtype(), joined.shape()), (&DType::Bytes(4), &[2][..]));
    let read = MapOp::TextFrom(TextEncoding::Utf8).apply(&joined).unwrap();
    assert_eq!(read, texts(&["ab", "cde"]));
    assert_eq!(read.cast(&DType::Bytes(4)).unwrap(), joined);
    assert!(read.cast(&DType::Bytes(2)).unwrap_err().is_invalid());
    assert!(chars("a", &[]).join_chars().is_err());
}

#[test]
fn latin_letters_decode() {
    let bytes = Array::from_vec(vec![1, 3], vec![0xe9, b'a', 0]).unwrap();
    let bytes = bytes.with_dtype(DType::Bytes(3)).unwrap();
    let read = MapOp::TextFrom(TextEncoding::Latin1).apply(&bytes).unwrap();
    assert_eq!(read, texts(&["éa"]));
    let lossy = MapOp::TextFrom(TextEncoding::Utf8).apply(&bytes).unwrap();
    assert_eq!(lossy, texts(&["\u{fffd}a"]));
}

#[test]
fn texts_compare_and_can_be_missing() {
    let a = texts(&["x", "y", ""]);
    let masked = MapOp::Mask { values: [Scalar::from("")].into(), to: DType::Str };
    let a = masked.apply(&a).unwrap();
    let missing = a.is_missing().unwrap().to_flat::<bool>().unwrap();
    assert_eq!(missing, [false, false, true]);
    let same = MapOp::with(ZipOp::Eq, Scalar::from("y"), false, &DType::Str).unwrap();
    assert_eq!(same.apply(&a).unwrap().to_flat::<bool>().unwrap(), [false, true, false]);
    let filled = MapOp::FillMissing(Scalar::from("-")).apply(&a).unwrap();
    assert_eq!(filled, texts(&["x", "y", "-"]));
    assert!(ZipOp::Add.result(&DType::Str, &DType::Str).unwrap_err().is_unsupported());
}

#[test]
fn byte_strings_compare_and_choose() {
    let a = chars("abcd", &[2, 2]).join_chars().unwrap();
    let b = chars("abxxyy", &[2, 3]).join_chars().unwrap();
    let less = ZipOp::Lt.apply(&a, &b).unwrap().to_flat::<bool>().unwrap();
    assert_eq!(less, [true, true]);
    let cond = Array::from_vec(vec![2], vec![true, false]).unwrap();
    let out = graticule_array::choose(&cond, &a, &b).unwrap();
    assert_eq!(out.dtype(), &DType::Bytes(3));
    assert_eq!(out.cast(&DType::Str).unwrap(), texts(&["ab", "xyy"]));
}
