//! The global heap: data of variable length, in collections of numbered objects.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use graticule_array::{Error, Result};

use crate::header::to_usize;
use crate::meta::{Meta, Piece, expect_signature};

/// Collections kept by one reader.
const KEPT: usize = 32;

/// Looks up objects of the global heap; keeps the collections it has seen last.
#[derive(Debug, Default)]
pub(crate) struct GlobalHeap {
    collections: RefCell<Vec<(u64, Rc<Collection>)>>,
}

#[derive(Debug)]
struct Collection {
    data: Piece,
    objects: HashMap<u32, Range<usize>>,
}

impl GlobalHeap {
    /// The bytes of an object.
    ///
    /// # Errors
    /// If there is no such object.
    pub(crate) fn get(&self, meta: &Meta<'_>, address: u64, index: u32) -> Result<Piece> {
        let collection = self.collection(meta, address)?;
        let range = collection.objects.get(&index).cloned().ok_or_else(|| {
            Error::corrupt(format!("no object {index} in the global heap at {address}"))
        })?;
        meta.charge(range.len() as u64 + 16)?;
        Ok(collection.data.part(range))
    }

    fn collection(&self, meta: &Meta<'_>, address: u64) -> Result<Rc<Collection>> {
        let mut kept = self.collections.borrow_mut();
        // The collection used last is the likeliest: search backwards.
        if let Some((_, found)) = kept.iter().rev().find(|(a, _)| *a == address) {
            return Ok(found.clone());
        }
        let new = Rc::new(Collection::read(meta, address)?);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((address, new.clone()));
        Ok(new)
    }
}

impl Collection {
    fn read(meta: &Meta<'_>, address: u64) -> Result<Self> {
        let head = meta.up_to(address, 16)?;
        let mut c = head.cursor();
        expect_signature(&mut c, b"GCOL")?;
        c.skip(4)?;
        let size = to_usize(meta.form.length(&mut c)?)?;
        let data = meta.get(address, size)?;
        let mut c = data.cursor();
        c.skip(8 + meta.form.length_size)?;
        let mut objects = HashMap::new();
        while c.remaining() >= 8 + meta.form.length_size {
            let index = c.u16()?;
            c.skip(6)?;
            let n = to_usize(meta.form.length(&mut c)?)?;
            if index == 0 {
                break;
            }
            let at = c.position();
            if c.skip(n).is_err() {
                break;
            }
            objects.insert(u32::from(index), at..at + n);
            if c.skip(n.next_multiple_of(8) - n).is_err() {
                break;
            }
        }
        meta.charge(32 * objects.len() as u64)?;
        Ok(Self { data, objects })
    }
}
