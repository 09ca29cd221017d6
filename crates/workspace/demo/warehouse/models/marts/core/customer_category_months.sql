with lines as (

    select * from {{ ref('int_order_lines_enriched') }}

),

orders as (

    select * from {{ ref('stg_shop__orders') }}
    where order_status <> 'cancelled'

)

select
    orders.customer_id,
    lines.category,
    {{ date_grain('month', 'orders.order_date') }} as purchase_month
from lines
inner join orders on lines.order_id = orders.order_id
where lines.quantity > 0
group by 1, 2, 3
