select
    payload:page::varchar as landing_page,
    count(distinct session_id) as sessions,
    min(occurred_at) as first_seen
from {{ source('web', 'events') }}
where event_type = 'page_view'
group by 1
