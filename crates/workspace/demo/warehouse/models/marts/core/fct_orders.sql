{{
    config(
        materialized='incremental',
        unique_key='order_id',
        incremental_strategy='merge',
        cluster_by=['order_date']
    )
}}

with orders as (

    select * from {{ ref('stg_shop__orders') }}
    {% if is_incremental() %}
    where ordered_at > (select dateadd('day', -3, max(ordered_at)) from {{ this }})
    {% endif %}

),

payments as (

    select * from {{ ref('int_order_payments_pivoted') }}

),

refunds as (

    select
        order_id,
        sum(refund_amount) as refunded_amount,
        count(*) as refund_count
    from {{ ref('stg_shop__refunds') }}
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.address_id,
    orders.order_status,
    orders.channel,
    orders.ordered_at,
    orders.order_date,
    coalesce(payments.paid_amount, 0) as paid_amount,
    coalesce(payments.gift_card_amount, 0) as gift_card_amount,
    coalesce(refunds.refunded_amount, 0) as refunded_amount,
    coalesce(refunds.refund_count, 0) as refund_count
from orders
left join payments on orders.order_id = payments.order_id
left join refunds on orders.order_id = refunds.order_id
where orders.order_date >= '{{ var("first_trading_day") }}'
