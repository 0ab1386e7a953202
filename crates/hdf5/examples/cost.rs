//! What opening and reading cost: `cost FILE [VARIABLE] [TIMES]` prints CPU time.

use std::sync::Arc;

use graticule_array::{Array, Region, Result};
use graticule_hdf5::Hdf5Backend;
use graticule_storage::{Backend, FileBytes, HandlePool, Location, OpenOptions};

fn cpu() -> f64 {
    // utime and stime, in hundredths of a second.
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let number = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (number(11) + number(12)) / 100.0
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or_default();
    let name = args.next().unwrap_or_default();
    let times: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let pool = Arc::new(HandlePool::default());
    let open = || -> Result<_> {
        let bytes = FileBytes::open(&Location::new(&path), &pool)?;
        Hdf5Backend::new().open(Arc::new(bytes), &OpenOptions::default())
    };
    let start = cpu();
    for _ in 0..times {
        open()?;
    }
    println!("open: {:.1} us", (cpu() - start) * 1e6 / times as f64);
    let group = open()?;
    if let Some(var) = group.vars.iter().find(|v| v.name == name) {
        let info = var.source.info();
        let mut out = Array::zeros(&info.dtype, &info.shape)?;
        let bytes = out.bytes() as f64;
        let start = cpu();
        var.source.read_into(&Region::whole(&info.shape), out.view_mut())?;
        println!("first read: {:.1} ms", (cpu() - start) * 1e3);
        let n = (times / 10).max(1);
        let start = cpu();
        for _ in 0..n {
            var.source.read_into(&Region::whole(&info.shape), out.view_mut())?;
        }
        let each = (cpu() - start) / n as f64;
        println!("read: {:.2} ms, {:.0} MB/s", each * 1e3, bytes / each / 1e6);
    }
    Ok(())
}
