-- only what the shop calls paid
select
    o.channel,
    o.currency,
    p.payment_method,
    count(*) as payments,
    count(distinct p.order_id) as paid_orders,
    sum(p.amount) as amount,
    max(p.paid_at) as last_paid_at
from {{ ref('stg_shop__payments') }} as p
inner join {{ ref('stg_shop__orders') }} as o on o.order_id = p.order_id
where p.payment_status = 'paid'
group by o.channel, o.currency, p.payment_method
