{#- The help desk invents topics as it goes, so we ask the warehouse which there are. -#}
{%- set topic_query -%}
    select distinct topic from {{ ref('stg_support__tickets') }} order by 1
{%- endset -%}

{%- if execute -%}
    {%- set topics = run_query(topic_query).columns[0].values() -%}
{%- else -%}
    {%- set topics = [] -%}
{%- endif -%}

select
    date_trunc('month', opened_at) as opened_month,
    {%- for topic in topics %}
    count_if(topic = '{{ topic }}') as {{ topic | lower | replace(' ', '_') }}_tickets,
    {%- endfor %}
    count(*) as tickets
from {{ ref('stg_support__tickets') }}
group by 1
