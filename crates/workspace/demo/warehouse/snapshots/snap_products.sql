{% snapshot snap_products %}

{{
    config(
        unique_key='product_id',
        strategy='check',
        check_cols=['product_name', 'category', 'unit_cost', 'is_active']
    )
}}

select
    product_id,
    sku,
    product_name,
    category,
    unit_cost,
    is_active,
    is_sample
from {{ ref('stg_shop__products') }}

{% endsnapshot %}
