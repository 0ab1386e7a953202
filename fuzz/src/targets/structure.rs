//! Pieces of HDF5: messages, headers, heaps, trees and the other indices of chunks.

use std::sync::Arc;

use graticule::storage::{ByteSource, MemoryBytes};
use graticule_hdf5::testing::{parse_message, read_structure};

use crate::{Target, Trace, seeds};

pub(super) const STRUCTURE: Target = Target {
    name: "hdf5-structure",
    what: "object headers, heaps and chunk indices at any address of an HDF5 file",
    run: structure,
    seeds: structures,
    words: &[],
};

pub(super) const MESSAGE: Target = Target {
    name: "hdf5-message",
    what: "bodies of header messages: shapes, types, layouts, filters, links, attributes",
    run: message,
    seeds: messages,
    words: &[],
};

/// The letters that structures begin with, and the number under which they are read.
const MARKS: [(&[u8; 4], u8); 7] = [
    (b"OHDR", 0),
    (b"HEAP", 1),
    (b"FRHP", 2),
    (b"TREE", 3),
    (b"BTHD", 4),
    (b"FAHD", 5),
    (b"EAHD", 6),
];

fn source(bytes: &[u8]) -> Arc<dyn ByteSource> {
    Arc::new(MemoryBytes::new("fuzzed", bytes))
}

/// The kind, the address in three bytes, then the file.
fn structure(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    if let Some(([kind, a, b, c], file)) = bytes.split_first_chunk() {
        let address = u64::from(u32::from_le_bytes([*a, *b, *c, 0]));
        trace.fact(kind % 7);
        let found = read_structure(*kind, &source(file), address);
        trace.note(&found);
        trace.fact(found.unwrap_or(0));
    }
    trace.finish()
}

fn structures() -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for file in seeds::files("seeds/hdf5") {
        for (mark, kind) in MARKS {
            let places = file.windows(4).enumerate().filter(|(_, w)| *w == mark).map(|(at, _)| at);
            for at in places.take(3) {
                // What belongs together lies close together, and the rest would only be ballast.
                let end = (at + 3000).min(file.len());
                let from = (at & !7).saturating_sub(1000);
                let [a, b, c, _] = (at as u32).to_le_bytes();
                let mut input = vec![kind, a, b, c];
                input.resize(4 + from, 0);
                input.extend_from_slice(file.get(from..end).unwrap_or_default());
                out.push(input);
            }
        }
    }
    out
}

/// The kind, then the body.
fn message(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    if let Some((kind, body)) = bytes.split_first() {
        trace.fact(kind % 8);
        trace.note(&parse_message(*kind, &source(body)));
    }
    trace.finish()
}

fn messages() -> Vec<Vec<u8>> {
    // Integer of two bytes, compound of two of them, array, enumeration, text of any length.
    let int = b"\x10\x08\x00\x00\x02\x00\x00\x00\x00\x00\x10\x00";
    let member = |name: &[u8], at: u8| [name, b"\0", &[at], int.as_slice()].concat();
    let compound =
        [b"\x36\x02\x00\x00\x04\x00\x00\x00".as_slice(), &member(b"a", 0), &member(b"b", 2)];
    let array = [b"\x3a\0\0\0\x08\0\0\0\x01\x04\0\0\0".as_slice(), int];
    let names = [b"\x38\x02\0\0\x02\0\0\0".as_slice(), int, b"OFF\0ON\0\0\0\x01\0"];
    let text = [b"\x39\x11\0\0\x10\0\0\0".as_slice(), b"\x13\0\0\0\x01\0\0\0"];
    let types = [int.to_vec(), compound.concat(), array.concat(), names.concat(), text.concat()];
    let mut out: Vec<Vec<u8>> = types.iter().map(|t| [&[1], t.as_slice()].concat()).collect();
    let eight = |n: u64| n.to_le_bytes();
    let shape =
        [b"\x00\x02\x02\x01\x01".as_slice(), &eight(3), &eight(4), &eight(3), &eight(u64::MAX)];
    out.push(shape.concat());
    out.push(b"\x00\x01\x01\x00\0\0\0\0\x05\0\0\0\0\0\0\0".to_vec());
    out.push(b"\x02\x02\x02\x02\x01\x02\0\0\0\xf7\xff".to_vec());
    out.push(b"\x02\x03\x29\x02\0\0\0\xf7\xff".to_vec());
    out.push(b"\x03\x02\0\0\0\xf7\xff".to_vec());
    out.push(b"\x04\x02\x02\x02\0\0\0\x01\0\x02\0\0\0\x01\0\0\0\x01\0\x04\0\0\0".to_vec());
    out.push(b"\x04\x01\x01\0\0\0\0\0\0\x01\0\x08\0\0\0\x01\0deflate\0\x04\0\0\0\0\0\0\0".to_vec());
    out.push([b"\x05\x03\x00\x04\x00abcd".as_slice()].concat());
    out.push([b"\x05\x03\x01".as_slice(), &eight(512), &eight(96)].concat());
    out.push(
        [b"\x05\x03\x02\x03".as_slice(), &eight(512), b"\x02\0\0\0\x03\0\0\0\x02\0\0\0"].concat(),
    );
    for index in [
        b"\x01".as_slice(),
        b"\x02",
        b"\x03\x0a",
        b"\x04\x20\x04\x04\x10\x0a",
        b"\x05\0\x08\0\0\x64\x28",
    ] {
        let head = b"\x05\x04\x02\x00\x03\x01\x02\x03\x02";
        out.push([head.as_slice(), index, &eight(512)].concat());
    }
    out.push([b"\x06\x01\x00\x04name".as_slice(), &eight(96)].concat());
    out.push(b"\x06\x01\x08\x01\x04soft\x05\0/path".to_vec());
    out.push(b"\x06\x01\x08\x40\x03out\x0a\0\0file.h5\0/x\0".to_vec());
    let scalar = b"\x02\x00\x00\x00";
    out.push([b"\x07\x03\x00\x02\0\x0c\0\x04\0\0a\0".as_slice(), int, scalar, b"\x07\0"].concat());
    out
}
