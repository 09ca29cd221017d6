{%- set channels = [
    {'name': 'web',     'model': 'stg_web__sessions',    'id': 'session_id', 'at': 'started_at'},
    {'name': 'shop',    'model': 'stg_shop__orders',     'id': 'order_id',   'at': 'ordered_at'},
    {'name': 'support', 'model': 'stg_support__tickets', 'id': 'ticket_id',  'at': 'opened_at'},
] -%}

with touches as (
    {% for channel in channels %}
    select
        '{{ channel.name }}' as touch_channel,
        customer_id,
        cast({{ channel.id }} as varchar) as touch_id,
        {{ channel.at }} as touched_at
    from {{ ref(channel.model) }}
    where customer_id is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    *,
    row_number() over (partition by customer_id order by touched_at, touch_channel, touch_id) as touch_number
from touches
