with

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

order_lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

products as (

    select * from {{ ref('stg_shop__products') }}

),

-- not in use yet: settlement comes with the Q3 work
payments as (

    select * from {{ ref('stg_shop__payments') }}

),

booked_lines as (

    select
        orders.order_id,
        orders.order_date,
        orders.channel,
        orders.currency,
        products.sku,
        products.category,
        order_lines.quantity,
        order_lines.line_discount,
        order_lines.quantity * order_lines.unit_price as line_amount
    from orders
    inner join order_lines
        on orders.order_id = order_lines.order_id
    inner join products
        on order_lines.product_id = products.product_id
    where orders.order_status in ('paid', 'shipped', 'delivered')
        and order_lines.quantity between 1 and 500
        and products.is_sample = false

),

final as (

    select
        order_date as revenue_date,
        channel as sales_channel,
        category as product_category,
        count(distinct order_id) as order_count,
        count(*) as line_count,
        sum(quantity) as units_sold,
        sum(line_amount) as gross_revenue
    from booked_lines
    group by 1, 2, 3

)

select * from final
