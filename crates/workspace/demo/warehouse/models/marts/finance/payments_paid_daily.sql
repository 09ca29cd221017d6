select
    cast(paid_at as date) as payment_date,
    payment_method,
    count(*) as payments,
    sum(amount) as amount
from {{ ref('stg_shop__payments') }}
where payment_status = 'paid'
group by 1, 2
