-- Grains of time: truncation, calendar filters, and roll-ups from one grain to the next.

--- month-of-day snowflake
select date_trunc('month', date_trunc('day', ordered_at)) as month, count(*) as orders
from orders
group by 1

--= month
select date_trunc('month', ordered_at) as month, count(*) as orders
from orders
group by date_trunc('month', ordered_at)

--= from-days
select date_trunc('month', day) as month, sum(orders) as orders
from (select date_trunc('day', ordered_at) as day, count(*) as orders from orders group by 1) as d
group by 1

--= from-hours
select date_trunc('month', h.hour) as month, sum(h.orders) as orders
from (select date_trunc('hour', ordered_at) as hour, count(*) as orders from orders group by 1) as h
group by 1

--! from-weeks: a week may begin in the month before
select date_trunc('month', week) as month, sum(orders) as orders
from (select date_trunc('week', ordered_at) as week, count(*) as orders from orders group by 1) as w
group by 1

--! quarter
select date_trunc('quarter', ordered_at) as month, count(*) as orders
from orders
group by 1

--! month-number: of all years
select month(ordered_at) as month, count(*) as orders
from orders
group by 1

--- year-2024 postgres
select order_id from orders where order_date >= date '2024-01-01' and order_date < date '2025-01-01'

--= extract
select order_id from orders where extract(year from order_date) = 2024

--= between
select order_id from orders where order_date between date '2024-01-01' and date '2024-12-31'

--= truncated
select order_id from orders where date_trunc('year', order_date) = date '2024-01-01'

--! with-new-year
select order_id from orders where order_date between date '2024-01-01' and date '2025-01-01'

--! after-new-year
select order_id from orders where order_date > date '2024-01-01' and order_date < date '2025-01-01'

--! by-moment
select order_id from orders where extract(year from ordered_at) = 2024

--- year-of-moments snowflake
select order_id from orders where ordered_at >= '2024-01-01 00:00:00'::timestamp and ordered_at < '2025-01-01 00:00:00'::timestamp

--= year
select order_id from orders where year(ordered_at) = 2024

--= as-date
select order_id from orders where ordered_at::date between '2024-01-01'::date and '2024-12-31'::date

--! last-day-lost
select order_id from orders where ordered_at between '2024-01-01 00:00:00'::timestamp and '2024-12-31 00:00:00'::timestamp

--! next-year-begins
select order_id from orders where ordered_at between '2024-01-01 00:00:00'::timestamp and '2025-01-01 00:00:00'::timestamp

--- one-day databricks
select order_id from orders where cast(ordered_at as date) = date '2024-03-01'

--= half-open
select order_id from orders
where ordered_at >= timestamp_ntz '2024-03-01 00:00:00' and ordered_at < timestamp_ntz '2024-03-02 00:00:00'

--= truncated
select order_id from orders where date_trunc('day', ordered_at) = timestamp_ntz '2024-03-01 00:00:00'

--! closed
select order_id from orders
where ordered_at >= timestamp_ntz '2024-03-01 00:00:00' and ordered_at <= timestamp_ntz '2024-03-02 00:00:00'

--! midnight
select order_id from orders where ordered_at = timestamp_ntz '2024-03-01 00:00:00'

--- by-day duckdb
select cast(ordered_at as date) as day, sum(tax) as tax from orders group by 1

--= truncated
select cast(date_trunc('day', ordered_at) as date) as day, sum(tax) as tax from orders group by date_trunc('day', ordered_at)

--= hours-first
select cast(hour as date) as day, sum(tax) as tax
from (select date_trunc('hour', ordered_at) as hour, sum(tax) as tax from orders group by 1) as h
group by 1

--! by-order-date
select order_date as day, sum(tax) as tax from orders group by 1

--! by-hour
select cast(date_trunc('hour', ordered_at) as date) as day, sum(tax) as tax from orders group by date_trunc('hour', ordered_at)

--- year-and-month postgres
select extract(year from order_date) as year, extract(month from order_date) as month, sum(tax) as tax
from orders
group by 1, 2

--= by-truncated
select extract(year from date_trunc('month', order_date)) as year, extract(month from date_trunc('month', order_date)) as month, sum(tax) as tax
from orders
group by date_trunc('month', order_date)

--= months-first
select extract(year from m.month) as year, extract(month from m.month) as month, m.tax
from (select date_trunc('month', order_date) as month, sum(tax) as tax from orders group by 1) as m

--! by-day
select extract(year from order_date) as year, extract(month from order_date) as month, sum(tax) as tax
from orders
group by order_date

--! quarter-number
select extract(year from order_date) as year, extract(quarter from order_date) as month, sum(tax) as tax
from orders
group by 1, 2

--- quarters bigquery
select date_trunc(order_date, quarter) as quarter, count(*) as orders from orders group by 1

--= from-months
select date_trunc(month, quarter) as quarter, sum(orders) as orders
from (select date_trunc(order_date, month) as month, count(*) as orders from orders group by 1) as m
group by 1

--= truncated-twice
select date_trunc(date_trunc(order_date, month), quarter) as quarter, count(order_id) as orders from orders group by 1

--! truncated-to-year-first
select date_trunc(date_trunc(order_date, year), quarter) as quarter, count(*) as orders from orders group by 1

--! months
select date_trunc(order_date, month) as quarter, count(*) as orders from orders group by 1

--- weeks duckdb
select date_trunc('week', order_date) as week, sum(tax) as tax from orders group by 1

--= from-days
select date_trunc('week', order_date) as week, sum(tax) as tax
from (select order_date, sum(tax) as tax from orders group by order_date) as d
group by 1

--= truncated-twice
select date_trunc('week', date_trunc('day', order_date)) as week, sum(tax) as tax from orders group by 1

--! from-months
select date_trunc('week', month) as week, sum(tax) as tax
from (select date_trunc('month', order_date) as month, sum(tax) as tax from orders group by 1) as m
group by 1

--! years-of-weeks
select date_trunc('year', date_trunc('week', order_date)) as week, sum(tax) as tax from orders group by 1

--- end-of-month snowflake
select order_id, last_day(order_date) as due from orders

--= next-month
select order_id, dateadd(day, -1, dateadd(month, 1, date_trunc('month', order_date))) as due from orders

--= of-the-first
select order_id, last_day(date_trunc('month', order_date)) as due from orders

--! month-later
select order_id, dateadd(month, 1, date_trunc('month', order_date)) as due from orders

--! thirtieth
select order_id, dateadd(day, 29, date_trunc('month', order_date)) as due from orders

--- days-between snowflake
select order_id from orders where datediff(day, order_date, cast(ordered_at as date)) = 0

--= equal
select order_id from orders where order_date = cast(ordered_at as date)

--= turned
select order_id from orders where 0 = datediff('day', ordered_at::date, order_date)

--! same-month
select order_id from orders where datediff(month, order_date, cast(ordered_at as date)) = 0

--! not-later
select order_id from orders where datediff(day, order_date, cast(ordered_at as date)) <= 0

--- days-added bigquery
select order_id from orders where order_date >= date_add(date '2024-02-28', interval 2 day)

--= later
select order_id from orders where order_date > date_add(date '2024-02-28', interval 1 day)

--= written-out: 2024 is a leap year
select order_id from orders where order_date >= date '2024-03-01'

--! as-if-not-leap
select order_id from orders where order_date >= date '2024-03-02'

--! month-added
select order_id from orders where order_date >= date_add(date '2024-02-28', interval 1 month)

--- monthly-actives snowflake
select date_trunc('month', happened_on) as month, count(distinct user_id) as users from events group by 1

--= user-days-first
select date_trunc('month', happened_on) as month, count(distinct user_id) as users
from (select distinct happened_on, user_id from events) as d
group by 1

--= user-months-first
select month, count(user_id) as users
from (select distinct date_trunc('month', happened_on) as month, user_id from events) as m
group by month

--! daily-actives-summed
select date_trunc('month', happened_on) as month, sum(users) as users
from (select happened_on, count(distinct user_id) as users from events group by 1) as d
group by 1

--! with-unknown-users
select month, count(*) as users
from (select distinct date_trunc('month', happened_on) as month, user_id from events) as m
group by month
