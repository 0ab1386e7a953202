//! Lanes: the steps of a stage that is walked, each in its turn, whoever read its parts.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use graticule_array::{Array, Error, Region, Result, Running};

use super::Context;
use super::columns::{States, finish, merge};
use super::task::{Local, Place, Tiles, feeds, locals, run_block};
use super::turns::Turns;
use crate::block::shapes;
use crate::expr::Op;
use crate::kernel::{Blocks, Held, Resolver};
use crate::plan::{Action, Piece, Stage, Stream, Tap, Task, running_input, set};
use crate::profile::Spent;

/// The parts that a step read, one for each tap; `None` for those that run.
pub(crate) type Parts = Vec<Option<Array>>;

/// Steps of a lane in their order.
#[derive(Default)]
pub(crate) struct Lane {
    turns: Turns<Parts>,
    state: Mutex<Walk>,
}

/// What lies between two steps.
#[derive(Default)]
struct Walk {
    /// The box of each tap that the lane needs.
    whole: Vec<Option<Region>>,
    /// What is held of each tap: from where to where, and the values.
    held: Vec<Vec<(usize, usize, Array)>>,
    running: Vec<Option<Running>>,
    /// Up to where the taps were needed so far.
    reach: Vec<usize>,
    /// The run whose states are open, and those of the runs before.
    open: Option<(Task, Vec<Option<Local>>)>,
    merged: Option<States>,
}

/// Reads what a step adds to what its lane holds.
pub(crate) fn read_parts(
    cx: &Context<'_>,
    stage: &Stage,
    stream: &Stream,
    task: Task,
) -> Result<Parts> {
    cx.check()?;
    let results = cx.results(stage)?;
    let profile = cx.profile(task.stage)?;
    let blocks = Blocks { results: &results, buffers: &cx.buffers, read: &cx.read, profile };
    let mut resolver = Resolver::new(&blocks);
    let mut parts: Parts = vec![None; stream.taps.all.len()];
    for (tap, part) in stage.new_parts(stream, task.column, task.run)? {
        let array = resolver.array(&tap.node, &part)?;
        if let Some(to) = stream.taps.find(&tap.node).and_then(|i| parts.get_mut(i)) {
            *to = Some(array);
        }
    }
    resolver.keep();
    Ok(parts)
}

impl Lane {
    fn lock(&self) -> MutexGuard<'_, Walk> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the parts of a step; goes that step and all that wait behind it if it is their turn.
    /// Says how many steps were gone, and whether they were the last.
    pub(crate) fn add(
        &self,
        cx: &Context<'_>,
        stage: &Stage,
        stream: &Stream,
        task: Task,
        parts: Parts,
    ) -> Result<(usize, bool)> {
        self.turns.take(task.run, stage.runs(), parts, |step, parts| {
            cx.check()?;
            self.lock().step(cx, stage, stream, Task { run: step, ..task }, parts)
        })
    }
}

impl Walk {
    fn step(
        &mut self,
        cx: &Context<'_>,
        stage: &Stage,
        stream: &Stream,
        task: Task,
        parts: Parts,
    ) -> Result<()> {
        let (lane, step) = (stage.lane(stream, task.column), task.run);
        let taps = &stream.taps.all;
        if step == 0 {
            self.whole = stage.lane_boxes(stream, &lane)?;
            self.held = vec![Vec::new(); taps.len()];
            self.reach = vec![0; taps.len()];
            self.running = taps.iter().map(start).collect();
        }
        let before = std::mem::take(&mut self.reach);
        let reach = stage.reach(stream, &lane, step)?;
        let stretches = stage.stretches(stream, &self.whole, &before, &reach, step);
        for (i, part) in parts.into_iter().enumerate() {
            let (Some(part), Some(range)) = (part, stretches.get(i)) else { continue };
            self.hold(i, *range, part);
        }
        let results = cx.results(stage)?;
        let profile = cx.profile(task.stage)?;
        let blocks = Blocks { results: &results, buffers: &cx.buffers, read: &cx.read, profile };
        for (i, (tap, range)) in
            taps.iter().zip(&stretches).enumerate().filter(|(_, (t, _))| t.runs)
        {
            self.advance(&blocks, stream, i, tap, *range)?;
        }
        for piece in stage.pieces(stream, task) {
            self.make(cx, stage, stream, &blocks, piece)?;
        }
        let last = step + 1 == stage.runs();
        if last || stage.geometry.kept.contains(&stream.axis) {
            self.close(cx, stage)?;
        }
        let floor = stage.floor(stream, &lane, step + 1, &reach)?;
        for ((tap, held), low) in taps.iter().zip(&mut self.held).zip(&floor) {
            if last || tap.axis.is_some() {
                held.retain(|(_, end, _)| end > low);
            }
        }
        self.reach = reach;
        Ok(())
    }

    fn hold(&mut self, tap: usize, (from, to): (usize, usize), part: Array) {
        if let Some(held) = self.held.get_mut(tap) {
            held.push((from, to, part));
        }
    }

    /// Takes a tap that runs further.
    fn advance(
        &mut self,
        blocks: &Blocks<'_>,
        stream: &Stream,
        at: usize,
        tap: &Tap,
        (from, to): (usize, usize),
    ) -> Result<()> {
        let Some(Some(whole)) = self.whole.get(at) else { return Ok(()) };
        let mut made = whole.clone();
        if let Some(axis) = tap.axis {
            set(&mut made, axis, from, to - from);
        }
        let Some((input, region)) = running_input(tap, &made, from)? else { return Ok(()) };
        let mut boxes = vec![None; stream.taps.all.len()];
        stream.taps.needed(&input, &region, &mut boxes)?;
        let held = self.together(stream, &boxes)?;
        let mut resolver = Resolver::beside(blocks, &held);
        let part = resolver.array(&input, &graticule_array::Selection::from_region(&region))?;
        let running = self.running.get_mut(at).and_then(Option::as_mut);
        let running = running.ok_or_else(|| Error::bug("what runs was lost"))?;
        let start = Instant::now();
        let out = running.advance(&part).map_err(|e| e.context(format!("in {:?}", tap.node)))?;
        if let Op::Block(op) = tap.node.op() {
            blocks.profile.record([(op.name(), Spent::since(start, out.bytes()))]);
        }
        drop(part);
        resolver.finish();
        self.hold(at, (from, to), out);
        Ok(())
    }

    /// The boxes of taps, each as one array.
    fn together(&self, stream: &Stream, boxes: &[Option<Region>]) -> Result<Vec<Held>> {
        let mut out = Vec::new();
        for (i, (tap, found)) in stream.taps.all.iter().zip(boxes).enumerate() {
            let (Some(found), Some(Some(whole)), Some(held)) =
                (found, self.whole.get(i), self.held.get(i))
            else {
                continue;
            };
            let (Some(axis), true) = (tap.axis, !found.is_empty()) else {
                let Some((.., array)) = held.first() else { continue };
                out.push(Held::new(tap.node.id(), whole.clone(), array.clone()));
                continue;
            };
            let (low, len) = found.axes().nth(axis).unwrap_or((0, 0));
            let mut pieces = Vec::new();
            for (from, to, array) in held.iter().filter(|(f, t, _)| *f < low + len && *t > low) {
                let (start, end) = (low.max(*from), (low + len).min(*to));
                let mut inside = Region::whole(array.shape());
                set(&mut inside, axis, start - from, end - start);
                pieces.push(array.region(&inside)?);
            }
            let mut region = whole.clone();
            set(&mut region, axis, low, len);
            let array = match pieces.as_slice() {
                [one] => one.clone(),
                several => Array::concat(several, axis)?,
            };
            if array.shape() != region.len {
                return Err(Error::bug(format!("{:?} is not held from {low} on", tap.node)));
            }
            out.push(Held::new(tap.node.id(), region, array));
        }
        Ok(out)
    }

    /// Makes a piece: feeds it to all consumers.
    fn make(
        &mut self,
        cx: &Context<'_>,
        stage: &Stage,
        stream: &Stream,
        blocks: &Blocks<'_>,
        piece: Piece,
    ) -> Result<()> {
        let Piece { task, block, region } = piece;
        let open = self.open.as_ref().map(|(open, _)| *open);
        if open.is_some_and(|open| open.column != task.column) {
            self.close(cx, stage)?;
        } else if open.is_some_and(|open| open.run != task.run) {
            self.merge(cx, stage)?;
        }
        let column = stage.column(task.column);
        let before = self.open.take().map(|(_, locals)| locals);
        let mut feeds = feeds(stage, task, &column, before, &cx.buffers)?;
        if !stage.skips(task.pass, block) && !region.is_empty() {
            let boxes = stage.boxes(&stream.taps, &region)?;
            let held = self.together(stream, &boxes)?;
            let mut tiles = Tiles::default();
            run_block(cx, stage, blocks, &held, task.pass, &region, &mut feeds, &mut tiles)?;
        }
        self.open = Some((task, locals(feeds)));
        Ok(())
    }

    /// The open run joins those before.
    fn merge(&mut self, cx: &Context<'_>, stage: &Stage) -> Result<()> {
        let Some((task, locals)) = self.open.take() else { return Ok(()) };
        self.merged = Some(merge(stage, task, self.merged.take(), locals, &cx.buffers)?);
        Ok(())
    }

    /// A column is complete.
    fn close(&mut self, cx: &Context<'_>, stage: &Stage) -> Result<()> {
        let Some((task, locals)) = self.open.take() else { return Ok(()) };
        let reduces = stage.consumers.iter().any(|c| matches!(c.action, Action::Reduce(..)));
        if !reduces {
            return Ok(());
        }
        let states = if stage.geometry.runs() == 1 {
            locals.into_iter().map(|l| l.map(|l| l.state)).collect()
        } else {
            merge(stage, task, self.merged.take(), locals, &cx.buffers)?
        };
        self.merged = None;
        finish(&cx.slots, stage, task, states)
    }
}

/// A tap that runs, at its beginning.
fn start(tap: &Tap) -> Option<Running> {
    let (Op::Block(op), Some(axis), true) = (tap.node.op(), tap.axis, tap.runs) else {
        return None;
    };
    op.running(&shapes(tap.node.inputs()), axis)
}
