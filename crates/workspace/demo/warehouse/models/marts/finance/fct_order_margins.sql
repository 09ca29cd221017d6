with goods as (

    select
        order_id,
        sum(quantity * unit_price - line_discount) as goods_revenue,
        sum(quantity * unit_cost) as goods_cost
    from {{ ref('int_order_lines_enriched') }}
    group by order_id

),

freight as (

    select order_id, sum(shipping_cost) as freight_cost
    from {{ ref('stg_shop__shipments') }}
    group by order_id

),

money_back as (

    select
        rf.order_id as oid,
        count(*) as n,
        sum(rf.refund_amount) as amount
    from {{ ref('stg_shop__refunds') }} as rf
    group by rf.order_id

)

select
    goods.order_id,
    goods.goods_revenue,
    goods.goods_cost,
    zeroifnull(freight.freight_cost) as freight_cost,
    zeroifnull(money_back.amount) as refunded,
    zeroifnull(money_back.n) as refunds,
    goods.goods_revenue - goods.goods_cost
        - zeroifnull(freight.freight_cost)
        - zeroifnull(money_back.amount) as margin
from goods
left join freight on freight.order_id = goods.order_id
left join money_back on money_back.oid = goods.order_id
