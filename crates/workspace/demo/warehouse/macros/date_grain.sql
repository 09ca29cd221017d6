{% macro date_grain(grain, column_name) -%}
    {%- if grain not in ['day', 'week', 'month', 'quarter', 'year'] -%}
        {{ exceptions.raise_compiler_error("date_grain: no grain called '" ~ grain ~ "'") }}
    {%- endif -%}
    date_trunc('{{ grain }}', {{ column_name }})
{%- endmacro %}
