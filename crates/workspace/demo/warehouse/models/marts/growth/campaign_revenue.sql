-- money by campaign, first touch
select
    t.utm_source,
    t.utm_campaign,
    count(distinct o.order_id) as credited_orders,
    sum(o.paid_amount) as revenue
from {{ ref('order_first_touch') }} t
join {{ ref('fct_orders') }} o on o.order_id = t.order_id
group by t.utm_source, t.utm_campaign
