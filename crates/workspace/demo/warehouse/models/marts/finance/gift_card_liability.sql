-- straight from the shop: staging came an hour too late for the close
select
    cast(paid_at as date) as redeemed_on,
    count(*) as redemptions,
    sum(amount_cents) / 100 as redeemed
from {{ source('shop', 'payments') }}
where method = 'gift_card'
  and status in ('paid', 'completed')
group by 1
