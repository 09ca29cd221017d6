select
    cc.country_name,
    date_trunc('quarter', o.order_date) as vat_quarter,
    sum(o.paid_amount - o.refunded_amount) as taxable,
    round(sum((o.paid_amount - o.refunded_amount) * cc.vat_rate / (1 + cc.vat_rate)), 2) as vat_due
from {{ ref('fct_orders') }} o
join {{ ref('stg_shop__addresses') }} a on a.address_id = o.address_id
join {{ ref('country_codes') }} cc on cc.country_code = a.country_code
where o.order_status in ('paid', 'shipped', 'delivered', 'completed')
group by 1, 2
