//! Chunks that go from a source to a sink as they lie in their file.

use std::sync::Arc;
use std::time::Instant;

use graticule_array::{Pick, Region, Result, Selection, go_on};
use graticule_storage::{ChunkForm, ChunkSink, ChunkSource};

use crate::expr::{LazyArray, Op};
use crate::geometry::single_piece;
use crate::kernel::Blocks;

/// Copies those blocks of `region` whose bytes can stay as they are; gives the other blocks, or
/// `None` where nothing can be copied and the region is best written as a whole.
pub(super) fn copy_chunks(
    blocks: &Blocks<'_>,
    node: &LazyArray,
    sink: &Arc<dyn ChunkSink>,
    region: &Region,
) -> Result<Option<Vec<Region>>> {
    let Some(form) = sink.form().filter(|_| may_copy(node)) else { return Ok(None) };
    let grid = &sink.info().grid;
    let (mut copied, mut left) = (false, Vec::new());
    for index in grid.covering(region).iter() {
        let block = grid.region(&index);
        go_on()?;
        if copy_chunk(blocks, node, sink, form, &block)? {
            copied = true;
        } else if copied {
            left.push(block);
        } else {
            return Ok(None);
        }
    }
    Ok(Some(left))
}

fn copy_chunk(
    blocks: &Blocks<'_>,
    node: &LazyArray,
    sink: &Arc<dyn ChunkSink>,
    form: &ChunkForm,
    block: &Region,
) -> Result<bool> {
    let Some((source, there)) = origin(node, Selection::from_region(block))? else {
        return Ok(false);
    };
    let start = Instant::now();
    let Some(chunk) = source.packed(&there, form)? else { return Ok(false) };
    blocks.copied(source.as_ref(), &there, chunk.bytes.len(), start);
    sink.write_packed(block, &chunk)?;
    Ok(true)
}

/// Whether only selecting and joining stand between the array and what it is read from.
fn may_copy(node: &LazyArray) -> bool {
    match node.op() {
        Op::Read(_) => true,
        Op::Select(_) | Op::Rechunk(_) => node.input().is_ok_and(may_copy),
        Op::Concat { .. } => node.inputs().first().is_some_and(may_copy),
        _ => false,
    }
}

/// The box of a source that a part of the array is.
fn origin(node: &LazyArray, part: Selection) -> Result<Option<(&Arc<dyn ChunkSource>, Region)>> {
    match node.op() {
        Op::Read(source) => Ok(region_of(&part).map(|region| (source, region))),
        Op::Select(own) => origin(node.input()?, own.then(&part)?),
        Op::Rechunk(_) => origin(node.input()?, part),
        Op::Concat { axis, starts } => match single_piece(starts, &part, *axis) {
            Some((piece, pick)) => match node.inputs().get(piece) {
                Some(piece) => origin(piece, part.with(*axis, pick)),
                None => Ok(None),
            },
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// The box that is selected, with all its axes; `None` for lists, strides and axes that vanish.
fn region_of(part: &Selection) -> Option<Region> {
    let mut region = Region::new([], []);
    for pick in part.picks() {
        let Pick::Range { start, step: 1, len } = pick else { return None };
        region.start.push(*start);
        region.len.push(*len);
    }
    Some(region)
}
