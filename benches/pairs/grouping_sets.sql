-- ROLLUP, CUBE and GROUPING SETS against a UNION ALL of groupings.

--- rollup postgres
select channel, order_date, count(*) as orders from orders group by rollup (channel, order_date)

--= union
select channel, order_date, count(*) as orders from orders group by channel, order_date
union all
select channel, null, count(*) from orders group by channel
union all
select null, null, count(*) from orders

--= sets
select channel, order_date, count(*) as orders
from orders
group by grouping sets ((channel, order_date), (channel), ())

--! cube
select channel, order_date, count(*) as orders from orders group by cube (channel, order_date)

--! other-order
select channel, order_date, count(*) as orders from orders group by rollup (order_date, channel)

--! without-total
select channel, order_date, count(*) as orders
from orders
group by grouping sets ((channel, order_date), (channel))

--! plain
select channel, order_date, count(*) as orders from orders group by channel, order_date

--- cube duckdb
select channel, status, sum(tax) as tax from orders group by cube (channel, status)

--= sets
select channel, status, sum(tax) as tax
from orders
group by grouping sets ((), (status), (channel), (channel, status))

--= union
select channel, status, sum(tax) as tax from orders group by channel, status
union all
select channel, null, sum(tax) from orders group by channel
union all
select null, status, sum(tax) from orders group by status
union all
select null, null, sum(tax) from orders

--! rollup
select channel, status, sum(tax) as tax from orders group by rollup (channel, status)

--! total-twice
select channel, status, sum(tax) as tax
from orders
group by grouping sets ((), (status), (channel), (channel, status), ())

--! union-of-distinct: a total of a NULL group is a row of its own
select channel, status, sum(tax) as tax from orders group by channel, status
union
select channel, null, sum(tax) from orders group by channel
union
select null, status, sum(tax) from orders group by status
union
select null, null, sum(tax) from orders

--- two-sets snowflake
select channel, order_date, sum(tax) as tax from orders group by grouping sets ((channel), (order_date))

--= union
select channel, null as order_date, sum(tax) as tax from orders group by channel
union all
select null, order_date, sum(tax) from orders group by order_date

--= changed-over
select channel, order_date, sum(tax) as tax from orders group by grouping sets ((order_date), (channel))

--! both-keys
select channel, order_date, sum(tax) as tax from orders group by channel, order_date

--! one-set
select channel, null as order_date, sum(tax) as tax from orders group by channel

--! with-total
select channel, order_date, sum(tax) as tax from orders group by grouping sets ((channel), (order_date), ())

--- one-set bigquery
select channel, sum(tax) as tax from orders group by grouping sets ((channel))

--= plain
select channel, sum(tax) as tax from orders group by channel

--= windowed
select distinct channel, sum(tax) over (partition by channel) as tax from orders

--! rollup
select channel, sum(tax) as tax from orders group by rollup (channel)

--! sets-of-two
select channel, sum(tax) as tax from orders group by grouping sets ((channel), (channel))

--- without-the-total postgres
select channel, count(*) as orders from orders group by rollup (channel) having grouping(channel) = 0

--= plain
select channel, count(*) as orders from orders group by channel

--= not-null: a channel is never unknown
select channel, orders from (select channel, count(*) as orders from orders group by rollup (channel)) as r where channel is not null

--! the-total
select channel, count(*) as orders from orders group by rollup (channel) having grouping(channel) = 1

--! all
select channel, count(*) as orders from orders group by rollup (channel)

--- without-the-total-of-nullable postgres
select status, count(*) as orders from orders group by rollup (status) having grouping(status) = 0

--= plain
select status, count(*) as orders from orders group by status

--= set
select status, count(*) as orders from orders group by grouping sets ((status))

--! not-null: orders without a status are a group, too
select status, orders from (select status, count(*) as orders from orders group by rollup (status)) as r where status is not null

--! known
select status, count(*) as orders from orders where status is not null group by status

--- labelled postgres
select coalesce(channel, 'all') as channel, sum(tax) as tax from orders group by rollup (channel)

--= grouping: a channel is never unknown
select case when grouping(channel) = 1 then 'all' else channel end as channel, sum(tax) as tax
from orders
group by rollup (channel)

--= union
select channel, sum(tax) as tax from orders group by channel
union all
select 'all', sum(tax) from orders

--! no-total-of-nothing: no total where there are no orders
select channel, sum(tax) as tax from orders group by channel
union all
select 'all', sum(tax) from orders having count(*) > 0

--! grouped-label
select coalesce(channel, 'all') as channel, sum(tax) as tax from orders group by channel

--! web-and-all
select coalesce(channel, 'all') as channel, sum(tax) as tax from orders where channel = 'web' group by rollup (channel)

--- labelled-nullable postgres
select case when grouping(status) = 1 then 'all' else status end as status, sum(tax) as tax
from orders
group by rollup (status)

--= union
select status, sum(tax) as tax from orders group by status
union all
select 'all', sum(tax) from orders

--! coalesced: orders without a status are no total
select coalesce(status, 'all') as status, sum(tax) as tax from orders group by rollup (status)

--! named-none
select case when grouping(status) = 1 then 'all' else coalesce(status, 'none') end as status, sum(tax) as tax
from orders
group by rollup (status)

--- by-position snowflake
select channel, order_date, sum(tax) as tax from orders group by 1, 2

--= names
select channel, order_date, sum(tax) as tax from orders group by order_date, channel

--= all
select channel, order_date, sum(tax) as tax from orders group by all

--! first-only
select channel, max(order_date) as order_date, sum(tax) as tax from orders group by 1

--! rows
select channel, order_date, tax from orders
