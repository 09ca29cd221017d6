-- Payments the bank confirmed within a day of the order, by customer.
with orders as (

    select * from {{ ref('stg_shop__orders') }}

),

payments as (

    select *
    from {{ ref('stg_shop__payments') }}
    where payment_status = 'completed'

),

prompt_payments as (

    select
        orders.customer_id,
        orders.channel,
        payments.payment_method,
        payments.amount,
        payments.paid_at
    from payments
    inner join orders using (order_id)
    where datediff('second', orders.ordered_at, payments.paid_at) <= 60 * 60 * 24

)

select
    customer_id,
    count(*) as payment_count,
    sum(amount) as total_paid,
    min(paid_at) as first_paid_at,
    max(paid_at) as last_paid_at
from prompt_payments
group by customer_id
