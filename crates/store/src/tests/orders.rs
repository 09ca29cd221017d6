//! Files that come one after the other, in any order, or all at once.

use proptest::prelude::*;

use super::*;

type Files = Vec<(String, String)>;

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

/// Reads each drop by itself, as if the one before had been cleared away; what is given in the end.
fn one_by_one(drops: &[&Files]) -> Given {
    let folder = Folder::new();
    for files in drops {
        read(&open(&folder.0), &borrowed(files)).unwrap();
    }
    read(&open(&folder.0), &[]).unwrap()
}

fn at_once(drops: &[&Files]) -> Given {
    let folder = Folder::new();
    let all: Files = drops.iter().flat_map(|files| files.iter().cloned()).collect();
    read(&open(&folder.0), &borrowed(&all)).unwrap();
    read(&open(&folder.0), &[]).unwrap()
}

/// A drop of exports that end at some hour and reach back so far.
fn drop_of(number: usize, from: i64, until: i64) -> Files {
    // Of every third export the bill says something else.
    let price = i64::from(number % 3 == 2);
    let folder = format!("in/2026-10-{:02}", number + 1);
    vec![
        (format!("{folder}/query_history.csv"), exports::queries(from..until)),
        (format!("{folder}/warehouse_metering_history.csv"), exports::metering(from..until, 2)),
        (format!("{folder}/billing_usage.csv"), exports::usage(from..until)),
        (format!("{folder}/list_prices.csv"), exports::PRICES.to_owned()),
        (format!("{folder}/focus.csv"), exports::bill(from / 24..until / 24, price)),
    ]
}

fn drops() -> impl Strategy<Value = Vec<Files>> {
    let one = (0_i64..100, 24_i64..100);
    prop::collection::vec(one, 1..5).prop_map(|list| {
        let each = list.iter().enumerate();
        each.map(|(at, (from, length))| drop_of(at, *from, from + length)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn the_order_in_which_exports_come_does_not_matter(
        drops in drops(), seed in any::<u64>(),
    ) {
        let all: Vec<&Files> = drops.iter().collect();
        let wanted = at_once(&all);
        let mut order: Vec<usize> = (0..all.len()).chain(0..all.len()).collect();
        let mut seed = seed;
        for at in (1..order.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(at, usize::try_from(seed >> 33).unwrap() % (at + 1));
        }
        // Each comes twice, at any time.
        let mixed: Vec<&Files> = order.iter().map(|at| all[*at]).collect();
        let given = one_by_one(&mixed);
        prop_assert_eq!(&given.records, &wanted.records);
        prop_assert_eq!(&given.ledger, &wanted.ledger);
        prop_assert_eq!(&given.rows, &wanted.rows);
        prop_assert_eq!(&given.problems, &wanted.problems);
    }
}

#[test]
fn a_then_b_then_a_is_a_and_b_at_once() {
    let (one, two) = (drop_of(0, 0, 100), drop_of(1, 60, 180));
    let wanted = at_once(&[&one, &two]);
    for order in [[&one, &two, &one], [&two, &one, &two]] {
        assert_eq!(one_by_one(&order), wanted);
    }
}

/// Credits of compute that were given, in thousandths, by hour.
fn credits(given: &Given) -> Vec<i128> {
    let of = |record: &UsageRecord| match record {
        UsageRecord::WarehouseHour(hour) => Some(hour.compute.nanos() / 1_000_000),
        _ => None,
    };
    given.records.iter().filter_map(of).collect()
}

#[test]
fn an_hour_that_was_not_over_is_told_by_the_next_export() {
    let drops = [drop_of(0, 0, 50), drop_of(1, 10, 60), drop_of(2, 59, 70)];
    let given = one_by_one(&drops.each_ref());
    let mut wanted: Vec<i128> = (0..70).map(|hour| 500 + hour).collect();
    // Nobody told hour 58 again.
    for hour in [58, 68, 69] {
        wanted[hour] = 100;
    }
    assert_eq!(credits(&given), wanted);
    let older: Vec<usize> = given
        .rows
        .iter()
        .filter(|rows| rows.path.contains("metering"))
        .map(|rows| rows.older)
        .collect();
    assert_eq!(older, [40, 1, 0]);
}

#[test]
fn hours_of_two_accounts_both_count() {
    let other = exports::metering(0..50, 0).replace("0.5", "0.7");
    let files = [("a/metering.csv", exports::metering(0..50, 0)), ("b/metering.csv", other)];
    let files: Files = files.map(|(path, text)| (path.to_owned(), text)).into();
    let (one, two) = (vec![files[0].clone()], vec![files[1].clone()]);
    let given = one_by_one(&[&one, &two]);
    assert_eq!(credits(&given).len(), 100);
    assert_eq!(given.bag(), directly(&borrowed(&files)).bag());
}

#[test]
fn lines_of_a_bill_that_are_the_same_count_each_and_a_newer_bill_once() {
    let bill = |path: &str, days, cents| vec![(path.to_owned(), exports::bill(days, cents))];
    let (half, whole) = (bill("half.csv", 0..4, 0), bill("whole.csv", 0..8, 0));
    let given = one_by_one(&[&half, &whole]);
    assert_eq!(given.bag(), directly(&borrowed(&whole)).bag());
    // A bill that was written over is a newer version of itself, even where most of it is told otherwise.
    let (old, new) = (bill("a/focus.csv", 0..4, 0), bill("a/focus.csv", 0..4, 5));
    let given = one_by_one(&[&old, &new]);
    assert_eq!(given.bag(), directly(&borrowed(&new)).bag());
}

#[test]
fn what_databricks_takes_back_is_netted_though_it_comes_later() {
    let usage = exports::usage(0..20);
    let lines: Vec<&str> = usage.lines().filter(|line| !line.contains("RE")).collect();
    let early = lines.join("\n");
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let prices = file("list_prices.csv", exports::PRICES);
    let (one, two) =
        (vec![file("one.csv", &early), prices.clone()], vec![file("two.csv", &usage), prices]);
    let given = one_by_one(&[&one, &two]);
    assert_eq!(given.ledger.lines().next(), directly(&borrowed(&two)).ledger.lines().next());
}

/// A line of a report of AWS under an id.
fn named(path: &str, id: &str, cost: &str) -> Files {
    let text = format!(
        "identity_line_item_id,identity_time_interval,line_item_line_item_type,line_item_usage_start_date,\
         line_item_product_code,line_item_unblended_cost,line_item_currency_code,line_item_resource_id\n\
         {id},day,Usage,2026-10-01T00:00:00Z,AmazonEC2,{cost},USD,i-1\n"
    );
    vec![(path.to_owned(), text)]
}

#[test]
fn of_a_line_that_was_corrected_the_last_file_by_name_counts_whatever_came_first() {
    let billed = |given: &Given| {
        let sums = given.ledger.lines().next().unwrap_or_default().to_owned();
        sums.split("billed: ").nth(1).unwrap_or_default().split(',').next().unwrap().to_owned()
    };
    let (old, new) = (named("a.csv", "x", "1"), named("b.csv", "x", "2"));
    for order in [[&old, &new], [&new, &old]] {
        assert_eq!(billed(&one_by_one(&order)), "2000000000");
    }
    // Of a file that was written over, the last version.
    let (old, new) = (named("a.csv", "x", "2"), named("a.csv", "x", "1"));
    assert_eq!(billed(&one_by_one(&[&old, &new])), "1000000000");
    // Another name of the same line.
    let (old, new) = (named("a.csv", "x", "1"), named("b.csv", "y", "1"));
    assert_eq!(billed(&one_by_one(&[&new, &old])), "1000000000");
}
