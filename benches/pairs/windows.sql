-- Window functions: frames written out, partitions, and the same by joins and subqueries.

--- running-total snowflake
select order_id, sum(tax) over (partition by customer_id order by order_id) as running from orders

--= frame-written
select order_id,
    sum(tax) over (partition by customer_id order by order_id range between unbounded preceding and current row) as running
from orders

--= rows: no two orders tie
select order_id,
    sum(tax) over (partition by customer_id order by order_id rows between unbounded preceding and current row) as running
from orders

--= correlated
select o.order_id,
    (select sum(p.tax) from orders as p where p.customer_id = o.customer_id and p.order_id <= o.order_id) as running
from orders as o

--= self-join
select o.order_id, sum(p.tax) as running
from orders as o
join orders as p on p.customer_id = o.customer_id and p.order_id <= o.order_id
group by o.order_id

--! before
select o.order_id,
    (select sum(p.tax) from orders as p where p.customer_id = o.customer_id and p.order_id < o.order_id) as running
from orders as o

--! total
select order_id, sum(tax) over (partition by customer_id) as running from orders

--! descending
select order_id, sum(tax) over (partition by customer_id order by order_id desc) as running from orders

--! of-all
select order_id, sum(tax) over (order by order_id) as running from orders

--- running-with-ties postgres
select order_id, sum(tax) over (order by order_date) as running from orders

--= frame-written
select order_id, sum(tax) over (order by order_date range between unbounded preceding and current row) as running
from orders

--= days-first
select o.order_id, d.running
from orders as o
join (
    select order_date, sum(sum(tax)) over (order by order_date) as running from orders group by order_date
) as d on d.order_date = o.order_date

--= correlated
select o.order_id, (select sum(p.tax) from orders as p where p.order_date <= o.order_date) as running
from orders as o

--? rows: which of a day's orders comes first is left open
select order_id, sum(tax) over (order by order_date rows between unbounded preceding and current row) as running
from orders

--! with-key
select order_id, sum(tax) over (order by order_date, order_id) as running from orders

--! partitioned
select order_id, sum(tax) over (partition by order_date order by order_date) as running from orders

--- total bigquery
select order_id, tax, sum(tax) over (partition by channel) as total from orders

--= frame-written
select order_id, tax, sum(tax) over (
    partition by channel order by order_id rows between unbounded preceding and unbounded following
) as total
from orders

--= joined
select o.order_id, o.tax, c.total
from orders as o
join (select channel, sum(tax) as total from orders group by channel) as c on c.channel = o.channel

--= correlated
select o.order_id, o.tax, (select sum(p.tax) from orders as p where p.channel = o.channel) as total
from orders as o

--! running
select order_id, tax, sum(tax) over (partition by channel order by order_id) as total from orders

--! of-all
select order_id, tax, sum(tax) over () as total from orders

--- total-of-nullable snowflake
select order_id, sum(tax) over (partition by status) as total from orders

--= null-safe-join
select o.order_id, s.total
from orders as o
join (select status, sum(tax) as total from orders group by status) as s on s.status is not distinct from o.status

--= null-safe-subquery
select o.order_id, (select sum(p.tax) from orders as p where p.status is not distinct from o.status) as total
from orders as o

--! join
select o.order_id, s.total
from orders as o
join (select status, sum(tax) as total from orders group by status) as s on s.status = o.status

--! left-join
select o.order_id, s.total
from orders as o
left join (select status, sum(tax) as total from orders group by status) as s on s.status = o.status

--- partitions databricks
select order_id, count(*) over (partition by channel, order_date) as orders from orders

--= changed-over
select order_id, count(1) over (partition by order_date, channel) as orders from orders

--= constant-too
select order_id, count(order_id) over (partition by channel, 'x', order_date, channel) as orders from orders

--! channel
select order_id, count(*) over (partition by channel) as orders from orders

--! amounts
select order_id, count(amount) over (partition by channel, order_date) as orders from orders

--- lag snowflake
select order_id, lag(tax) over (partition by customer_id order by order_id) as previous from orders

--= one-before
select order_id, lag(tax, 1) over (partition by customer_id order by order_id asc) as previous from orders

--= lead-backwards
select order_id, lead(tax) over (partition by customer_id order by order_id desc) as previous from orders

--= frame
select order_id, max(tax) over (partition by customer_id order by order_id rows between 1 preceding and 1 preceding) as previous
from orders

--! lead
select order_id, lead(tax) over (partition by customer_id order by order_id) as previous from orders

--! two-before
select order_id, lag(tax, 2) over (partition by customer_id order by order_id) as previous from orders

--! zero-for-none
select order_id, lag(tax, 1, 0) over (partition by customer_id order by order_id) as previous from orders

--- share postgres
select order_id, tax / nullif(sum(tax) over (), 0) as share from orders

--= cross-join
select o.order_id, o.tax / nullif(t.total, 0) as share
from orders as o
cross join (select sum(tax) as total from orders) as t

--= subquery
select order_id, tax / nullif((select sum(tax) from orders), 0) as share from orders

--! by-channel
select order_id, tax / nullif(sum(tax) over (partition by channel), 0) as share from orders

--! of-web
select order_id, tax / nullif((select sum(tax) from orders where channel = 'web'), 0) as share from orders

--- numbers duckdb
select order_id, row_number() over (partition by customer_id order by order_id) as n from orders

--= rank
select order_id, rank() over (partition by customer_id order by order_id) as n from orders

--= count
select order_id, count(*) over (partition by customer_id order by order_id) as n from orders

--= correlated
select o.order_id, (select count(*) from orders as p where p.customer_id = o.customer_id and p.order_id <= o.order_id) as n
from orders as o

--! from-zero
select o.order_id, (select count(*) from orders as p where p.customer_id = o.customer_id and p.order_id < o.order_id) as n
from orders as o

--! backwards
select order_id, row_number() over (partition by customer_id order by order_id desc) as n from orders

--- rank-of-ties snowflake
select order_id, rank() over (order by order_date) as place from orders

--= counted
select o.order_id, 1 + (select count(*) from orders as p where p.order_date < o.order_date) as place from orders as o

--= counted-window
select order_id,
    1 + count(*) over (order by order_date) - count(*) over (partition by order_date) as place
from orders

--! dense
select order_id, dense_rank() over (order by order_date) as place from orders

--! counted-up-to
select o.order_id, (select count(*) from orders as p where p.order_date <= o.order_date) as place from orders as o

--- dense-rank bigquery
select order_id, dense_rank() over (order by order_date) as place from orders

--= counted-days
select o.order_id, (select count(distinct p.order_date) from orders as p where p.order_date <= o.order_date) as place
from orders as o

--= ranked-days
select o.order_id, d.place
from orders as o
join (select order_date, row_number() over (order by order_date) as place from orders group by order_date) as d
    on d.order_date = o.order_date

--! rank
select order_id, rank() over (order by order_date) as place from orders

--! backwards
select order_id, dense_rank() over (order by order_date desc) as place from orders

--- filter-on-partition postgres
select order_id, total
from (select order_id, channel, sum(tax) over (partition by channel) as total from orders) as o
where channel = 'web'

--= filter-first
select order_id, sum(tax) over (partition by channel) as total from orders where channel = 'web'

--= filter-first-over-all
select order_id, sum(tax) over () as total from orders where channel = 'web'

--! filter-on-status
select order_id, total
from (select order_id, status, sum(tax) over (partition by channel) as total from orders) as o
where status = 'web'

--! over-all-first
select order_id, total
from (select order_id, channel, sum(tax) over () as total from orders) as o
where channel = 'web'

--- filter-elsewhere snowflake
select order_id, n
from (select order_id, status, row_number() over (partition by customer_id order by order_id) as n from orders) as o
where status = 'paid'

--= qualify
select order_id, row_number() over (partition by customer_id order by order_id) as n
from orders
qualify status = 'paid'

--! where
select order_id, row_number() over (partition by customer_id order by order_id) as n
from orders
where status = 'paid'

--! first
select order_id, n
from (select order_id, status, row_number() over (partition by customer_id order by order_id) as n from orders) as o
where status = 'paid' and n = 1

--- first-value databricks
select order_id, first_value(order_date) over (partition by customer_id order by order_date) as first_day from orders

--= min
select order_id, min(order_date) over (partition by customer_id) as first_day from orders

--= joined
select o.order_id, f.first_day
from orders as o
join (select customer_id, min(order_date) as first_day from orders group by customer_id) as f on f.customer_id = o.customer_id

--= last-value-backwards
select order_id,
    last_value(order_date) over (
        partition by customer_id order by order_date desc rows between current row and unbounded following
    ) as first_day
from orders

--! last-value: up to the row itself
select order_id, last_value(order_date) over (partition by customer_id order by order_date) as first_day from orders

--! max
select order_id, max(order_date) over (partition by customer_id) as first_day from orders

--- unused snowflake
select order_id, channel
from (select order_id, channel, row_number() over (order by order_id) as n, sum(tax) over (partition by channel) as t from orders) as o

--= without
select order_id, channel from orders

--= always-true
select order_id, channel
from (select order_id, channel, row_number() over (order by order_id) as n from orders) as o
where n >= 1

--! used
select order_id, channel
from (select order_id, channel, row_number() over (order by order_id) as n from orders) as o
where n > 1

--! taxed
select order_id, channel
from (select order_id, channel, sum(tax) over (partition by channel) as t from orders) as o
where t > 0

--- named-window postgres
select order_id, sum(tax) over w as total, count(*) over w as orders
from orders
window w as (partition by channel)

--= written-out
select order_id, sum(tax) over (partition by channel) as total, count(*) over (partition by channel) as orders
from orders

--= joined
select o.order_id, c.total, c.orders
from orders as o
join (select channel, sum(tax) as total, count(*) as orders from orders group by channel) as c on c.channel = o.channel

--! ordered
select order_id, sum(tax) over w as total, count(*) over w as orders
from orders
window w as (partition by channel order by order_id)

--! two-windows
select order_id, sum(tax) over w as total, count(*) over () as orders
from orders
window w as (partition by channel)

--- moving bigquery
select order_id, sum(tax) over (order by order_id rows between 2 preceding and current row) as moving from orders

--= rows-short
select order_id, sum(tax) over (order by order_id rows 2 preceding) as moving from orders

--= lags
select order_id,
    tax + coalesce(lag(tax, 1) over (order by order_id), 0) + coalesce(lag(tax, 2) over (order by order_id), 0) as moving
from orders

--! three
select order_id, sum(tax) over (order by order_id rows between 3 preceding and current row) as moving from orders

--! range: by number, not by row
select order_id, sum(tax) over (order by order_id range between 2 preceding and current row) as moving from orders

--! lags-null
select order_id,
    tax + lag(tax, 1) over (order by order_id) + lag(tax, 2) over (order by order_id) as moving
from orders

--- largest-of-each snowflake
select order_id from orders qualify tax = max(tax) over (partition by customer_id)

--= subquery
select order_id from (select order_id, tax, max(tax) over (partition by customer_id) as most from orders) as o where tax = most

--= none-larger
select o.order_id from orders as o
where not exists (select 1 from orders as p where p.customer_id = o.customer_id and p.tax > o.tax)

--= rank
select order_id from orders qualify rank() over (partition by customer_id order by tax desc) = 1

--! one
select order_id from orders qualify row_number() over (partition by customer_id order by tax desc, order_id) = 1

--! of-all
select order_id from orders qualify tax = max(tax) over ()

--! amounts: unknown ones are not found
select order_id from orders qualify amount = max(amount) over (partition by customer_id)

--- groups-and-windows databricks
select channel, sum(tax) as tax, sum(sum(tax)) over () as total from orders group by channel

--= nested
select channel, tax, sum(tax) over () as total from (select channel, sum(tax) as tax from orders group by channel) as c

--= subquery
select channel, sum(tax) as tax, (select sum(tax) from orders) as total from orders group by channel

--= cross-join
select c.channel, c.tax, t.total
from (select channel, sum(tax) as tax from orders group by channel) as c
cross join (select sum(tax) as total from orders) as t

--! counted
select channel, sum(tax) as tax, sum(count(*)) over () as total from orders group by channel

--! own
select channel, sum(tax) as tax, sum(sum(tax)) over (partition by channel) as total from orders group by channel
