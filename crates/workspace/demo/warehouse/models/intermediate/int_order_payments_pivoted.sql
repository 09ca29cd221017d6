{{ config(group='core_data') }}

{%- set payment_methods = ['card', 'bank_transfer', 'gift_card', 'pay_later'] %}

select
    order_id,
    {%- for method in payment_methods %}
    sum(case when payment_method = '{{ method }}' then amount else 0 end) as {{ method }}_amount,
    {%- endfor %}
    sum(amount) as paid_amount
from {{ ref('stg_shop__payments') }}
where payment_status in ('paid', 'completed')
group by order_id
