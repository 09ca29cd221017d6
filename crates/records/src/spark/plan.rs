//! What a plan of Spark reads, by its text: tables or paths, and the conditions that reach the files.

use plumb_base::record::spark::Scan;

/// Words behind which a plan names a format.
const FORMATS: &[&str] =
    &["avro", "csv", "delta", "hive", "hudi", "iceberg", "json", "orc", "parquet", "text", "xml"];

/// Nodes that are called scans and read nothing from outside.
const INSIDE: &[&str] = &[
    "ExistingRDD",
    "InMemoryTableScan",
    "GpuInMemoryTableScan",
    "LocalTableScan",
    "OneRowRelation",
    "RDDScan",
];

/// What a plan reads, each once, in its order.
pub(super) fn scans(plan: &str) -> Vec<Scan> {
    // A plan is a tree with attributes in each line, or a tree of numbers and a paragraph for each of them.
    let numbered = plan.contains("\n(1) ");
    let mut scans: Vec<Scan> = Vec::new();
    let mut lines = plan.lines();
    while let Some(line) = lines.next() {
        let scan = if numbered {
            let node = line.strip_prefix('(').and_then(|it| it.split_once(") "));
            let node = node.filter(|(number, _)| number.bytes().all(|it| it.is_ascii_digit()));
            node.and_then(|(_, node)| named(node)).map(|scan| {
                let rest = lines.clone().take_while(|line| !line.trim().is_empty());
                rest.fold(scan, attribute)
            })
        } else {
            let node = line.trim_start_matches(|it: char| " :+-*|".contains(it));
            let node =
                node.strip_prefix('(').and_then(|it| it.split_once(") ")).map_or(node, |it| it.1);
            named(node).map(|scan| inline(scan, node))
        };
        if let Some(scan) = scan.filter(|it| *it != Scan::default() && !scans.contains(it)) {
            scans.push(scan);
        }
    }
    scans
}

/// A node that reads, with what its name says.
fn named(node: &str) -> Option<Scan> {
    let (kind, rest) = node.split_once(' ').unwrap_or((node, ""));
    // What stands in brackets are columns, or notes of the compiler.
    let name = rest.split('[').next().unwrap_or_default();
    let mut words = name.split_whitespace();
    let (first, second) = (words.next(), words.next());
    let inside = |word: &str| INSIDE.contains(&word);
    if !kind.ends_with("Scan") || inside(kind) || first.is_some_and(inside) {
        return None;
    }
    let lower = first.unwrap_or_default().to_ascii_lowercase();
    if let Some(table) = first.and_then(|it| it.strip_prefix("JDBCRelation(")) {
        let table = table.trim_end_matches(')').to_owned();
        return Some(Scan {
            format: Some("jdbc".to_owned()),
            table: Some(table),
            ..Scan::default()
        });
    }
    if FORMATS.contains(&lower.as_str()) {
        let (location, table) = place(second);
        return Some(Scan { format: Some(lower), table, location, ..Scan::default() });
    }
    let (location, table) = place(first);
    Some(Scan { table, location, ..Scan::default() })
}

/// A path, or the name of a table.
fn place(word: Option<&str>) -> (Option<String>, Option<String>) {
    let word = word.map(str::to_owned);
    if word.as_deref().is_some_and(|it| it.contains('/')) { (word, None) } else { (None, word) }
}

/// A line of a paragraph.
fn attribute(mut scan: Scan, line: &str) -> Scan {
    let Some((name, value)) = line.split_once(": ") else { return scan };
    match name {
        "Format" => scan.format = Some(value.trim().to_ascii_lowercase()),
        "Location" => scan.location = bracketed(value).or(scan.location),
        "PartitionFilters" => scan.partitions = bracketed(value),
        // What Photon calls them.
        "PushedFilters" | "RequiredDataFilters" => scan.pushed = bracketed(value),
        _ => {}
    }
    scan
}

/// Attributes within the line of a node.
fn inline(mut scan: Scan, node: &str) -> Scan {
    let of = |name: &str| node.split_once(name).and_then(|(_, rest)| bracketed(rest));
    scan.location = of("Location: ").or(scan.location);
    scan.partitions = of("PartitionFilters: ");
    scan.pushed = of("PushedFilters: ");
    scan
}

/// What stands in the first brackets; brackets that do not end were cut.
fn bracketed(text: &str) -> Option<String> {
    let (_, inside) = text.split_once('[')?;
    let mut depth = 1;
    let end = inside.char_indices().find_map(|(at, letter)| {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    });
    let inside = end.map_or(inside, |end| &inside[..end]).trim();
    (!inside.is_empty()).then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(plan: &str) -> Vec<String> {
        let text = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
        let each = scans(plan).into_iter().map(|it| {
            [&it.format, &it.table, &it.location, &it.pushed, &it.partitions].map(text).join(" | ")
        });
        each.collect()
    }

    #[test]
    fn a_plan_of_paragraphs_is_read() {
        let plan = "\
== Physical Plan ==
AdaptiveSparkPlan (9)
+- == Final Plan ==
   * Project (3)
   +- Scan parquet lake.shop.orders (1)

(1) Scan parquet lake.shop.orders [codegen id : 1]
Output [2]: [id#1L, paid#2]
Batched: true
Location: PreparedDeltaFileIndex [s3://box/shop/orders, ... 3 entries]
PartitionFilters: [isnotnull(day#3), (day#3 = 2026-10-01)]
PushedFilters: [IsNotNull(paid), In(kind, [a,b])]
ReadSchema: struct<id:bigint,paid:int>

(2) BatchScan
Output [1]: [x#4]
Format: csv
Location: InMemoryFileIndex[file:/tmp/x.csv]

(3) PhotonScan parquet
Location: InMemoryFileIndex [s3://box/store]
RequiredDataFilters: [isnotnull(a#1)]

(4) Scan JDBCRelation(app.users) [numPartitions=1]  [codegen id : 2]
Output [1]: [id#5]

(5) Scan ExistingRDD Delta Table State #9 - s3://box/_delta_log
Output [1]: [txn#6]

(6) LocalTableScan
Output [1]: [id#7]

(7) Scan parquet lake.shop.orders
Location: PreparedDeltaFileIndex [s3://box/shop/orders, ... 3 entries]
PartitionFilters: [isnotnull(day#3), (day#3 = 2026-10-01)]
PushedFilters: [IsNotNull(paid), In(kind, [a,b])]
";
        assert_eq!(
            said(plan),
            [
                "parquet | lake.shop.orders | s3://box/shop/orders, ... 3 entries \
                 | IsNotNull(paid), In(kind, [a,b]) | isnotnull(day#3), (day#3 = 2026-10-01)",
                "csv | - | file:/tmp/x.csv | - | -",
                "parquet | - | s3://box/store | isnotnull(a#1) | -",
                "jdbc | app.users | - | - | -",
            ]
        );
    }

    #[test]
    fn a_plan_of_lines_is_read() {
        let plan = "\
== Physical Plan ==
*(2) Project [id#1]
:- *(1) FileScan parquet shop.orders[id#1,day#2] Batched: true, Format: Parquet, Location: InMemoryFileIndex[file:/a, file:/b], PartitionFilters: [], PushedFilters: [EqualTo(id,1)], ReadSchema: struct<id:int>
+- *FileScan csv [x#3] Batched: false, Format: CSV, Location: InMemoryFileIndex[file:/very/long...
   +- BatchScan lake.events[x#4] lake.events [filters=]
   +- Scan hive raw.clicks [x#5]
   +- Scan ExistingRDD[x#6]
";
        assert_eq!(
            said(plan),
            [
                "parquet | shop.orders | file:/a, file:/b | EqualTo(id,1) | -",
                "csv | - | file:/very/long... | - | -",
                "- | lake.events | - | - | -",
                "hive | raw.clicks | - | - | -",
            ]
        );
    }

    #[test]
    fn any_text_is_a_plan_of_nothing() {
        for text in [
            "",
            "(1) ",
            "\n(1) Scan\n(",
            "(x) Scan parquet",
            "Scan [",
            "\n(1) Scan parquet \u{e9}[[\n",
        ] {
            assert!(said(text).len() < 2, "{text}");
        }
    }
}
