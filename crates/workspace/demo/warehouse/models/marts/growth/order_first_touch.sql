{#- the first visit inside the window gets the credit -#}
with visits as (

    select
        o.order_id,
        s.session_id,
        s.utm_source,
        s.utm_campaign,
        row_number() over (
            partition by o.order_id
            order by s.started_at, s.session_id
        ) as visit_number
    from {{ ref('stg_shop__orders') }} o
    inner join {{ ref('stg_web__sessions') }} s
        on s.customer_id = o.customer_id
        and s.started_at between dateadd('day', -{{ var('attribution_window_days') }}, o.ordered_at) and o.ordered_at

)

select order_id, session_id, utm_source, utm_campaign
from visits
where visit_number = 1
