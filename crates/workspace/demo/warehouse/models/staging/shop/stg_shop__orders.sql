select
    id as order_id,
    customer_id,
    shipping_address_id as address_id,
    status as order_status,
    channel,
    currency,
    ordered_at,
    cast(ordered_at as date) as order_date
from {{ source('shop', 'orders') }}
