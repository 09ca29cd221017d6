select
    o.order_id,
    o.order_date,
    s.carrier,
    s.shipped_at,
    s.delivered_at
from {{ ref('stg_shop__orders') }} as o
left join {{ ref('stg_shop__shipments') }} as s
    on o.order_id = s.order_id
where o.order_status <> 'cancelled'
