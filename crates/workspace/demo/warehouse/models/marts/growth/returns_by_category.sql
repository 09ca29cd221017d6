select
    l.category,
    count(distinct l.order_id) as orders_with_returns,
    sum(r.times) as refunds,
    sum(r.given_back) as given_back
from (
    select distinct order_id, category
    from {{ ref('int_order_lines_enriched') }}
) l
join (
    select order_id, count(1) as times, sum(refund_amount) as given_back
    from {{ ref('stg_shop__refunds') }}
    group by 1
) r on r.order_id = l.order_id
group by l.category
having sum(r.given_back) > 0
