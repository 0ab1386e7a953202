//! Groups: the links in them, however they are stored.

use graticule_array::{Error, Result};

use crate::header::{Header, kind};
use crate::heap::fractal::FractalHeap;
use crate::heap::local::LocalHeap;
use crate::message::attribute::Attribute;
use crate::message::link::{Dense, Link, Target};
use crate::meta::{Meta, expect_signature};
use crate::tree::btree1::Tree1;
use crate::tree::btree2::Tree2;

/// The links of a group: by creation where that is tracked, else by name.
///
/// # Errors
/// If they cannot be read.
pub(crate) fn links(meta: &Meta<'_>, header: &Header) -> Result<Vec<Link>> {
    let mut out = Vec::new();
    if let Some(body) = header.body(meta, kind::SYMBOL_TABLE)? {
        let mut c = body.cursor();
        let tree = meta.form.address(&mut c)?;
        let heap = meta.form.address(&mut c)?;
        if let (Some(tree), Some(heap)) = (tree, heap) {
            symbols(meta, tree, heap, &mut out)?;
        }
    }
    let mut ordered = false;
    if let Some(body) = header.body(meta, kind::LINK_INFO)? {
        let dense = Dense::links(&mut body.cursor(), meta.form)?;
        ordered = dense.ordered;
        dense_records(meta, &dense, 4, &mut |piece| {
            out.push(Link::parse(&mut piece.cursor(), meta.form)?);
            Ok(())
        })?;
    }
    for message in header.messages.iter().filter(|m| m.kind == kind::LINK) {
        let body = crate::shared::body(meta, message)?;
        out.push(Link::parse(&mut body.cursor(), meta.form)?);
    }
    if ordered && out.iter().all(|l| l.order.is_some()) {
        out.sort_by_key(|l| l.order);
    } else {
        out.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(out)
}

/// The links of an old-style group.
fn symbols(meta: &Meta<'_>, tree: u64, heap: u64, out: &mut Vec<Link>) -> Result<()> {
    let heap = LocalHeap::read(meta, heap)?;
    let form = meta.form;
    let entry_size = 2 * form.offset_size + 24;
    Tree1::Names.each(meta, tree, &mut |_, node| {
        let head = meta.get(node, 8)?;
        let mut c = head.cursor();
        expect_signature(&mut c, b"SNOD")?;
        c.skip(2)?;
        let n = usize::from(c.u16()?);
        let entries = meta.get(node.saturating_add(8), n * entry_size)?;
        let mut c = entries.cursor();
        for _ in 0..n {
            meta.charge(32)?;
            let name = heap.text(c.uint(form.offset_size)?)?;
            let address = form.address(&mut c)?;
            let cached = c.u32()?;
            c.skip(4)?;
            let value = c.u32()?;
            c.skip(12)?;
            let target = match (cached, address) {
                (2, _) => Target::Soft(heap.text(value.into())?),
                (_, Some(address)) => Target::Hard(address),
                (_, None) => {
                    return Err(Error::corrupt(format!("the link \"{name}\" leads nowhere")));
                }
            };
            out.push(Link { name, order: None, target });
        }
        Ok(())
    })
}

/// Visits the objects of a heap that a tree of names lists. `skip` bytes stand in front of the
/// heap identifier in a record (the hash of the name) for links, none for attributes.
fn dense_records(
    meta: &Meta<'_>,
    dense: &Dense,
    skip: usize,
    visit: &mut dyn FnMut(&crate::meta::Piece) -> Result<()>,
) -> Result<()> {
    let (Some(heap), Some(names)) = (dense.heap, dense.names) else { return Ok(()) };
    let heap = FractalHeap::read(meta, heap)?;
    Tree2::read(meta, names)?.each(meta, &mut |record| {
        let id = record.get(skip..).unwrap_or_default();
        visit(&heap.get(meta, id)?)
    })
}

/// The attributes of an object in order of creation, and those that cannot be read.
///
/// # Errors
/// If the lists of attributes themselves cannot be read.
pub(crate) fn attributes(meta: &Meta<'_>, header: &Header) -> Result<(Vec<Attribute>, Vec<Error>)> {
    let mut found: Vec<(u32, Attribute)> = Vec::new();
    let mut problems = Vec::new();
    for message in header.messages.iter().filter(|m| m.kind == kind::ATTRIBUTE) {
        let read = crate::shared::body(meta, message).and_then(|b| Attribute::parse(meta, &b));
        match read {
            Ok(a) => found.push((message.order.into(), a)),
            Err(e) => problems.push(e),
        }
    }
    if let Some(body) = header.body(meta, kind::ATTRIBUTE_INFO)? {
        let dense = Dense::attributes(&mut body.cursor(), meta.form)?;
        dense_attributes(meta, &dense, &mut found, &mut problems)?;
    }
    // Stable: where the order is not tracked, all stand at 0 and keep the order of the file.
    found.sort_by_key(|(order, _)| *order);
    Ok((found.into_iter().map(|(_, a)| a).collect(), problems))
}

fn dense_attributes(
    meta: &Meta<'_>,
    dense: &Dense,
    found: &mut Vec<(u32, Attribute)>,
    problems: &mut Vec<Error>,
) -> Result<()> {
    let (Some(heap), Some(names)) = (dense.heap, dense.names) else { return Ok(()) };
    let heap = FractalHeap::read(meta, heap)?;
    let tree = Tree2::read(meta, names)?;
    // A record: heap identifier (8), flags of the message, order of creation, hash of the name.
    tree.each(meta, &mut |record| {
        let mut c = record.cursor();
        let (id, flags, order) = (c.take(8)?, c.u8()?, c.u32()?);
        let read = heap.get(meta, id).and_then(|body| {
            let body = if flags & 2 != 0 {
                crate::shared::follow(meta, &body, kind::ATTRIBUTE)?
            } else {
                body
            };
            Attribute::parse(meta, &body)
        });
        match read {
            Ok(a) => found.push((order, a)),
            Err(e) => problems.push(e),
        }
        Ok(())
    })
}
