#!/usr/bin/env python3
"""Runs random plans in DuckDB and compares their rows with those of plumb's own evaluator.

usage: plumb-bench plans --count N | oracle/check.py

Each line on standard input is a plan as SQL, its tables and the rows that the evaluator gives. Needs DuckDB
(`pip install duckdb`). Exit codes: 0 all agree, 1 some do not, 2 nothing could be compared.
"""

import json
import sys
from collections import Counter

import duckdb

TYPES = {"int64": "BIGINT", "text": "VARCHAR", "bool": "BOOLEAN"}



def load(connection, tables):
    for name, table in tables.items():
        columns = ", ".join(f"{column} {TYPES[kind]}" for column, kind in table["columns"])
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        if table["rows"]:
            marks = ", ".join("?" for _ in table["columns"])
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", table["rows"])


def bag(rows):
    # `1` and `TRUE` are equal in Python.
    return Counter(tuple((type(v).__name__, v) for v in row) for row in rows)


def main():
    connection = duckdb.connect()
    seen, agreed, unfit, skipped, wrong = 0, 0, Counter(), Counter(), 0
    for line in sys.stdin:
        case = json.loads(line)
        seen += 1
        if "skipped" in case:
            skipped[case["skipped"]] += 1
            continue
        load(connection, case["tables"])
        try:
            found = connection.execute(case["sql"]).fetchall()
        except duckdb.Error as error:
            # What DuckDB does not run is no disagreement on rows. A fault of its own ends the connection.
            unfit[str(error).split("\n")[0][:70]] += 1
            if isinstance(error, (duckdb.InternalException, duckdb.FatalException)):
                connection = duckdb.connect()
            continue
        if bag(found) == bag(case["rows"]):
            agreed += 1
            continue
        wrong += 1
        print(f"seed {case['seed']}: {case['sql']}\nDuckDB: {found}\nplumb:  {case['rows']}")
        print(f"tables: {json.dumps({k: v['rows'] for k, v in case['tables'].items()})}\n")
    if "-v" in sys.argv:
        for what, times in (unfit + skipped).most_common(20):
            print(f"{times:6} {what}")
    print(f"oracle: {agreed} of {seen} plans agree, {wrong} do not; "
          f"{sum(skipped.values())} not written or not computed, {sum(unfit.values())} not run")
    return 1 if wrong else 0 if agreed else 2


if __name__ == "__main__":
    sys.exit(main())
