select
    customer_id,
    order_month,
    paid,
    sum(paid) over (partition by customer_id order by order_month rows between unbounded preceding and current row) as paid_to_date,
    paid - lag(paid, 1, 0) over (partition by customer_id order by order_month) as change_on_last
from (
    select
        customer_id,
        {{ date_grain('month', 'order_date') }} as order_month,
        sum(paid_amount - refunded_amount) as paid
    from {{ ref('fct_orders') }}
    group by customer_id, {{ date_grain('month', 'order_date') }}
)
