select
    order_id,
    customer_id,
    ordered_at,
    datediff('hour', ordered_at, current_timestamp()) as hours_waiting
from {{ ref('stg_shop__orders') }}
where order_status = 'paid'
