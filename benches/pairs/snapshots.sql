-- Histories: periods made of events, what held on a day, what changed.

--- valid-until snowflake
select order_id, customer_id, ordered_at as valid_from,
    lead(ordered_at) over (partition by customer_id order by ordered_at, order_id) as valid_to
from orders

--= next-by-number
with numbered as (
    select order_id, customer_id, ordered_at,
        row_number() over (partition by customer_id order by ordered_at, order_id) as n
    from orders
)
select a.order_id, a.customer_id, a.ordered_at as valid_from, b.ordered_at as valid_to
from numbered as a
left join numbered as b on b.customer_id = a.customer_id and b.n = a.n + 1

--= lag-backwards
select order_id, customer_id, ordered_at as valid_from,
    lag(ordered_at) over (partition by customer_id order by ordered_at desc, order_id desc) as valid_to
from orders

--! without-last
with numbered as (
    select order_id, customer_id, ordered_at,
        row_number() over (partition by customer_id order by ordered_at, order_id) as n
    from orders
)
select a.order_id, a.customer_id, a.ordered_at as valid_from, b.ordered_at as valid_to
from numbered as a
join numbered as b on b.customer_id = a.customer_id and b.n = a.n + 1

--! next-later: an order of the same moment is not later
select o.order_id, o.customer_id, o.ordered_at as valid_from,
    (select min(p.ordered_at) from orders as p where p.customer_id = o.customer_id and p.ordered_at > o.ordered_at) as valid_to
from orders as o

--- current postgres
select order_id, customer_id
from (
    select order_id, customer_id,
        lead(order_id) over (partition by customer_id order by ordered_at, order_id) as next_id
    from orders
) as o
where next_id is null

--= last-by-number
select order_id, customer_id
from (
    select order_id, customer_id,
        row_number() over (partition by customer_id order by ordered_at desc, order_id desc) as n
    from orders
) as o
where n = 1

--= nothing-later
select o.order_id, o.customer_id
from orders as o
where not exists (
    select 1 from orders as p
    where p.customer_id = o.customer_id and (p.ordered_at, p.order_id) > (o.ordered_at, o.order_id)
)

--! next-status: the next order may have no status
select order_id, customer_id
from (
    select order_id, customer_id,
        lead(status) over (partition by customer_id order by ordered_at, order_id) as next_status
    from orders
) as o
where next_status is null

--! first
select order_id, customer_id
from (
    select order_id, customer_id,
        lag(order_id) over (partition by customer_id order by ordered_at, order_id) as previous_id
    from orders
) as o
where previous_id is null

--- on-a-day bigquery
select s.session_id, s.user_id
from sessions as s
where date '2024-06-01' between cast(s.started_at as date) and coalesce(cast(s.ended_at as date), date '9999-12-31')

--= or-null
select session_id, user_id
from sessions
where cast(started_at as date) <= date '2024-06-01'
  and (ended_at is null or cast(ended_at as date) >= date '2024-06-01')

--= two-parts
select session_id, user_id from sessions where cast(started_at as date) <= date '2024-06-01' and ended_at is null
union all
select session_id, user_id from sessions where date '2024-06-01' between cast(started_at as date) and cast(ended_at as date)

--! ended
select session_id, user_id
from sessions
where date '2024-06-01' between cast(started_at as date) and cast(ended_at as date)

--! before-it-ends
select session_id, user_id
from sessions
where cast(started_at as date) <= date '2024-06-01'
  and (ended_at is null or cast(ended_at as date) > date '2024-06-01')

--- changed databricks
select order_id, previous, status
from (
    select order_id, customer_id, status, lag(status) over (partition by customer_id order by order_id) as previous
    from orders
) as o
where not (previous <=> status)

--= distinct-from
select order_id, previous, status
from (select order_id, status, lag(status) over (partition by customer_id order by order_id) as previous from orders) as o
where previous is distinct from status

--= cases
select order_id, previous, status
from (select order_id, status, lag(status) over (partition by customer_id order by order_id) as previous from orders) as o
where previous <> status or (previous is null and status is not null) or (previous is not null and status is null)

--! unequal
select order_id, previous, status
from (select order_id, status, lag(status) over (partition by customer_id order by order_id) as previous from orders) as o
where previous <> status

--! coalesced
select order_id, previous, status
from (select order_id, status, lag(status) over (partition by customer_id order by order_id) as previous from orders) as o
where coalesce(previous, '') <> coalesce(status, '')

--- islands snowflake
with marked as (
    select session_id, user_id, started_at,
        iff(lag(device) over (partition by user_id order by started_at, session_id) = device, 0, 1) as begins
    from sessions
)
select session_id, user_id, sum(begins) over (partition by user_id order by started_at, session_id) as island
from marked

--= counted
with marked as (
    select session_id, user_id, started_at, device,
        lag(device) over (partition by user_id order by started_at, session_id) as before
    from sessions
)
select session_id, user_id,
    count(case when before = device then null else 1 end) over (partition by user_id order by started_at, session_id) as island
from marked

--= frame-written
with marked as (
    select session_id, user_id, started_at,
        case when lag(device, 1) over (partition by user_id order by started_at, session_id) = device then 0 else 1 end as begins
    from sessions
)
select session_id, user_id,
    sum(begins) over (
        partition by user_id order by started_at, session_id rows between unbounded preceding and current row
    ) as island
from marked

--! unequal: the first of a user begins nothing, nor does one without a device
with marked as (
    select session_id, user_id, started_at,
        iff(lag(device) over (partition by user_id order by started_at, session_id) <> device, 1, 0) as begins
    from sessions
)
select session_id, user_id, sum(begins) over (partition by user_id order by started_at, session_id) as island
from marked

--! of-all-users
with marked as (
    select session_id, user_id, started_at,
        iff(lag(device) over (order by started_at, session_id) = device, 0, 1) as begins
    from sessions
)
select session_id, user_id, sum(begins) over (partition by user_id order by started_at, session_id) as island
from marked
