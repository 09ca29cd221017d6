select
    id as order_line_id,
    order_id,
    product_id,
    quantity,
    {{ cents_to_dollars('unit_price_cents') }} as unit_price,
    {{ cents_to_dollars('discount_cents') }} as line_discount
from {{ source('shop', 'order_lines') }}
