//! Messages from other processes: expressions, plans, tasks, results.

use std::sync::Arc;

use graticule::array::{
    ChunkGrid, GroupRuns, LineOp, MapOp, Pick, ReduceParams, Selection, ZipOp, reduction,
};
use graticule::lazy::{BlockFn, LazyArray, Names};
use graticule::storage::{EvenSource, FillSource, MemorySource};
use graticule::{Array, Assembly, DType, Error, Graph, Memory, Partial, Result, Scalar, Session};

use crate::{Target, Trace};

pub(super) const WIRE: Target = Target {
    name: "wire",
    what: "messages of expressions, plans, tasks and results, what is planned of them, and results \
           added to a plan of ours",
    run,
    seeds: || made().unwrap_or_default(),
    words: &["mean", "same", "\u{1}", "\u{0}"],
};

/// What stands before all that is parsed: a mark, a version, and the kind.
const HEAD: usize = 7;

fn same() -> BlockFn {
    let body = |parts: &[Array]| parts.first().cloned().ok_or_else(|| Error::invalid("no block"));
    BlockFn::new("same", body)
}

fn session(function: BlockFn) -> Session {
    let builder = Session::builder().threads(2).memory(Memory::from(64 << 20)).cuts(256, 3);
    builder.names(Names::default().function(function)).build()
}

fn numbers(shape: &[usize]) -> Result<LazyArray> {
    let n = shape.iter().product::<usize>();
    let data = Array::from_vec(shape, (0..n).map(|i| i as f32).collect::<Vec<_>>())?;
    let grid = ChunkGrid::even(shape, &vec![2; shape.len()]);
    Ok(LazyArray::read(Arc::new(MemorySource::with_grid(data, grid))))
}

/// Expressions of every kind of node.
fn expressions(function: BlockFn) -> Result<Vec<LazyArray>> {
    let x = numbers(&[12, 6])?;
    let codes: Arc<[u32]> = [0, 1, 2, 0, 1, u32::MAX, 2, 0, 1, 2, 0, 1].into();
    let std = reduction("std", &ReduceParams::default())?;
    let decode = MapOp::Decode {
        values: [Scalar::F32(3.0)].into(),
        to: DType::F64,
        scale: Some(Scalar::F64(0.1)),
        offset: None,
    };
    let climate = x.reduce_grouped(std.clone(), 0, codes.clone(), 3, &[])?;
    let at = Pick::List([0, 1, 2, 0, 1, 1, 2, 0, 1, 2, 0, 1].into());
    let runs = GroupRuns { codes, groups: 3, product: false, skip_missing: true };
    Ok(vec![
        x.map(decode)?.reduce(std.clone(), &[0])?,
        x.zip(ZipOp::Sub, &climate.select(&Selection::new([at, Pick::all(6)]))?)?
            .reduce(std, &[1])?,
        LazyArray::concat(&[x.permute(&[1, 0])?, numbers(&[5, 12])?], 0)?,
        x.along(LineOp::CumSum { skip_missing: true }, 0)?.merge_axes(0, 2)?,
        x.along(LineOp::GroupRuns(runs), 0)?.split_axis(0, &[3, 4])?,
        LazyArray::map_blocks(function, std::slice::from_ref(&x), DType::F32)?,
        x.gather(&[0, 1], &[vec![3, 0, 11], vec![5, 1, 0]])?,
        x.scatter(&numbers(&[12, 1])?, [(1, 5), (2, 0), (7, 5)], &[2, 2, 2])?,
        LazyArray::first_if_equal(&[x.clone(), x.clone()], "x", vec!["a".into(), "b".into()])?,
        LazyArray::read(Arc::new(FillSource::new(
            DType::I16,
            ChunkGrid::even(&[5, 4], &[2, 4]),
            Some(Scalar::I16(9)),
        ))),
        LazyArray::read(Arc::new(
            EvenSource { start: -1.0, step: 0.1, first: 7, stride: -2 }.of(5),
        )),
        x.broadcast(&[Some(0), None, Some(1)], &[12, 3, 6])?,
        x.rechunk(ChunkGrid::even(&[12, 6], &[5, 6]))?
            .select(&Selection::new([Pick::Range { start: 10, step: -3, len: 3 }, Pick::At(2)]))?,
    ])
}

/// The expressions, their plans, and tasks and results of these.
fn made() -> Result<Vec<Vec<u8>>> {
    let function = same();
    let session = session(function.clone());
    let mut out = Vec::new();
    for x in expressions(function)? {
        let x = std::slice::from_ref(&x);
        let plan = session.plan(x)?;
        let assembly = Assembly::new(&plan);
        out.push(session.encode(x)?);
        out.push(session.encode_plan(&plan)?);
        out.push(assembly.encode_task(&session, 0, 0)?);
        out.push(assembly.run_task(0, 0)?.encode()?);
    }
    Ok(out)
}

fn run(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let session = session(same());
    // Damage to the mark says nothing: it is put right.
    let Some((head, data)) = bytes.split_at_checked(HEAD) else { return 0 };
    let kind = head.last().copied().unwrap_or(0) % 4 + 1;
    let mut message = b"GRTW\x01\x00".to_vec();
    message.push(kind);
    message.extend_from_slice(data);
    trace.fact(kind);
    match kind {
        1 => {
            let made = session.decode(&message);
            trace.note(&made);
            for x in made.unwrap_or_default() {
                trace.text(&x.to_string());
                let x = std::slice::from_ref(&x);
                let graph = Graph::new(x).optimize();
                trace.note(&graph.map(|g| g.to_string()));
                let plan = session.plan(x);
                trace.note(&plan);
                trace.fact(plan.map_or(0, |p| p.stages()));
                let again = session.encode(x);
                trace.note(&again);
                if let Ok(again) = again {
                    trace.note(&session.decode(&again));
                }
            }
        }
        2 => trace.note(&session.decode_plan(&message).map(|plan| plan.to_string())),
        3 => {
            let task = session.decode_task(&message);
            trace.note(&task);
            if let Ok(task) = task {
                trace.text(&task.to_string());
            }
        }
        _ => trace.note(&added(&session, &message)),
    }
    trace.finish()
}

/// A result that came from anywhere, added to a plan of ours.
fn added(session: &Session, message: &[u8]) -> Result<()> {
    let partial = Partial::decode(message)?;
    let plan = session.plan(expressions(same())?.get(..1).unwrap_or_default())?;
    Assembly::new(&plan).add(0, 0, partial)
}
