//! The parser library's grammar of a dialect, with what plumb adds to it: features and fuel.
//!
//! The library asks its dialect at every expression. That is where work is counted: a statement on which it
//! tries the same tokens again and again ends with an error and not with the run.

use std::{any::TypeId, cell::Cell, iter::Peekable, str::Chars};

use sqlparser::{
    ast::{BinaryOperator, ColumnOption, Expr, GranteesType, Ident, ObjectNamePart, Statement},
    dialect::{Dialect, Precedence},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan, Word},
};

/// A dialect of the parser library with some features more.
#[derive(Debug)]
pub(crate) struct Grammar {
    base: Box<dyn Dialect>,
    features: Features,
    fuel: Cell<u64>,
}

impl Grammar {
    /// A grammar as the library has it.
    pub(crate) fn of(base: impl Dialect) -> Self {
        let features = Features::of(&base);
        Self { base: Box::new(base), features, fuel: Cell::new(u64::MAX) }
    }

    /// With features switched on or off.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Features)) -> Self {
        change(&mut self.features);
        self
    }

    /// Allows so many expressions to be tried from here on.
    pub(crate) fn refuel(&self, fuel: u64) {
        self.fuel.set(fuel);
    }

    /// Whether it was stopped because it had tried too much.
    pub(crate) fn is_spent(&self) -> bool {
        self.fuel.get() == 0
    }
}

/// Operators that are words and that the library knows in other dialects only.
fn word_operator(parser: &mut Parser<'_>, left: &Expr) -> Option<Result<Expr, ParserError>> {
    let op = match &parser.peek_token_ref().token {
        Token::Word(word) if word.quote_style.is_none() => match word.keyword {
            Keyword::DIV => BinaryOperator::MyIntegerDivide,
            Keyword::GLOB => BinaryOperator::Glob,
            _ => return None,
        },
        _ => return None,
    };
    let precedence = parser.get_next_precedence();
    parser.next_token();
    let right = precedence.and_then(|precedence| parser.parse_subexpr(precedence));
    Some(right.map(|right| Expr::BinaryOp {
        left: Box::new(left.clone()),
        op,
        right: Box::new(right),
    }))
}

/// A literal, or the first part of a name, where what follows tells that it is nothing else.
///
/// The library finds that, too, once it has looked whether a type begins there, and has put into words why not.
fn plain_value(parser: &mut Parser<'_>) -> Option<Expr> {
    match &parser.peek_token_ref().token {
        Token::Number(..) | Token::SingleQuotedString(_) => {
            return parser.parse_value().ok().map(Expr::Value);
        }
        Token::Word(word) if is_name(word) => {}
        _ => return None,
    }
    let mut end = 1;
    while parser.peek_nth_token_ref(end).token == Token::Period
        && matches!(parser.peek_nth_token_ref(end + 1).token, Token::Word(_))
    {
        end += 2;
    }
    let ends = match &parser.peek_nth_token_ref(end).token {
        Token::Comma | Token::RParen | Token::SemiColon | Token::EOF => true,
        Token::Eq | Token::Neq => true,
        Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => true,
        Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::StringConcat => true,
        Token::Colon | Token::DoubleColon => true,
        Token::Word(next) => {
            next.keyword != Keyword::ARRAY
                && parser.peek_nth_token_ref(end + 1).token != Token::Arrow
        }
        _ => false,
    };
    let TokenWithSpan { token: Token::Word(word), span } = ends.then(|| parser.next_token())?
    else {
        return None;
    };
    Some(Expr::Identifier(word.into_ident(span)))
}

/// Whether a word that begins a value means nothing but what it names; `xml` may begin a literal.
fn is_name(word: &Word) -> bool {
    use Keyword as K;
    match word.keyword {
        K::NoKeyword => !word.value.eq_ignore_ascii_case("xml"),
        // Words of statements that are no queries, after which columns are called.
        K::ACCOUNT | K::CATEGORY | K::DATA | K::EVENT | K::HASH | K::ID | K::INDEX | K::NAME => {
            true
        }
        K::OWNER | K::POOL | K::REGION | K::SOURCE | K::STATUS | K::VALUE | K::VERSION => true,
        _ => false,
    }
}

macro_rules! grammar {
    ($($feature:ident),* $(,)?) => {
        /// What a grammar has; each is a question that the library asks.
        #[derive(Debug, Clone)]
        pub(crate) struct Features {
            $(pub(crate) $feature: bool,)*
        }

        impl Features {
            fn of(base: &dyn Dialect) -> Self {
                Self { $($feature: base.$feature(),)* }
            }
        }

        impl Dialect for Grammar {
            $(fn $feature(&self) -> bool { self.features.$feature })*

            fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
                let left = self.fuel.get().saturating_sub(1);
                self.fuel.set(left);
                if left == 0 {
                    // The one error that the library does not take for a wrong guess.
                    return Some(Err(ParserError::RecursionLimitExceeded));
                }
                plain_value(parser).map(Ok).or_else(|| self.base.parse_prefix(parser))
            }

            fn dialect(&self) -> TypeId {
                self.base.dialect()
            }

            fn is_delimited_identifier_start(&self, ch: char) -> bool {
                self.base.is_delimited_identifier_start(ch)
            }

            fn is_nested_delimited_identifier_start(&self, ch: char) -> bool {
                self.base.is_nested_delimited_identifier_start(ch)
            }

            fn peek_nested_delimited_identifier_quotes(
                &self,
                chars: Peekable<Chars<'_>>,
            ) -> Option<(char, Option<char>)> {
                self.base.peek_nested_delimited_identifier_quotes(chars)
            }

            fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
                self.base.identifier_quote_style(identifier)
            }

            fn is_identifier_start(&self, ch: char) -> bool {
                self.base.is_identifier_start(ch)
            }

            fn is_identifier_part(&self, ch: char) -> bool {
                self.base.is_identifier_part(ch)
            }

            fn is_custom_operator_part(&self, ch: char) -> bool {
                self.base.is_custom_operator_part(ch)
            }

            fn parse_infix(
                &self,
                parser: &mut Parser<'_>,
                expr: &Expr,
                precedence: u8,
            ) -> Option<Result<Expr, ParserError>> {
                self.base
                    .parse_infix(parser, expr, precedence)
                    .or_else(|| word_operator(parser, expr))
            }

            fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
                self.base.get_next_precedence(parser)
            }

            fn get_next_precedence_default(&self, parser: &Parser<'_>) -> Result<u8, ParserError> {
                self.base.get_next_precedence_default(parser)
            }

            fn parse_statement(
                &self,
                parser: &mut Parser<'_>,
            ) -> Option<Result<Statement, ParserError>> {
                self.base.parse_statement(parser)
            }

            fn parse_column_option(
                &self,
                parser: &mut Parser<'_>,
            ) -> Result<Option<Result<Option<ColumnOption>, ParserError>>, ParserError> {
                self.base.parse_column_option(parser)
            }

            fn prec_value(&self, precedence: Precedence) -> u8 {
                self.base.prec_value(precedence)
            }

            fn prec_unknown(&self) -> u8 {
                self.base.prec_unknown()
            }

            fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
                self.base.is_reserved_for_identifier(keyword)
            }

            fn get_reserved_keywords_for_select_item_operator(&self) -> &[Keyword] {
                self.base.get_reserved_keywords_for_select_item_operator()
            }

            fn get_reserved_grantees_types(&self) -> &[GranteesType] {
                self.base.get_reserved_grantees_types()
            }

            fn is_column_alias(&self, keyword: &Keyword, parser: &mut Parser<'_>) -> bool {
                self.base.is_column_alias(keyword, parser)
            }

            fn is_select_item_alias(
                &self,
                explicit: bool,
                keyword: &Keyword,
                parser: &mut Parser<'_>,
            ) -> bool {
                self.base.is_select_item_alias(explicit, keyword, parser)
            }

            fn is_table_factor(&self, keyword: &Keyword, parser: &mut Parser<'_>) -> bool {
                self.base.is_table_factor(keyword, parser)
            }

            fn is_table_alias(&self, keyword: &Keyword, parser: &mut Parser<'_>) -> bool {
                self.base.is_table_alias(keyword, parser)
            }

            fn is_table_factor_alias(
                &self,
                explicit: bool,
                keyword: &Keyword,
                parser: &mut Parser<'_>,
            ) -> bool {
                self.base.is_table_factor_alias(explicit, keyword, parser)
            }

            fn is_identifier_generating_function_name(
                &self,
                ident: &Ident,
                parts: &[ObjectNamePart],
            ) -> bool {
                self.base.is_identifier_generating_function_name(ident, parts)
            }
        }
    };
}

grammar! {
    supports_string_literal_backslash_escape, ignores_wildcard_escapes,
    supports_unicode_string_literal, supports_filter_during_aggregation,
    supports_window_clause_named_window_reference, supports_within_after_array_aggregation,
    supports_partition_by_after_order_by, supports_array_join_syntax,
    supports_alter_user_as_alter_role, supports_group_by_expr, supports_group_by_with_modifier,
    supports_left_associative_joins_without_parens, supports_outer_join_operator,
    supports_cross_join_constraint, supports_connect_by, supports_execute_immediate,
    supports_match_recognize, supports_in_empty_list, supports_in_unparenthesized_expr,
    supports_start_transaction_modifier, supports_end_transaction_modifier,
    supports_named_fn_args_with_eq_operator, supports_named_fn_args_with_colon_operator,
    supports_named_fn_args_with_assignment_operator, supports_named_fn_args_with_rarrow_operator,
    supports_named_fn_args_with_expr_name, supports_numeric_prefix,
    supports_numeric_literal_underscores, supports_window_function_null_treatment_arg,
    supports_dictionary_syntax, support_map_literal_syntax, supports_lambda_functions,
    supports_parenthesized_set_variables, supports_comma_separated_set_assignments,
    supports_update_order_by, supports_select_wildcard_except, convert_type_before_value,
    supports_triple_quoted_string, supports_trailing_commas, supports_limit_comma,
    supports_string_literal_concatenation, supports_string_literal_concatenation_with_newline,
    supports_projection_trailing_commas, supports_from_trailing_commas,
    supports_column_definition_trailing_commas, supports_object_name_double_dot_notation,
    supports_struct_literal, supports_empty_projections, supports_select_expr_star,
    supports_from_first_select, supports_from_first_insert, supports_pipe_operator,
    supports_user_host_grantee, supports_match_against, supports_select_wildcard_exclude,
    supports_select_exclude, supports_create_table_multi_schema_info_sources,
    supports_select_modifiers, describe_requires_table_keyword, allow_extract_custom,
    allow_extract_single_quotes, supports_extract_comma_syntax, supports_subquery_as_function_arg,
    supports_create_view_comment_syntax, supports_array_typedef_without_element_type,
    supports_parens_around_table_factor, supports_values_as_table_factor,
    supports_dollar_placeholder, supports_dollar_as_money_prefix, supports_create_index_with_clause,
    require_interval_qualifier, supports_explain_with_utility_options,
    supports_asc_desc_in_column_definition, supports_factorial_operator,
    supports_bitwise_shift_operators, supports_nested_comments, supports_multiline_comment_hints,
    supports_eq_alias_assignment, supports_try_convert, supports_bang_not_operator,
    supports_listen_notify, supports_exclude_constraint, supports_load_data,
    supports_load_extension, supports_top_before_distinct, supports_boolean_literals,
    supports_show_like_before_in, supports_comment_on, supports_create_table_select,
    supports_leading_comma_before_table_options, supports_partiql, supports_unpivot_expr,
    supports_constraint_keyword_without_name, supports_key_column_option,
    supports_table_sample_before_alias, supports_insert_set, supports_insert_table_function,
    supports_insert_table_query, supports_insert_format, supports_insert_table_alias,
    supports_set_stmt_without_operator, supports_table_versioning, supports_string_escape_constant,
    supports_table_hints, requires_single_line_comment_whitespace,
    supports_array_typedef_with_brackets, supports_geometric_types, supports_order_by_all,
    supports_order_by_using_operator, supports_set_names, supports_space_separated_column_options,
    supports_alter_column_type_using, supports_comma_separated_drop_column_list,
    supports_notnull_operator, supports_data_type_signed_suffix, supports_interval_options,
    supports_create_table_like_parenthesized, supports_semantic_view_table_factor,
    supports_quote_delimited_string, supports_comment_optimizer_hint,
    supports_double_ampersand_operator, supports_binary_kw_as_cast,
    supports_select_wildcard_replace, supports_select_wildcard_ilike,
    supports_select_wildcard_rename, supports_select_wildcard_with_alias, supports_optimize_table,
    supports_install, supports_detach, supports_prewhere, supports_with_fill, supports_limit_by,
    supports_interpolate, supports_settings, supports_select_format, supports_comma_separated_trim,
    supports_cte_without_as, supports_select_item_multi_column_alias, supports_xml_expressions,
    supports_aliased_function_args, supports_create_table_using, supports_long_type_as_bigint,
    supports_map_literal_with_angle_brackets,
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::{
        BigQueryDialect, DatabricksDialect, DuckDbDialect, GenericDialect, PostgreSqlDialect,
        RedshiftSqlDialect, SnowflakeDialect,
    };

    use super::*;

    const PIECES: &[&str] = &[
        "a",
        "b . c",
        "x . y . z",
        ".",
        "1",
        "'s'",
        "(",
        ")",
        "[",
        "]",
        "->",
        "date",
        "xml",
        "array",
        "int",
        "+",
        "::",
        "as",
        "_utf8",
        "in",
        "between",
        "and",
        "is",
        "null",
        "case when",
        "then",
        "end",
        ",",
        "f (",
        "*",
        "\"q\"",
        "not",
        "interval",
        "=>",
        ":",
        "box",
        "collate",
        "lambda",
        "( + )",
        "-",
        "||",
        "=",
        "over",
        "!",
        "account",
        "category",
        "data",
        "event",
        "hash",
        "id",
        "index",
        "name",
        "owner",
        "pool",
        "region",
        "source",
        "status",
        "value",
        "version",
    ];

    /// What is read at once is what the library reads by itself.
    fn same<D: Dialect + Clone>(base: &D) -> usize {
        let grammar = Grammar::of(base.clone());
        let (mut seed, mut read) = (29_usize, 0);
        for round in 0..30_000 {
            let mut text = "select".to_owned();
            for _ in 0..=round % 8 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push(' ');
                text.push_str(PIECES[(seed >> 33) % PIECES.len()]);
            }
            let [one, two] =
                [&grammar as &dyn Dialect, base].map(|it| Parser::parse_sql(it, &text).ok());
            read += usize::from(one.is_some());
            assert_eq!(one, two, "{base:?}: {text}");
        }
        read
    }

    #[test]
    fn plain_values_are_those_of_the_library() {
        let read = same(&GenericDialect {})
            + same(&PostgreSqlDialect {})
            + same(&RedshiftSqlDialect {})
            + same(&DuckDbDialect)
            + same(&SnowflakeDialect)
            + same(&BigQueryDialect {})
            + same(&DatabricksDialect {});
        assert!(read > 10_000, "{read}");
    }
}
