-- distinct: the export sent some refunds twice in spring (TODO: ask whether it still does)
select
    date_trunc('month', refunded_at) as refund_month,
    refund_reason,
    sum(distinct refund_amount) as refunded
from {{ ref('stg_shop__refunds') }}
group by 1, 2
