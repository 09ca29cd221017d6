{{ config(group='core_data') }}

with lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

products as (

    select * from {{ ref('stg_shop__products') }}

)

select
    lines.order_line_id,
    lines.order_id,
    lines.product_id,
    products.sku,
    products.category,
    lines.quantity,
    lines.unit_price,
    products.unit_cost,
    lines.line_discount
from lines
inner join products on lines.product_id = products.product_id
