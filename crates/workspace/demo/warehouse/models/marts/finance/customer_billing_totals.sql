select
    billed.customer_id as account_id,
    billed.first_payment,
    billed.last_payment,
    billed.payments,
    billed.billed_total
from (
    select
        j.customer_id,
        min(j.paid_at) as first_payment,
        max(j.paid_at) as last_payment,
        count(*) as payments,
        sum(j.amount) as billed_total
    from (
        select
            ord.customer_id,
            ord.currency,
            pay.payment_status,
            pay.amount,
            pay.paid_at,
            datediff('second', ord.ordered_at, pay.paid_at) as seconds_to_pay
        from {{ ref('stg_shop__payments') }} pay
        join {{ ref('stg_shop__orders') }} ord on ord.order_id = pay.order_id
    ) j
    where 24 * 3600 >= j.seconds_to_pay
      and j.payment_status = 'completed'
    group by j.customer_id
) billed
