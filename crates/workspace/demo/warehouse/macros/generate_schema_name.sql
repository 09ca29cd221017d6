{#
    prod: the folder's schema as it is, so that dashboards find HARBOR.FINANCE and not HARBOR.ANALYTICS_FINANCE.
    Anywhere else: behind the developer's own schema.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set own = target.schema -%}
    {%- if custom_schema_name is none or custom_schema_name | trim == '' -%}
        {{ own }}
    {%- elif target.name == 'prod' -%}
        {{ custom_schema_name | trim }}
    {%- else -%}
        {{ own }}_{{ custom_schema_name | trim }}
    {%- endif -%}
{%- endmacro %}
