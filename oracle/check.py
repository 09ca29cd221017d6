#!/usr/bin/env python3
"""Runs random plans, before and after rewriting, in DuckDB and in plumb's own evaluator: all give the same rows.

usage: plumb-bench plans --count N | oracle/check.py [-v]
       plumb-bench plans --pages | oracle/check.py [-v]

Each line on standard input is a plan as SQL with what it becomes, and the rows that the evaluator gives; tables
stand in the first line that is about them. Needs DuckDB (`pip install duckdb`). Exit codes: 0 all agree, 1 some
do not, 2 nothing could be compared. Where DuckDB alone says otherwise, and SQLite as the evaluator, the fault is DuckDB's.
"""

import decimal
import json
import sqlite3
import sys
from collections import Counter

import duckdb

TYPES = {
    "bool": "BOOLEAN", "int32": "INTEGER", "int64": "BIGINT", "decimal": "DECIMAL(18, 4)", "float64": "DOUBLE",
    "text": "VARCHAR", "date": "DATE", "timestamp": "TIMESTAMP",
}


# Faults of DuckDB's own, after which a connection answers nothing.
ENDS = (duckdb.InternalException, duckdb.FatalException)

# Plans after which a long run says how far it is.
STEP = 50_000


def load(connection, tables):
    for name, table in tables.items():
        columns = ", ".join(f'"{column}" {TYPES[kind]}' for column, kind in table["columns"]) or "nothing INTEGER"
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        if table["rows"]:
            marks = ", ".join("?" for _ in table["columns"])
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", table["rows"])


def known(value):
    """A value as it compares: `1` and `TRUE` are equal in Python, `1` and `1.0` are not the same text."""
    if isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool):
        return ("number", round(decimal.Decimal(value), 9).normalize())
    return (type(value).__name__, value)


def bag(rows):
    return Counter(tuple(known(value) for value in row) for row in rows)


def connected(tables):
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    load(connection, tables)
    return connection


def unoptimized(tables, inserts, sql):
    """What DuckDB says when it runs a query as it is written: its own word against a fault of its optimizer."""
    try:
        connection = connected(tables)
        connection.execute(inserts)
        connection.execute("PRAGMA disable_optimizer")
        return bag(connection.execute(sql).fetchall())
    except duckdb.Error:
        return None


def loose(rows):
    """Rows as SQLite has them, which keeps truth values as numbers."""
    return bag([[int(value) if isinstance(value, bool) else value for value in row] for row in rows])


def elsewhere(tables, inserts, sql):
    """What SQLite says, where it understands the query: it shares nothing with either of the two."""
    try:
        connection = sqlite3.connect(":memory:")
        for name, table in tables.items():
            columns = ", ".join(f'"{column}"' for column, _ in table["columns"]) or "nothing"
            connection.execute(f"CREATE TABLE {name} ({columns})")
            for row in table["rows"]:
                connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in row)})", row)
        connection.executescript(inserts)
        return loose(connection.execute(sql).fetchall())
    except sqlite3.Error:
        return None


def main():
    connection = tables = None
    plans, pairs, wrong, at_odds, alone, unfit, skipped = 0, 0, 0, 0, 0, Counter(), Counter()
    for line in sys.stdin:
        case = json.loads(line)
        plans += 1
        if plans % STEP == 0:
            print(f"{plans} plans: {pairs} pairs agree, {wrong} do not", file=sys.stderr, flush=True)
        if connection is None:
            connection = connected({})
        try:
            load(connection, case.get("tables", {}))
            connection.execute(case.get("inserts", ""))
        except duckdb.Error as error:
            unfit[str(error).split("\n")[0][:70]] += 1
            if isinstance(error, ENDS):
                connection = connected(tables or {})
            continue
        tables = case.get("tables", tables)
        if "skipped" in case:
            skipped[case["skipped"]] += 1
            continue
        first = None
        for query in case["queries"]:
            if "skipped" in query:
                skipped[query["skipped"]] += 1
                continue
            try:
                found = connection.execute(query["sql"]).fetchall()
            except duckdb.Error as error:
                # What DuckDB does not run is no disagreement on rows. A fault of its own ends the connection.
                unfit[str(error).split("\n")[0][:70]] += 1
                if isinstance(error, ENDS):
                    connection = connected(tables)
                if query["of"] == "plan":
                    break
                continue
            rows = query.get("rows", found)
            first = rows if first is None else first
            if bag(found) == bag(first) == bag(rows):
                pairs += query["of"] != "plan"
                continue
            inserts = case.get("inserts", "")
            if bag(first) == bag(rows) == unoptimized(tables, inserts, query["sql"]):
                at_odds += 1
                continue
            if loose(first) == loose(rows) == elsewhere(tables, inserts, query["sql"]):
                print(f"seed {case['seed']}, {query['of']}: SQLite agrees, DuckDB alone does not", file=sys.stderr)
                alone += 1
                continue
            wrong += 1
            print(f"seed {case['seed']}, {query['of']}: {query['sql']}\nDuckDB: {found}\nplumb:  {rows}")
            print(f"plan: {case['queries'][0]['sql']}\nrows: {first}")
            print(f"tables: {case.get('inserts') or json.dumps({k: v['rows'] for k, v in tables.items()})}\n")
    if "-v" in sys.argv:
        for what, times in (unfit + skipped).most_common(20):
            print(f"{times:6} {what}")
    print(f"oracle: {pairs} pairs of {plans} plans agree, {wrong} do not; {at_odds} DuckDB answers otherwise unoptimized, "
          f"{alone} otherwise than SQLite, too; "
          f"{sum(skipped.values())} not written or not computed, {sum(unfit.values())} not run")
    return 1 if wrong else 0 if pairs else 2


if __name__ == "__main__":
    sys.exit(main())
