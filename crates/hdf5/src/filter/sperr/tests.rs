use sha2::{Digest, Sha256};

use super::*;

/// A chunk as hdf5plugin 7.1 stores it, and the hash of what it reads back.
struct Chunk {
    params: &'static [u32],
    element: usize,
    size: usize,
    bytes: &'static [u8],
    sha: &'static str,
}

/// A plane with a tolerance and values that needed corrections.
const SPIKES: Chunk = Chunk {
    params: &[1042, 805_306_368, 9, 10],
    element: 4,
    size: 360,
    bytes:
        b"\x00\x80\xd2\x27\xfd\x41\x26\x36\x06\x40\x00\x00\x00\x00\x00\x00\xf8\x3f\x05\x7c\x01\x00\
          \x00\x00\x00\x00\x00\x15\x0e\xa9\x00\x80\x1f\x29\x77\x54\x50\x71\x08\xa0\x40\xe0\x37\x43\
          \x05\x77\x80\x1b\x69\x55\x91\x80\xe9\x0c\x1d\x24\x10\x24\x4a\xbf\xd9\xaa\xf3\x6f\xbe\xaf\
          \x9c\xf4\x24\x56\x07\x4b\xba\x0a\x0a\x01\x0c\x00\x00\x00\x00\x00\x00\x00\x2d\x00",
    sha: "9fed32a02f9793fd",
};

/// A plane of 5 bits a value.
const RATE: Chunk = Chunk {
    params: &[1026, 268_763_136, 9, 10],
    element: 8,
    size: 720,
    bytes:
        b"\x00\x80\xc1\x9b\x13\x8e\x74\xcd\x04\x40\x84\x3d\x2e\x8d\x1b\x9f\x2a\x3e\x20\xd5\x01\x00\
          \x00\x00\x00\x00\x00\x8b\x2d\xf2\x7f\x2d\xcb\x2a\x73\x36\x40\xb2\x39\x70\x02\xec\x2f\x3b\
          \x02\x83\x49\x60\x8d\x29\xc0\x5e\x8f\xf8\xe6\x74\x42\x41\xc2\x3d\xfd\x3f\x2e\x00\x6c\x03\
          \x83\x48\xb9\x13\x95\xe7\xa0\x4c\x02\x05\x9b\x05\x1d\x4e\x70\x0f\xb3\x8a",
    sha: "64357e8815709b34",
};

/// A volume with the order of its axes reversed.
const VOLUME: Chunk = Chunk {
    params: &[1043, 2_685_665_280, 9, 9, 17],
    element: 4,
    size: 5508,
    bytes:
        b"\x00\x00\x60\x11\x00\x00\x00\x09\x00\x00\x00\x09\x00\x00\x00\x6b\x00\x00\x00\x80\x6f\xcd\
          \x2f\x01\xdb\xda\x10\x40\xa2\xbd\x17\x4c\x23\x5c\x23\x40\x03\x83\x02\x00\x00\x00\x00\x00\
          \x00\xb5\x02\x00\xa1\x39\x00\xa0\xaa\xff\x76\x95\x54\x5a\x55\x5a\x65\xf6\xfe\xbf\xb7\xff\
          \x8d\x1d\x36\xf6\x7e\x23\x93\x56\xc0\x62\x15\x06\x04\xfa\x01\x60\xaf\xee\xca\xb9\xb6\xbe\
          \xeb\xf7\xb4\xeb\xe7\x70\xb6\xff\xab\xb1\xc4\xb4\xb2\xea\x6e\xf8\xff\xff\xab\x56\x0d\xe8\
          \xff\xff\xf9\xff\x4f\x01\x44\x05\x9c\x03\x1b\x62\x30\x08\x07\x00",
    sha: "231304cb55e807ba",
};

/// A volume whose first planes are missing.
const GAPS: Chunk = Chunk {
    params: &[1107, 805_306_368, 9, 9, 9],
    element: 4,
    size: 2916,
    bytes:
        b"\x01\x61\x00\x00\x00\xaa\xaa\xff\xff\x0f\x00\x00\x00\x00\x00\x60\x09\x00\x00\x00\x09\x00\
          \x00\x00\x09\x00\x00\x00\x82\x00\x00\x00\x80\x56\x1a\xb5\xf7\x69\xa4\x20\x40\x00\x00\x00\
          \x00\x00\x00\xf8\x3f\x05\x39\x03\x00\x00\x00\x00\x00\x00\x21\x38\xc2\x01\x00\xfe\xf9\xda\
          \xbe\x1f\xfc\x11\x0e\x61\x59\x05\x55\x12\xa4\x00\xc0\x50\x0f\x31\xaa\xb6\x7e\xd8\x01\x00\
          \x23\x48\xa0\x07\x1e\x00\xf0\x03\x60\x1c\x95\x2a\x20\xe0\x7f\x87\x44\x02\x2e\x95\x54\x92\
          \x04\x3f\xdc\xe6\x84\x61\x00\xaa\x58\xcb\x03\x0b\x03\x03\x00\x00\xf2\x0f\x00\x50\x7f\x5e\
          \x9e\x0c\xa0\x1c\x2b\xa8\x82\x61\x21\x58\x70\x61\xa1\x85\x05\x09\x00\x00\xc0\xa7\x64\xf3\
          \xa6\xb4\x0f\x18\xe1\xb3\xdf\x00",
    sha: "227970792e70edd0",
};

/// A plane of one value.
const ALIKE: Chunk = Chunk {
    params: &[1026, 268_632_064, 9, 9],
    element: 8,
    size: 648,
    bytes: b"\x00\x81\x51\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1d\x40",
    sha: "e9214a01f0c68f7c",
};

const ALL: [Chunk; 5] = [SPIKES, RATE, VOLUME, GAPS, ALIKE];

fn read(chunk: &Chunk, params: &[u32], bytes: &[u8]) -> Result<Vec<u8>> {
    let call = Call { params, size: chunk.size, element: chunk.element };
    let mut out = Vec::new();
    decode(&call, bytes, &mut out).map(|()| out)
}

#[test]
fn chunks_are_read_to_the_last_bit() {
    for (number, chunk) in ALL.iter().enumerate() {
        let out = read(chunk, chunk.params, chunk.bytes).unwrap();
        assert_eq!(out.len(), chunk.size);
        let sum = Sha256::digest(&out);
        let sha = sum.iter().take(8).map(|b| format!("{b:02x}"));
        assert_eq!(sha.collect::<String>(), chunk.sha, "chunk {number}");
    }
}

#[test]
fn missing_values_are_where_they_were() {
    let out = read(&GAPS, GAPS.params, GAPS.bytes).unwrap();
    let values = out.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
    for (i, value) in values.enumerate() {
        assert_eq!(value.is_nan(), i < 3 * 81, "at {i}");
    }
}

#[test]
fn tolerances_hold() {
    let out = read(&SPIKES, SPIKES.params, SPIKES.bytes).unwrap();
    for (i, b) in out.as_chunks::<4>().0.iter().enumerate() {
        let (y, x) = ((i / 10) as f64, (i % 10) as f64);
        let expected = match i {
            44 => 60.0,
            72 => -40.0,
            _ => 10.0 * (x / 3.0).sin() * (y / 4.0).cos(),
        };
        assert!((f64::from(f32::from_le_bytes(*b)) - expected).abs() <= 1.0, "at {i}");
    }
}

#[test]
fn any_parameters_and_any_bytes_end() {
    for chunk in &ALL {
        for bit in 0..32 * chunk.params.len() {
            let mut params = chunk.params.to_vec();
            params[bit / 32] ^= 1 << (bit % 32);
            let _ = read(chunk, &params, chunk.bytes);
        }
        for bit in 0..8 * chunk.bytes.len() {
            let mut bytes = chunk.bytes.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let _ = read(chunk, chunk.params, &bytes);
            let _ = read(chunk, chunk.params, &chunk.bytes[..bit / 8]);
        }
    }
}

#[test]
fn what_is_wrong_or_unknown_is_named() {
    let read = |params: &[u32], bytes: &[u8]| read(&VOLUME, params, bytes).unwrap_err();
    let [facts, mode, lengths @ ..] = VOLUME.params else { panic!("too few parameters") };
    let with = |facts: u32, lengths: &[u32]| [&[facts, *mode], lengths].concat();
    assert!(read(&with(facts | 7 << 10, lengths), VOLUME.bytes).is_unsupported());
    assert!(read(&with(facts & !3, lengths), VOLUME.bytes).to_string().contains("neither"));
    assert!(read(&with(*facts, &[9, 9, 18]), VOLUME.bytes).to_string().contains("[18, 9, 9]"));
    assert!(read(&with(*facts, &[9000, 9000, 17]), VOLUME.bytes).to_string().contains("9000"));
    assert!(read(&with(*facts, &[9, 9]), VOLUME.bytes).to_string().contains("too few"));
    let mut bytes = VOLUME.bytes.to_vec();
    bytes[1] = 9;
    assert!(read(VOLUME.params, &bytes).is_unsupported());
    bytes.truncate(40);
    bytes[1] = 0;
    assert!(read(VOLUME.params, &bytes).to_string().contains("another length"));
}
