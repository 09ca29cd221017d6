select
    id as product_id,
    sku,
    name as product_name,
    category,
    {{ cents_to_dollars('cost_cents') }} as unit_cost,
    is_active,
    is_sample
from {{ source('shop', 'products') }}
