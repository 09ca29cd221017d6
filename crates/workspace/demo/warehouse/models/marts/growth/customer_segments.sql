select c.customer_id,
       c.email,
       v.n_orders,
       v.n_items,
       v.turnover - v.cogs as margin,
       ntile(10) over (order by v.turnover desc, c.customer_id) as turnover_decile,
       case
           when v.n_orders = 1 then 'first order'
           when v.last_order >= '2024-01-01' and v.turnover > 1000 then 'regular'
           else 'sleeping'
       end as segment
from {{ ref('stg_shop__customers') }} c
join (
    select o.customer_id,
           count(distinct o.order_id) as n_orders,
           sum(l.quantity) as n_items,
           sum(l.quantity * l.unit_price) as turnover,
           sum(l.quantity * p.unit_cost) as cogs,
           max(o.order_date) as last_order
    from {{ ref('stg_shop__order_lines') }} l,
         {{ ref('stg_shop__products') }} p,
         {{ ref('stg_shop__orders') }} o
    where p.product_id = l.product_id
      and o.order_id = l.order_id
      and o.order_status != 'cancelled'
    group by o.customer_id
) v on v.customer_id = c.customer_id
