select
    carrier,
    date_trunc('week', shipped_at) as shipped_week,
    count(*) as parcels,
    coalesce(sum(shipping_cost, 0) as shipping_cost,
    avg(datediff('day', shipped_at, delivered_at)) as days_to_door
from {{ ref('stg_shop__shipments') }}
group by 1, 2
