//! Global heap collections: where texts and lists of any length lie.

use graticule_array::{Error, Result};

use super::encoder::Encoder;

/// The least size of a collection.
const LEAST: usize = 4096;
/// A collection is closed when it is this large: readers load it as a whole.
const ENOUGH: usize = 64 << 10;
/// Bytes of the head of a collection, and of each object.
const HEAD: usize = 16;

/// Items gathered into collections.
#[derive(Debug, Default)]
pub(super) struct Heap {
    closed: Vec<Vec<u8>>,
    open: Vec<u8>,
    objects: u16,
}

/// Where an item lies: the number of its collection, and its index there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    collection: usize,
    index: u16,
    len: u32,
}

impl Heap {
    /// Stores an item.
    pub(super) fn put(&mut self, item: &[u8]) -> Result<Place> {
        let len = u32::try_from(item.len())
            .map_err(|_| Error::unsupported("an item of variable length exceeds 4 GiB"))?;
        let needed = HEAD + item.len().next_multiple_of(8);
        if self.objects > 0 && HEAD + self.open.len() + needed > ENOUGH {
            self.close();
        }
        self.objects += 1;
        let head = Encoder::new().u16(self.objects).u16(1).u32(0).u64(item.len() as u64).done();
        self.open.extend_from_slice(&head);
        self.open.extend_from_slice(item);
        self.open.resize(self.open.len().next_multiple_of(8), 0);
        Ok(Place { collection: self.closed.len(), index: self.objects, len })
    }

    fn close(&mut self) {
        if self.objects == 0 {
            return;
        }
        let body = std::mem::take(&mut self.open);
        let used = HEAD + body.len();
        // Object 0 is the free space; where there is some, its own head must fit.
        let size = if used + HEAD <= LEAST { LEAST } else { used };
        let mut e = Encoder::new().bytes(b"GCOL").bytes(&[1, 0, 0, 0]).u64(size as u64);
        e = e.bytes(&body);
        if size > used {
            e = e.u16(0).u16(0).u32(0).u64((size - used) as u64).pad_to(size);
        }
        self.closed.push(e.pad_to(LEAST).done());
        self.objects = 0;
    }

    /// The collections, in the order of their numbers.
    pub(super) fn into_collections(mut self) -> Vec<Vec<u8>> {
        self.close();
        self.closed
    }
}

/// The reference to an item, given the addresses of the collections (0 while unknown).
pub(super) fn reference(place: Place, count: u32, addresses: &[u64]) -> Vec<u8> {
    let address = addresses.get(place.collection).copied().unwrap_or(0);
    Encoder::new().u32(count).u64(address).u32(place.index.into()).done()
}

impl Place {
    /// The length of the item in bytes.
    pub(super) fn len(&self) -> u32 {
        self.len
    }
}
