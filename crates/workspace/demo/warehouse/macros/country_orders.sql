{# One table a country, because each country's bookkeeper may see only their own. #}
{% macro country_orders(country_code) -%}
select
    o.order_id,
    o.order_date,
    o.order_status,
    a.city,
    a.postcode,
    o.paid_amount,
    o.refunded_amount,
    o.paid_amount - o.refunded_amount as net_paid
from {{ ref('fct_orders') }} as o
inner join {{ ref('stg_shop__addresses') }} as a on a.address_id = o.address_id
where a.country_code = '{{ country_code }}'
  and o.order_status <> 'pending'
{%- endmacro %}
