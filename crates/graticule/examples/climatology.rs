//! The README's example: run it beside an archive made by `graticule demo --days 60 --dir sst --keep`.

use graticule::{near, open_mfdataset};

fn main() -> graticule::Result<()> {
    let ds = open_mfdataset("sst/*.nc")?; // reads headers and coordinates only
    let sst = ds.var("sst").sel("lat", -60.0..=60.0).squeeze(..);
    let months = sst.groupby("time.month");
    let spread = (&months - &months.mean("time")).std("time"); // still nothing read
    println!("{}", spread.sel("lon", near(200.0)).compute()?);
    println!("{:.3} °C", sst.sel("time", "1981-10").mean(..).item::<f32>()?);
    Ok(())
}
