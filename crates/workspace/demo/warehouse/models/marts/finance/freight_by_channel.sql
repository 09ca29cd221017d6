{{ config(tags=['finance', 'nightly', 'gold']) }}

with deliveries as (

    select order_id, carrier, shipping_cost, delivered_at
    from {{ ref('stg_shop__shipments') }}
    where delivered_at is not null

),

orders as (

    select order_id, channel
    from {{ ref('stg_shop__orders') }}
    where order_status in ('delivered', 'completed')

)

select
    orders.channel,
    deliveries.carrier,
    count(*) as parcels,
    sum(deliveries.shipping_cost) as freight_cost,
    min(deliveries.shipping_cost) as cheapest_parcel,
    max(deliveries.shipping_cost) as dearest_parcel
from deliveries
inner join orders on deliveries.order_id = orders.order_id
group by orders.channel, deliveries.carrier
