//! The units of coordinates.

use graticule_array::Result;
use graticule_units::Unit;

use super::work::Work;

pub(super) fn correct(work: &mut Work<'_>) -> Result<()> {
    let words: Vec<_> = work.words.iter().map(|(word, _)| word).collect();
    for word in words {
        let (Some(wanted), Some((name, var))) = (work.words.units(word), work.var(word)) else {
            continue;
        };
        let wanted = wanted.to_owned();
        let target = crate::units::parsed(&wanted)?;
        let Some(text) = var.attrs().text("units").map(str::trim) else {
            if var.dtype().is_real() && var.attrs().has("standard_name") {
                work.left(format!("{name} has no units"));
            }
            continue;
        };
        if text == wanted {
            continue;
        }
        match Unit::parse(text) {
            Ok(unit) if unit.is_convertible_to(&target) && var.dtype().is_real() => {
                work.set = work.set.convert_units(&name, &wanted).check()?;
                work.changed(format!("{name} from {text} to {wanted}"));
            }
            Ok(_) => work.left(format!("{name} is in \"{text}\", which is no {wanted}")),
            Err(_) => work.left(format!("{name} is in \"{text}\", which are no units")),
        }
    }
    Ok(())
}
