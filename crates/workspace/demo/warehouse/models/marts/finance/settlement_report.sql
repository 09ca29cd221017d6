-- What the payment providers owe us, one row an order that is settled.
with captured as (

    select
        order_id,
        sum(amount) as captured_amount,
        count(distinct payment_method) as methods,
        min(paid_at) as first_capture,
        max(paid_at) as last_capture
    from {{ ref('stg_shop__payments') }}
    where payment_status in ('paid', 'completed')
      and payment_method <> 'gift_card'
    group by order_id

),

provider_fees as (

    select
        order_id,
        sum(
            case
                when payment_method = 'card' then round(amount * 0.014, 2) + 0.25
                when payment_method = 'pay_later' then round(amount * 0.029, 2) + 0.35
                when payment_method = 'bank_transfer' then 0.20
                else 0
            end
        ) as fee
    from {{ ref('stg_shop__payments') }}
    where payment_status not in ('pending', 'failed')
    group by order_id

),

settled as (

    select
        orders.order_id,
        orders.channel,
        orders.currency,
        orders.order_date,
        captured.captured_amount,
        coalesce(provider_fees.fee, 0) as fee,
        captured.captured_amount - coalesce(provider_fees.fee, 0) as due,
        captured.last_capture
    from {{ ref('stg_shop__orders') }} as orders
    inner join captured on captured.order_id = orders.order_id
    left join provider_fees on provider_fees.order_id = orders.order_id
    where orders.order_status not in ('pending', 'cancelled')

)

select order_id, channel, currency, order_date, captured_amount, fee, due, last_capture
from settled
