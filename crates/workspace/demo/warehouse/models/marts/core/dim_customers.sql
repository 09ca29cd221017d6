with customers as (

    select * from {{ ref('stg_shop__customers') }}

),

addresses as (

    select * from {{ ref('int_customer_latest_address') }}

),

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

order_lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

products as (

    select * from {{ ref('stg_shop__products') }}

),

lifetime as (

    select
        orders.customer_id,
        count(distinct orders.order_id) as order_count,
        sum(order_lines.quantity) as units,
        sum(order_lines.quantity * order_lines.unit_price) as revenue,
        sum(order_lines.quantity * products.unit_cost) as cost_of_goods,
        max(orders.order_date) as last_order_date
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id
    inner join products on order_lines.product_id = products.product_id
    where orders.order_status <> 'cancelled'
    group by orders.customer_id

),

final as (

    select
        {{ surrogate_id(['customers.customer_id', 'customers.created_at']) }} as customer_key,
        customers.customer_id,
        customers.email,
        customers.full_name,
        addresses.city,
        addresses.country_code,
        coalesce(lifetime.order_count, 0) as lifetime_orders,
        coalesce(lifetime.units, 0) as lifetime_units,
        coalesce(lifetime.revenue, 0) as lifetime_revenue,
        coalesce(lifetime.cost_of_goods, 0) as lifetime_cost_of_goods,
        lifetime.last_order_date,
        customers.created_at
    from customers
    left join addresses on customers.customer_id = addresses.customer_id
    left join lifetime on customers.customer_id = lifetime.customer_id

)

select * from final
