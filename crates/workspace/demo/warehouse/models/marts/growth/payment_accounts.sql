-- which account a payment goes to, taken over from finance (June)
with postings as (

    select
        payment_id,
        order_id,
        amount,
        cast(paid_at as date) as posted_on,
        case
            when payment_method = 'card' and payment_status = 'completed' then '1210 card clearing'
            when payment_method = 'card' then '1211 card pending'
            when payment_method = 'pay_later' then '1220 instalments'
            when payment_method = 'gift_card' then '2410 gift cards'
            when payment_method = 'bank_transfer' and amount > 1000 then '1001 bank, large'
            else '1000 bank'
        end as account
    from {{ ref('stg_shop__payments') }}
    where payment_status <> 'failed'
      and amount <> 0

)

select
    p.order_id,
    p.account,
    p.amount,
    row_number() over (partition by p.order_id order by p.posted_on, p.payment_id) as nth_posting
from postings p
where p.account not in ('1000 bank', '1001 bank, large')
