//! Bounds of times: they may leave units and calendar to the variable that they bound.

use super::{CoordNames, Draft, SetCoder, SetContext, SetDraft};

/// Under this name the encoding remembers that units are those of another variable.
const INHERITED: &str = "inherited";

/// Bounds inherit units and calendar of the times they belong to.
#[derive(Debug)]
pub(super) struct Bounds;

impl SetCoder for Bounds {
    fn name(&self) -> &'static str {
        "bounds"
    }

    fn before(&self, set: &mut SetDraft, cx: &SetContext) {
        if !cx.coding.times {
            return;
        }
        // xarray leaves those of climatologies (CF 7.4) numbers; asked for all roles we do not.
        let climatology = cx.coords == CoordNames::All;
        let inherit: Vec<_> = set
            .vars
            .iter()
            .filter_map(|v| {
                let units = v.attrs.get("units")?;
                units.as_str().filter(|u| u.contains("since"))?;
                let other = || v.attrs.text("climatology").filter(|_| climatology);
                let bounds = v.attrs.text("bounds").or_else(other)?;
                Some((bounds.to_owned(), units.clone(), v.attrs.get("calendar").cloned()))
            })
            .collect();
        for (bounds, units, calendar) in inherit {
            let Some(var) = set.vars.iter_mut().find(|v| v.name == *bounds) else { continue };
            if !var.attrs.has("units") {
                var.attrs.set("units", units);
                var.encoding.extra.set(INHERITED, "units");
            }
            if let Some(calendar) = calendar.filter(|_| !var.attrs.has("calendar")) {
                var.attrs.set("calendar", calendar);
            }
        }
    }
}

/// The bounds of a variable, or those of its climatology.
fn cells(var: &Draft) -> Option<&str> {
    var.attrs.text("bounds").or_else(|| var.attrs.text("climatology"))
}

/// Before encoding: bounds are stored in the units of what they bound.
pub(crate) fn inherit_units(vars: &mut [Draft]) {
    let units: Vec<_> = vars
        .iter()
        .filter_map(|v| Some((cells(v)?.to_owned(), v.encoding.time.clone()?)))
        .collect();
    for (bounds, units) in units {
        for var in vars.iter_mut().filter(|v| v.name == *bounds) {
            var.encoding.time.get_or_insert(units.clone());
        }
    }
}

/// After encoding: attributes that bounds share with what they bound are said once. Those of a
/// climatology that had units of their own, or come from no file, keep them: else xarray leaves
/// them numbers.
pub(crate) fn shed_units(vars: &mut [Draft]) {
    const SHARED: [&str; 9] = [
        "units",
        "standard_name",
        "axis",
        "positive",
        "calendar",
        "long_name",
        "leap_month",
        "leap_year",
        "month_lengths",
    ];
    let parents: Vec<_> =
        vars.iter().filter_map(|v| Some((cells(v)?.to_owned(), v.attrs.clone()))).collect();
    for (bounds, attrs) in parents {
        for var in vars.iter_mut().filter(|v| v.name == *bounds && !v.as_stored) {
            if !attrs.has("bounds") && !var.encoding.extra.has(INHERITED) {
                continue;
            }
            for name in SHARED {
                if var.attrs.get(name).is_some() && var.attrs.get(name) == attrs.get(name) {
                    var.attrs.remove(name);
                }
            }
        }
    }
}
