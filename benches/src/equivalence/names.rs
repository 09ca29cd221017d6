//! Operators of resolved plans under their canonical names.

/// An aggregate.
pub(crate) fn aggregate(name: &str) -> Option<&'static str> {
    Some(match name {
        "COUNT" | "COUNT ROWS" => "count",
        "SUM" | "SUM INT" => "sum",
        "$SUM0" => "sum-zero",
        "MIN" => "min",
        "MAX" => "max",
        "AVG" => "avg",
        "SINGLE_VALUE" => "single-value",
        "ANY_VALUE" | "CONST AGG" => "any-value",
        "STDDEV_POP" => "stddev-pop",
        "STDDEV_SAMP" | "STD DEV" => "stddev",
        "VAR_POP" => "var-pop",
        "VAR_SAMP" => "variance",
        "BIT_AND" => "bit-and-agg",
        "BIT_OR" => "bit-or-agg",
        "STRING AGG" => "string-agg",
        "ARRAY AGG" => "array-agg",
        "CORR" => "corr",
        "FIRST_VALUE" => "first",
        "LAST_VALUE" => "last",
        _ => return None,
    })
}

/// How an operator is said.
pub(crate) enum Operator {
    /// A call of this function.
    Call(&'static str),
    /// The same with its two arguments changed over.
    Swapped(&'static str),
    /// Its denial.
    Not(&'static str),
}

/// A function or operator.
pub(crate) fn operator(name: &str) -> Option<Operator> {
    use Operator::{Call, Not, Swapped};
    Some(match name {
        "=" | "EQ" => Call("eq"),
        "<>" | "NE" => Call("ne"),
        "<" | "LT" => Call("lt"),
        "<=" | "LE" => Call("le"),
        ">" | "GT" => Swapped("lt"),
        ">=" | "GE" => Swapped("le"),
        "AND" => Call("and"),
        "OR" => Call("or"),
        "NOT" => Call("not"),
        "+" | "PLUS" => Call("add"),
        "-" | "MINUS" => Call("sub"),
        "*" | "MULT" => Call("mul"),
        "/" => Call("div-int"),
        "DIV" => Call("div"),
        "FLOOR DIV" => Call("div-floor"),
        "MOD" => Call("mod"),
        "POWER" | "POW" => Call("power"),
        "UNARY MINUS" => Call("neg"),
        "IS NULL" => Call("is-null"),
        "IS NOT NULL" => Not("is-null"),
        "IS TRUE" => Call("is-true"),
        "IS NOT TRUE" => Not("is-true"),
        "IS FALSE" => Call("is-false"),
        "IS NOT FALSE" => Not("is-false"),
        "IS NOT DISTINCT FROM" | "IS" | "<=>" => Call("is-not-distinct"),
        "IS DISTINCT FROM" | "IS NOT" => Call("is-distinct"),
        "LIKE" => Call("like"),
        "NOT LIKE" => Not("like"),
        "I LIKE" => Call("ilike"),
        "NOT I LIKE" => Not("ilike"),
        "REG MATCH" => Call("rlike"),
        "NOT REG MATCH" => Not("rlike"),
        "REG I MATCH" => Call("rlike-any-case"),
        "NOT REG I MATCH" => Not("rlike-any-case"),
        "ITEM" => Call("element-at"),
        "SIMILAR TO" => Call("similar"),
        "NOT SIMILAR TO" => Not("similar"),
        "UPPER" => Call("upper"),
        "LOWER" => Call("lower"),
        "COALESCE" => Call("coalesce"),
        "CONCAT" | "||" => Call("concat"),
        _ => return None,
    })
}
