select
    {{ surrogate_id(['product_id']) }} as product_key,
    product_id,
    sku,
    product_name,
    category,
    unit_cost,
    is_active,
    dbt_valid_from as valid_from
from {{ ref('snap_products') }}
where dbt_valid_to is null
  and not is_sample
