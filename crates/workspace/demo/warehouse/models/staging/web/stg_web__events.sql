select
    event_id,
    session_id,
    event_type,
    product_id,
    payload:page::varchar as page,
    occurred_at
from {{ source('web', 'events') }}
