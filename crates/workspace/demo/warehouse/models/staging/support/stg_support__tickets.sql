select
    id as ticket_id,
    customer_id,
    order_id,
    topic,
    status as ticket_status,
    priority,
    opened_at,
    closed_at
from {{ source('support', 'tickets') }}
