-- who bought from which category in which month, for the mailing tool
select distinct
    p.category as audience,
    date_trunc('month', x.order_date) as active_month,
    x.customer_id as member_id
from {{ ref('int_purchases') }} x
join {{ ref('stg_shop__products') }} p on p.product_id = x.product_id
where 0 < x.quantity
