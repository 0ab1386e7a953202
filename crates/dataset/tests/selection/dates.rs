//! Instants by fields of their date, against a look at every label.

use graticule_array::DType;
use graticule_dataset::{DataArray, date_range, dates, near};
use proptest::prelude::*;

fn days(calendar: &str, n: usize) -> DataArray {
    let time = date_range("1999-11-20").periods(n).freq("D").calendar(calendar);
    DataArray::new("n", "time", (0..n as i32).collect::<Vec<_>>()).with_coord("time", "time", time)
}

fn field(of: &DataArray, name: &str) -> Vec<i64> {
    of["time"].dt(name).astype(DType::I64).values::<i64>().unwrap()
}

proptest! {
    #![proptest_config(super::cases(40))]

    #[test]
    fn fields_pick_what_a_look_at_each_date_does(
        calendar in prop::sample::select(vec!["standard", "noleap", "360_day", "julian", "all_leap"]),
        months in prop::collection::vec(1..=12i32, 1..4),
        days_of_month in 1..=31i32,
        n in 1usize..800,
    ) {
        let all = days(calendar, n);
        let (month, day) = (field(&all, "month"), field(&all, "day"));
        let brute: Vec<i32> = (0..n)
            .filter(|i| months.contains(&(month[*i] as i32)) && day[*i] <= i64::from(days_of_month))
            .map(|i| i as i32)
            .collect();
        let chosen = dates().month(months).day(1..=days_of_month);
        prop_assert_eq!(all.sel("time", chosen).values::<i32>().unwrap(), brute);
    }
}

#[test]
fn every_field_counts_and_every_calendar_has_its_own_days() {
    let all = days("360_day", 800);
    let end = all.sel("time", dates().month(2).day(30));
    assert_eq!(field(&end, "year"), [2000, 2001]);
    let first = all.sel("time", dates().dayofyear(1).year([2000, 2001]));
    assert_eq!(field(&first, "month"), [1, 1]);
    assert_eq!(all.drop_sel("time", dates().year(2000)).len(), 800 - 360);
    let hours = date_range("2000-01-01").periods(96).freq("15min");
    let hours = DataArray::new("n", "time", vec![0; 96]).with_coord("time", "time", hours);
    assert_eq!(hours.sel("time", dates().hour(9..12).minute(30)).len(), 3);
    assert_eq!(all.sel("time", dates()).len(), 800);
}

#[test]
fn mistakes_with_fields_are_said() {
    let all = days("standard", 10);
    let fault = |made: DataArray| made.check().unwrap_err().to_string();
    assert!(fault(all.sel("time", dates().month(13))).contains("expected 1 to 12"));
    #[allow(clippy::reversed_empty_ranges)] // the mistake
    let empty = 9..3;
    assert!(fault(all.sel("time", dates().hour(empty))).contains("no hour is asked for"));
    let x = DataArray::new("v", "x", vec![1, 2]).with_coord("x", "x", vec![1, 2]);
    let text = fault(x.sel("x", dates().month(1)));
    assert!(text.contains("dates().month(1) asks for times") && text.contains("int32"), "{text}");
    assert_eq!(all.sel("time", dates().month(7)).len(), 0);
    let text = fault(all.strict().sel("time", dates().month(7)));
    assert!(text.contains("strict()") && text.contains("1999-11-20"), "{text}");
}

#[test]
fn scalars_go_if_asked() {
    let all = days("standard", 10);
    assert_eq!(all.sel_drop("time", "1999-11-21").coords().names().count(), 0);
    assert_eq!(all.isel_drop("time", 3).coords().names().count(), 0);
    assert_eq!(all.sel_drop("time", near("1999-11-21")).item::<i32>().unwrap(), 1);
    // What stays a dimension keeps its coordinate.
    assert_eq!(all.isel_drop("time", 3..5).coords().names().count(), 1);
    let two = DataArray::new("v", ["y", "x"], (vec![1, 2, 3, 4], [2, 2]))
        .with_coord("y", "y", vec![1, 2])
        .with_coord("lat", ["y", "x"], (vec![1., 2., 3., 4.], [2, 2]))
        .with_coord("run", (), 5);
    let row = two.sel_drop("y", 2);
    let names: Vec<_> = row.coords().names().map(ToString::to_string).collect();
    assert_eq!(names, ["lat", "run"], "only what became a scalar by it goes");
    assert!(all.sel_drop("time", "2005-01-01").fault().is_some());
}
