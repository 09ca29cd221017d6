{{ config(materialized='incremental', unique_key='payment_id') }}

select
    payment_id,
    order_id,
    payment_method,
    payment_status,
    amount,
    paid_at,
    row_number() over (partition by order_id order by paid_at, payment_id) as attempt_number,
    lag(payment_status) over (partition by order_id order by paid_at, payment_id) as previous_status
from {{ ref('stg_shop__payments') }}
{% if is_incremental() %}
where order_id in (
    select p.order_id
    from {{ ref('stg_shop__payments') }} p
    where p.paid_at > (select max(t.paid_at) from {{ this }} t)
)
{% endif %}
