#!/usr/bin/env python3
"""Runs our pairs in DuckDB: equal ones have to give the same rows, whatever the tables hold.

usage: plumb-bench pairs | oracle/pairs.py [-v] [ROUNDS]

Each line on standard input is a pair; the tables stand in `benches/pairs/tables.sql`. Rows are made up so that
keys and references hold, from values that the queries speak of. Needs what `requirements.txt` lists. Exit
codes: 0 all as claimed, 1 an equal pair differs, 2 nothing could be compared.
"""

import datetime
import decimal
import json
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import sqlglot

TABLES = Path(__file__).parent.parent / "benches" / "pairs" / "tables.sql"

# Where NULL stands and how whole numbers are divided, by dialect.
SETTINGS = {
    "snowflake": ("nulls_last_on_asc_first_on_desc", False),
    "postgres": ("nulls_last_on_asc_first_on_desc", True),
    "databricks": ("nulls_first_on_asc_last_on_desc", False),
    "bigquery": ("nulls_first_on_asc_last_on_desc", False),
    "duckdb": ("nulls_last", False),
}

MACROS = """
create macro iff(c, a, b) as case when c then a else b end;
create macro zeroifnull(a) as coalesce(a, 0);
create macro nullifzero(a) as nullif(a, 0);
create macro nvl2(a, b, c) as case when a is not null then b else c end;
create macro div0(a, b) as case when b = 0 then 0 else a / b end;
create macro count_if(c) as count(case when c then 1 end);
create macro countif(c) as count(case when c then 1 end);
"""

# In some dialects a NULL among the arguments gives NULL.
JOINED = "create macro concat(a, b) as a || b, (a, b, c) as a || b || c;"
EXTREMES = """
create macro greatest(a, b) as case when a >= b then a when a < b then b end;
create macro least(a, b) as case when a <= b then a when a > b then b end;
"""

TEXTS = ["", " ", "a", "b", "A", "web", "app", "paid", "Paid", " paid "]
DAYS = [datetime.date(2024, 1, 1) + datetime.timedelta(days=d) for d in (0, 1, 30, 59, 60, 90, 151, 152, 364, 366)]


def tables():
    """Table name to its columns: name, type, whether never NULL, the table it points to; and its keys."""
    found, name = {}, None
    for line in TABLES.read_text().lower().splitlines():
        line = line.strip().rstrip(",")
        if match := re.match(r"create table (\w+)", line):
            name = match[1]
            found[name] = ([], [])
        elif match := re.match(r"(primary key|unique) \((.*)\)", line):
            found[name][1].append([column.strip() for column in match[2].split(",")])
        elif match := re.match(r"(\w+) ([a-z]+\S*)(.*)", line):
            column, of, rest = match.groups()
            primary = "primary key" in rest
            target = re.search(r"references (\w+)", rest)
            found[name][0].append((column, of, primary or "not null" in rest, target and target[1]))
            if primary or "unique" in rest:
                found[name][1].append([column])
    return found


def pools(texts):
    """Values that queries speak of, these more often, and their neighbours."""
    numbers, words, days, spoken = {0, 1, 2, 3, 4}, set(TEXTS), set(DAYS), []
    for text in texts:
        for word in re.findall(r"'((?:[^']|'')*)'", text):
            if match := re.match(r"(\d{4})-(\d\d)-(\d\d)", word):
                day = min(datetime.date(*map(int, match.groups())), datetime.date(2100, 1, 1))
                days |= {day, day - datetime.timedelta(days=1), day + datetime.timedelta(days=1)}
            else:
                words |= {word, word.upper(), word.lower(), word.strip("%")}
                spoken.append(word)
        for number in re.findall(r"(?<![\w.'-])\d{1,6}(?![\w.'])", text):
            numbers |= {int(number) - 1, int(number), int(number) + 1}
    moments = {datetime.datetime.combine(day, datetime.time(h, m)) for day in days for h, m in ((0, 0), (0, 1), (13, 30), (23, 59))}
    spoken = sorted(set(spoken)) * 6
    return {"number": sorted(numbers), "text": sorted(words) + spoken, "date": sorted(days), "datetime": sorted(moments)}


def value(chance, of, pool):
    if of == "int":
        return chance.choice(pool["number"])
    if of.startswith("numeric"):
        return decimal.Decimal(chance.choice(pool["number"])) + decimal.Decimal(chance.choice(["0", "0", "0.5"]))
    if of == "boolean":
        return chance.random() < 0.5
    if of == "variant":
        return payload(chance, pool)
    return chance.choice(pool[of])


def payload(chance, pool):
    some = lambda: chance.choice([None, *pool["number"][:6], *pool["text"]])
    whole = {key: some() for key in ("plan", "price", "name") if chance.random() < 0.7}
    if chance.random() < 0.6:
        whole["page"] = {key: some() for key in ("path", "title") if chance.random() < 0.7}
    if chance.random() < 0.7:
        whole["items"] = [{"sku": some(), "quantity": chance.randint(1, 3)} for _ in range(chance.randint(0, 2))]
    if chance.random() < 0.7:
        whole["tags"] = [chance.choice(["a", "b"]) for _ in range(chance.randint(0, 2))]
    return json.dumps(whole)


def database(chance, schema, pool):
    """Rows of every table; few distinct values, so that rows meet."""
    few = {of: chance.sample(values, min(len(values), chance.randint(2, 8))) for of, values in pool.items()}
    known = {}
    for name, (columns, keys) in schema.items():
        rows = []
        for _ in range(chance.choice([0, 1, 2, 3, 5, 8])):
            row = {}
            for column, of, never, target in columns:
                if not never and chance.random() < 0.25:
                    row[column] = None
                elif target:
                    targets = rows if target == name else known[target]
                    row[column] = next(iter(chance.choice(targets).values())) if targets else None
                else:
                    row[column] = value(chance, of, few if chance.random() < 0.9 else pool)
            lacks = any(never and row[column] is None for column, _, never, _ in columns)
            twice = any(all(row[c] == other[c] for c in key) for key in keys for other in rows)
            if not (lacks or twice):
                rows.append(row)
        known[name] = rows
    return known


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, decimal.Decimal)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def fill(connection, rows):
    for name, found in rows.items():
        connection.execute(f"delete from {name}")
        if found:
            values = ", ".join("(" + ", ".join(map(literal, row.values())) + ")" for row in found)
            connection.execute(f"insert into {name} values {values}")


def plain(value):
    """Values that engines write differently and mean the same."""
    if value is None or isinstance(value, (bool, str)):
        return (type(value).__name__, value)
    if isinstance(value, (int, float, decimal.Decimal)):
        return ("number", float(f"{float(value):.9g}"))
    if isinstance(value, datetime.datetime):
        return ("time", value.replace(tzinfo=None))
    if isinstance(value, datetime.date):
        return ("time", datetime.datetime.combine(value, datetime.time()))
    return (type(value).__name__, str(value))


def bag(connection, sql):
    return Counter(tuple(map(plain, row)) for row in connection.execute(sql).fetchall())


def connect(schema, dialect):
    connection = duckdb.connect()
    nulls, whole = SETTINGS[dialect]
    connection.execute(f"set default_null_order = '{nulls}'; set integer_division = {whole}; set threads = 1")
    if dialect != "duckdb":
        connection.execute(MACROS)
    if dialect in ("snowflake", "databricks", "bigquery"):
        connection.execute(JOINED)
    if dialect in ("snowflake", "bigquery"):
        connection.execute(EXTREMES)
    for name, (columns, _) in schema.items():
        listed = ", ".join(f"{column} {'json' if of == 'variant' else of}" for column, of, _, _ in columns)
        connection.execute(f"create table {name} ({listed})")
    return connection


def runnable(connection, sql, dialect):
    """The query as DuckDB runs it, or why it does not."""
    spellings = [lambda: sql, lambda: sqlglot.transpile(sql, read=dialect, write="duckdb")[0]]
    why = None
    for spelling in spellings:
        try:
            text = spelling()
            connection.execute(text)
            return text, None
        except (duckdb.Error, sqlglot.errors.SqlglotError) as error:
            why = why or str(error).split("\n")[0][:90]
    return None, why


def group(pairs, schema, rounds):
    """For each pair of one group whether its rows ever differed; and the queries that do not run."""
    dialect = pairs[0]["dialect"]
    queries = {sql: None for pair in pairs for sql in (pair["sql1"], pair["sql2"])}
    connection = connect(schema, dialect)
    words = set(re.findall(r"\w+", " ".join(queries).lower()))
    unfit = {}
    for sql in queries:
        queries[sql], why = runnable(connection, sql, dialect)
        if why and not queries[sql]:
            unfit[sql] = why
    chance = random.Random(pairs[0]["id"])
    pool = pools(queries)
    differ = {}
    for _ in range(rounds):
        rows = database(chance, schema, pool)
        fill(connection, {name: found for name, found in rows.items() if name in words})
        bags = {}
        for sql, text in queries.items():
            try:
                bags[sql] = text and bag(connection, text)
            except duckdb.Error:
                bags[sql] = None
        for pair in pairs:
            one, two = bags[pair["sql1"]], bags[pair["sql2"]]
            if one is not None and two is not None and pair["id"] not in differ and one != two:
                differ[pair["id"]] = (rows, one, two)
    return differ, unfit


def main():
    words = [word for word in sys.argv[1:] if word != "-v"]
    rounds = int(words[0]) if words else 40
    schema, groups = tables(), defaultdict(list)
    for line in sys.stdin:
        pair = json.loads(line)
        groups[pair["id"].rsplit("/", 1)[0]].append(pair)
    wrong, counts, unfits = 0, Counter(), 0
    for name, pairs in groups.items():
        differ, unfit = group(pairs, schema, rounds)
        unfits += len(unfit)
        if "-v" in sys.argv:
            for sql, why in unfit.items():
                print(f"{name}: not run: {why}: {' '.join(sql.split())[:60]}")
        for pair in pairs:
            if pair["sql1"] in unfit or pair["sql2"] in unfit:
                counts["not run"] += 1
                continue
            found = differ.get(pair["id"])
            counts[pair["expected"], bool(found)] += 1
            if found and pair["expected"] == "equal":
                wrong += 1
                rows, one, two = found
                print(f"{pair['id']} differs:\n{one - two}\n{two - one}")
                for table, held in rows.items():
                    if re.search(rf"\b{table}\b", pair["sql1"] + pair["sql2"]):
                        print(f"  {table}: {[tuple(map(str, row.values())) for row in held]}")
            elif not found and pair["expected"] == "different" and "-v" in sys.argv:
                print(f"{pair['id']}: no rows found on which they differ")
    equal, same = counts["equal", False] + wrong, counts["equal", False]
    different, told = counts["different", True] + counts["different", False], counts["different", True]
    print(f"pairs: {same} of {equal} equal ones agree, {told} of {different} different ones differ, "
          f"{counts['open', True] + counts['open', False]} open; {counts['not run']} not run ({unfits} queries)")
    return 1 if wrong else 0 if equal + different else 2


if __name__ == "__main__":
    sys.exit(main())
