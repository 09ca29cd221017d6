select
    id as refund_id,
    order_id,
    reason as refund_reason,
    {{ cents_to_dollars('amount_cents') }} as refund_amount,
    refunded_at
from {{ source('shop', 'refunds') }}
