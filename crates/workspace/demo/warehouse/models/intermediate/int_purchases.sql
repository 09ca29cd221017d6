{{ config(group='growth') }}

-- growth: everything somebody bought, one row a line
select
    o.order_id, o.customer_id, o.channel, o.ordered_at, o.order_date,
    l.product_id, l.quantity, l.unit_price
from {{ ref('stg_shop__orders') }} as o
join {{ ref('stg_shop__order_lines') }} as l using (order_id)
where o.order_status <> 'cancelled'
