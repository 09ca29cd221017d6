select session_id, device, utm_source, started_at, ended_at
from {{ ref('stg_web__sessions') }}
where is_bot = false
limit 500
