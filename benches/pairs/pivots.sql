-- PIVOT against conditional aggregates, UNPIVOT against UNION ALL.

--- sums snowflake
select *
from (select order_date, channel, tax from orders) as o
pivot (sum(tax) for channel in ('web', 'app')) as p

--= cases
select
    order_date,
    sum(case when channel = 'web' then tax end) as web,
    sum(case when channel = 'app' then tax end) as app
from orders
group by order_date

--= iff
select order_date, sum(iff(channel = 'web', tax, null)) as web, sum(iff('app' = channel, tax, null)) as app
from orders
group by order_date

--= joined
select d.order_date, w.tax as web, a.tax as app
from (select distinct order_date from orders) as d
left join (select order_date, sum(tax) as tax from orders where channel = 'web' group by order_date) as w
    on w.order_date = d.order_date
left join (select order_date, sum(tax) as tax from orders where channel = 'app' group by order_date) as a
    on a.order_date = d.order_date

--! else-zero
select
    order_date,
    sum(case when channel = 'web' then tax else 0 end) as web,
    sum(case when channel = 'app' then tax else 0 end) as app
from orders
group by order_date

--! changed-over
select *
from (select order_date, channel, tax from orders) as o
pivot (sum(tax) for channel in ('app', 'web')) as p

--! days-of-these
select
    order_date,
    sum(case when channel = 'web' then tax end) as web,
    sum(case when channel = 'app' then tax end) as app
from orders
where channel in ('web', 'app')
group by order_date

--- counts duckdb
select * from (select order_date, channel, order_id from orders)
pivot (count(order_id) for channel in ('web', 'app'))

--= cases
select order_date, count(case when channel = 'web' then 1 end) as web, count(case when channel = 'app' then 1 end) as app
from orders
group by order_date

--= filters
select order_date, count(*) filter (where channel = 'web') as web, count(*) filter (where channel = 'app') as app
from orders
group by order_date

--! sums: NULL where there is none
select order_date, sum(case when channel = 'web' then 1 end) as web, sum(case when channel = 'app' then 1 end) as app
from orders
group by order_date

--! all-in-first
select order_date, count(*) as web, count(case when channel = 'app' then 1 end) as app
from orders
group by order_date

--- what-is-left bigquery
select * from (select channel, customer_id, tax from orders)
pivot (sum(tax) as tax for channel in ('web' as web, 'app' as app))

--= cases
select customer_id, sum(if(channel = 'web', tax, null)) as web, sum(if(channel = 'app', tax, null)) as app
from orders
group by customer_id

--! one-key-more: what is not named is a key
select * except (order_date)
from (select channel, customer_id, order_date, tax from orders)
pivot (sum(tax) as tax for channel in ('web' as web, 'app' as app))

--! largest
select customer_id, max(if(channel = 'web', tax, null)) as web, max(if(channel = 'app', tax, null)) as app
from orders
group by customer_id

--- one-row duckdb
select * from (select channel, tax from orders) pivot (sum(tax) for channel in ('web', 'app'))

--= cases: one row even where there are no orders
select sum(case when channel = 'web' then tax end) as web, sum(case when channel = 'app' then tax end) as app
from orders

--= subqueries
select
    (select sum(tax) from orders where channel = 'web') as web,
    (select sum(tax) from orders where channel = 'app') as app

--! having
select sum(case when channel = 'web' then tax end) as web, sum(case when channel = 'app' then tax end) as app
from orders
having count(*) > 0

--! two-rows
select sum(case when channel = 'web' then tax end) as web, sum(case when channel = 'app' then tax end) as app
from orders
group by channel

--! else-zero
select
    sum(case when channel = 'web' then tax else 0 end) as web,
    sum(case when channel = 'app' then tax else 0 end) as app
from orders

--- unpivot snowflake
select sales_date, channel, upper(kind) as kind, value
from (select sales_date, channel, amount, returned from daily_sales) as d
unpivot (value for kind in (amount, returned))

--= union: what is NULL is left out
select sales_date, channel, 'AMOUNT' as kind, amount as value from daily_sales
union all
select sales_date, channel, 'RETURNED' as kind, returned as value from daily_sales where returned is not null

--= union-filtered
select * from (
    select sales_date, channel, 'RETURNED' as kind, returned as value from daily_sales
    union all
    select sales_date, channel, 'AMOUNT' as kind, amount as value from daily_sales
) as u
where value is not null

--! with-nulls
select sales_date, channel, 'AMOUNT' as kind, amount as value from daily_sales
union all
select sales_date, channel, 'RETURNED' as kind, returned as value from daily_sales

--! distinct
select sales_date, channel, 'AMOUNT' as kind, amount as value from daily_sales
union
select sales_date, channel, 'RETURNED' as kind, returned as value from daily_sales where returned is not null

--! kinds-changed-over
select sales_date, channel, 'RETURNED' as kind, amount as value from daily_sales
union all
select sales_date, channel, 'AMOUNT' as kind, returned as value from daily_sales where returned is not null

--- long-and-wide-again postgres
select country, sum(amount) as amount, sum(returned) as returned from daily_sales group by country

--= through-rows
select
    country,
    sum(value) filter (where kind = 'amount') as amount,
    sum(value) filter (where kind = 'returned') as returned
from (
    select country, 'amount' as kind, amount as value from daily_sales
    union all
    select country, 'returned' as kind, returned as value from daily_sales
) as u
group by country

--= through-values
select d.country, sum(case v.kind when 'a' then v.value end) as amount, sum(case v.kind when 'r' then v.value end) as returned
from daily_sales as d
cross join lateral (values ('a', d.amount), ('r', d.returned)) as v (kind, value)
group by d.country

--! zero-for-none
select country, sum(amount) as amount, sum(coalesce(returned, 0)) as returned from daily_sales group by country

--! both-in-one
select
    country,
    sum(value) as amount,
    sum(value) filter (where kind = 'returned') as returned
from (
    select country, 'amount' as kind, amount as value from daily_sales
    union all
    select country, 'returned' as kind, returned as value from daily_sales
) as u
group by country
