{# Amounts come from the shop in whole cents. #}
{% macro cents_to_dollars(column_name, scale=2) -%}
    cast({{ column_name }} / 100 as number(16, {{ scale }}))
{%- endmacro %}
