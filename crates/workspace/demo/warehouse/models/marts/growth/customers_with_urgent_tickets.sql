-- leave these out of this week's mailing
select
    c.customer_id,
    count(t.ticket_id) as urgent_tickets
from {{ ref('stg_shop__customers') }} c
left join {{ ref('stg_support__tickets') }} t
    on t.customer_id = c.customer_id
where t.priority = 'urgent'
group by c.customer_id
