-- Keeping one row of each key: QUALIFY, a filtered row number, a join with the latest.

--- latest-order snowflake
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc, order_id desc) = 1

--= filter-outside: the number in a subquery
select order_id, customer_id, amount
from (
    select *, row_number() over (partition by customer_id order by ordered_at desc, order_id desc) as rn
    from orders
) as numbered
where rn = 1

--= cte-at-most-one: a CTE, and `<= 1`
with numbered as (
    select orders.*, row_number() over (partition by customer_id order by ordered_at desc, order_id desc) as rn
    from orders
)
select order_id, customer_id, amount from numbered where rn <= 1

--! first-order: the other end
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at, order_id) = 1

--! two-of-each
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc, order_id desc) <= 2

--? ties: nothing says which of two orders of one moment comes first
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc) = 1

--- latest-load snowflake
select id, loaded_at
from raw_orders
qualify row_number() over (partition by id order by loaded_at desc nulls last) = 1

--= group-max
select id, max(loaded_at) as loaded_at from raw_orders group by id

--= distinct-max-over
select distinct id, max(loaded_at) over (partition by id) as loaded_at from raw_orders

--! nulls-first: one unknown load time hides all others
select id, loaded_at
from raw_orders
qualify row_number() over (partition by id order by loaded_at desc nulls first) = 1

--! without-null-ids
select id, max(loaded_at) as loaded_at from raw_orders where id is not null group by id

--! earliest
select id, min(loaded_at) as loaded_at from raw_orders group by id

--- one-of-equal-rows databricks
select id, state
from raw_orders
qualify row_number() over (partition by id, state order by loaded_at) = 1

--= distinct
select distinct id, state from raw_orders

--= group-by
select id, state from raw_orders group by id, state

--= union-with-itself
select id, state from raw_orders
union
select id, state from raw_orders

--! rank: rows loaded at one moment all stay
select id, state
from raw_orders
qualify rank() over (partition by id, state order by loaded_at) = 1

--! all-rows
select id, state from raw_orders

--! known-states
select distinct id, state from raw_orders where state is not null

--- rank-by-key postgres
select order_id, channel
from (
    select order_id, channel, row_number() over (partition by customer_id order by ordered_at desc, order_id desc) as place
    from orders
) as placed
where place = 1

--= rank: no two orders tie
select order_id, channel
from (
    select order_id, channel, rank() over (partition by customer_id order by ordered_at desc, order_id desc) as place
    from orders
) as placed
where place = 1

--= dense-rank
select order_id, channel
from (
    select order_id, channel, dense_rank() over (partition by customer_id order by ordered_at desc, order_id desc) as place
    from orders
) as placed
where place < 2

--= distinct-on
select order_id, channel
from (
    select distinct on (customer_id) order_id, channel from orders order by customer_id, ordered_at desc, order_id desc
) as latest

--! rank-with-ties
select order_id, channel
from (
    select order_id, channel, rank() over (partition by customer_id order by ordered_at desc) as place
    from orders
) as placed
where place = 1

--! by-channel
select order_id, channel
from (
    select order_id, channel, rank() over (partition by customer_id, channel order by ordered_at desc, order_id desc) as place
    from orders
) as placed
where place = 1

--- nothing-later duckdb
select o.order_id
from orders as o
where not exists (
    select 1 from orders as later
    where later.customer_id = o.customer_id
      and (later.ordered_at > o.ordered_at or (later.ordered_at = o.ordered_at and later.order_id > o.order_id))
)

--= qualify
select order_id
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc, order_id desc) = 1

--= left-join
select o.order_id
from orders as o
left join orders as later
    on later.customer_id = o.customer_id
    and (later.ordered_at > o.ordered_at or (later.ordered_at = o.ordered_at and later.order_id > o.order_id))
where later.order_id is null

--! ties-stay
select o.order_id
from orders as o
where not exists (
    select 1 from orders as later
    where later.customer_id = o.customer_id and later.ordered_at > o.ordered_at
)

--! of-all-customers
select o.order_id
from orders as o
where not exists (
    select 1 from orders as later
    where later.ordered_at > o.ordered_at or (later.ordered_at = o.ordered_at and later.order_id > o.order_id)
)

--! not-after: an order is not later than itself, but not earlier either
select o.order_id
from orders as o
where not exists (
    select 1 from orders as later
    where later.customer_id = o.customer_id
      and (later.ordered_at > o.ordered_at or (later.ordered_at = o.ordered_at and later.order_id >= o.order_id))
)

--- already-unique snowflake
select order_id, status
from orders
qualify row_number() over (partition by order_id order by updated_at desc) = 1

--= as-it-is
select order_id, status from orders

--= distinct
select distinct order_id, status from orders

--= max-of-one
select order_id, max(status) as status from orders group by order_id

--! by-customer
select order_id, status
from orders
qualify row_number() over (partition by customer_id order by order_id) = 1

--! updated-ones
select order_id, status from orders where updated_at is not null

--! without-key
select distinct customer_id, status from orders

--- latest-by-join bigquery
select o.order_id, o.customer_id
from orders as o
join (
    select customer_id, max(ordered_at) as latest from orders group by customer_id
) as l on l.customer_id = o.customer_id and l.latest = o.ordered_at

--= rank
select order_id, customer_id
from orders
qualify rank() over (partition by customer_id order by ordered_at desc) = 1

--= correlated-max
select o.order_id, o.customer_id
from orders as o
where o.ordered_at = (select max(other.ordered_at) from orders as other where other.customer_id = o.customer_id)

--= max-over
select order_id, customer_id
from orders
qualify ordered_at = max(ordered_at) over (partition by customer_id)

--! one-of-ties
select order_id, customer_id
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc, order_id) = 1

--! at-anyones-latest: the moment of another customer's last order counts, too
select distinct o.order_id, o.customer_id
from orders as o
join (
    select customer_id, max(ordered_at) as latest from orders group by customer_id
) as l on l.latest = o.ordered_at

--! max-over-all
select order_id, customer_id
from orders
qualify ordered_at = max(ordered_at) over ()

--- latest-update-by-join snowflake
select o.order_id
from orders as o
join (select customer_id, max(updated_at) as latest from orders group by customer_id) as l
    on l.customer_id = o.customer_id and l.latest = o.updated_at

--= rank-of-updated
select order_id
from orders
where updated_at is not null
qualify rank() over (partition by customer_id order by updated_at desc) = 1

--= max-over
select order_id
from (select order_id, updated_at, max(updated_at) over (partition by customer_id) as latest from orders) as o
where updated_at = latest

--! rank-of-all: customers without any update come, too
select order_id
from orders
qualify rank() over (partition by customer_id order by updated_at desc nulls last) = 1

--! null-safe
select o.order_id
from orders as o
join (select customer_id, max(updated_at) as latest from orders group by customer_id) as l
    on l.customer_id = o.customer_id and l.latest is not distinct from o.updated_at

--- last-channel snowflake
select customer_id, max_by(channel, order_id) as channel
from orders
group by customer_id

--= row-number
select customer_id, channel
from orders
qualify row_number() over (partition by customer_id order by order_id desc) = 1

--= join-last
select o.customer_id, o.channel
from orders as o
join (select max(order_id) as order_id from orders group by customer_id) as l on l.order_id = o.order_id

--! first-channel
select customer_id, min_by(channel, order_id) as channel
from orders
group by customer_id

--! greatest-channel
select customer_id, max(channel) as channel
from orders
group by customer_id

--- first-channel databricks
select distinct customer_id, first_value(channel) over (partition by customer_id order by order_id) as channel
from orders

--= row-number
select customer_id, channel
from orders
qualify row_number() over (partition by customer_id order by order_id) = 1

--= reversed-last-value
select distinct
    customer_id,
    last_value(channel) over (
        partition by customer_id order by order_id desc
        rows between unbounded preceding and unbounded following
    ) as channel
from orders

--! last-value: its frame ends at the row itself
select distinct customer_id, last_value(channel) over (partition by customer_id order by order_id) as channel
from orders

--! not-distinct
select customer_id, first_value(channel) over (partition by customer_id order by order_id) as channel
from orders
