with hits as (

    select
        s.session_id,
        cast(s.started_at as date) as session_date,
        s.device,
        e.event_type
    from {{ ref('stg_web__sessions') }} s
    inner join {{ ref('stg_web__events') }} e on s.session_id = e.session_id
    where s.is_bot = false

),

steps as (

    select
        session_date,
        device,
        session_id,
        {%- for step in ['product_view', 'add_to_cart', 'checkout', 'purchase'] %}
        max(iff(event_type = '{{ step }}', 1, 0)) as did_{{ step }}{{ "," if not loop.last }}
        {%- endfor %}
    from hits
    group by session_date, device, session_id

)

select
    session_date,
    device,
    count(*) as sessions,
    {%- for step in ['product_view', 'add_to_cart', 'checkout', 'purchase'] %}
    sum(did_{{ step }}) as {{ step }}_sessions{{ "," if not loop.last }}
    {%- endfor %}
from steps
group by session_date, device
