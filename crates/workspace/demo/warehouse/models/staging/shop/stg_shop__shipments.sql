select
    id as shipment_id,
    order_id,
    carrier,
    {{ cents_to_dollars('cost_cents') }} as shipping_cost,
    shipped_at,
    delivered_at
from {{ source('shop', 'shipments') }}
