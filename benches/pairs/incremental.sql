-- A model built in one go against the same built in steps: filters of incremental runs, what they miss and count twice.

--- two-runs snowflake
select order_id, amount from orders

--= split-by-day
select order_id, amount from orders where order_date < date '2024-06-01'
union all
select order_id, amount from orders where order_date >= date '2024-06-01'

--= three-runs
select order_id, amount from orders where order_date < date '2024-01-01'
union all
select order_id, amount from orders where order_date >= date '2024-01-01' and order_date < date '2024-06-01'
union all
select order_id, amount from orders where order_date >= date '2024-06-01'

--! overlap
select order_id, amount from orders where order_date <= date '2024-06-01'
union all
select order_id, amount from orders where order_date >= date '2024-06-01'

--! gap
select order_id, amount from orders where order_date < date '2024-06-01'
union all
select order_id, amount from orders where order_date > date '2024-06-01'

--! only-the-new
select order_id, amount from orders where order_date >= date '2024-06-01'

--- unknown-days databricks
select id, state from raw_orders

--= with-unknown-days
select id, state from raw_orders where placed_on < date '2024-06-01'
union all
select id, state from raw_orders where placed_on >= date '2024-06-01'
union all
select id, state from raw_orders where placed_on is null

--= null-counts-as-old
select id, state from raw_orders where coalesce(placed_on, date '2000-01-01') < date '2024-06-01'
union all
select id, state from raw_orders where placed_on >= date '2024-06-01'

--! without-unknown-days
select id, state from raw_orders where placed_on < date '2024-06-01'
union all
select id, state from raw_orders where placed_on >= date '2024-06-01'

--! distinct
select id, state from raw_orders where placed_on < date '2024-06-01'
union
select id, state from raw_orders where placed_on >= date '2024-06-01' or placed_on is null

--- filter-before-grouping bigquery
select order_date, sum(amount) as amount
from orders
where order_date >= date '2024-05-01'
group by order_date

--= filter-after-grouping
select order_date, amount
from (select order_date, sum(amount) as amount from orders group by order_date) as d
where order_date >= date '2024-05-01'

--= having
select order_date, sum(amount) as amount
from orders
group by order_date
having not (order_date < date '2024-05-01')

--! by-moment: the moment of an order is another column
select order_date, sum(amount) as amount
from orders
where ordered_at >= datetime '2024-05-01 00:00:00'
group by order_date

--! everything
select order_date, sum(amount) as amount from orders group by order_date

--! later
select order_date, sum(amount) as amount
from orders
where order_date > date '2024-05-01'
group by order_date

--- switched-off snowflake
select id, amount_cents from raw_orders where true

--= one-is-one
select id, amount_cents from raw_orders where 1 = 1

--= nothing-said
select id, amount_cents from raw_orders

--= or-true
select id, amount_cents from raw_orders where loaded_at > timestamp '2024-01-01 00:00:00' or 1 = 1

--! switched-on
select id, amount_cents from raw_orders where 1 = 1 and loaded_at > timestamp '2024-01-01 00:00:00'

--! tautology-but-null
select id, amount_cents from raw_orders where loaded_at = loaded_at

--- since-the-last-day snowflake
select order_id, tax
from orders
where order_date > (select max(sales_date) from daily_sales)

--= cross-join
select o.order_id, o.tax
from orders as o
cross join (select max(sales_date) as high from daily_sales) as seen
where o.order_date > seen.high

--= later-than-all: and there are some
select order_id, tax
from orders
where order_date > all (select sales_date from daily_sales)
  and exists (select 1 from daily_sales)

--= none-as-late
select o.order_id, o.tax
from orders as o
where not exists (select 1 from daily_sales as d where d.sales_date >= o.order_date)
  and exists (select 1 from daily_sales)

--! first-run: all rows when the target is empty
select o.order_id, o.tax
from orders as o
where not exists (select 1 from daily_sales as d where d.sales_date >= o.order_date)

--! coalesced
select order_id, tax
from orders
where order_date > (select coalesce(max(sales_date), date '1900-01-01') from daily_sales)

--! with-the-last-day
select order_id, tax
from orders
where order_date >= (select max(sales_date) from daily_sales)

--! later-than-some
select o.order_id, o.tax
from orders as o
where exists (select 1 from daily_sales as d where d.sales_date < o.order_date)

--- merged-maximum postgres
select id, max(loaded_at) as loaded_at from raw_orders group by id

--= in-two-parts
select id, max(loaded_at) as loaded_at
from (
    select id, max(loaded_at) as loaded_at from raw_orders where amount_cents < 1000 group by id
    union all
    select id, max(loaded_at) as loaded_at from raw_orders where amount_cents >= 1000 or amount_cents is null group by id
) as parts
group by id

--= raw-second-part
select id, max(loaded_at) as loaded_at
from (
    select id, max(loaded_at) as loaded_at from raw_orders where amount_cents < 1000 group by id
    union all
    select id, loaded_at from raw_orders where (amount_cents < 1000) is not true
) as parts
group by id

--! unknown-amounts-lost
select id, max(loaded_at) as loaded_at
from (
    select id, max(loaded_at) as loaded_at from raw_orders where amount_cents < 1000 group by id
    union all
    select id, max(loaded_at) as loaded_at from raw_orders where amount_cents >= 1000 group by id
) as parts
group by id

--! not-merged: an id of both parts has two rows
select id, max(loaded_at) as loaded_at from raw_orders where amount_cents < 1000 group by id
union all
select id, max(loaded_at) as loaded_at from raw_orders where amount_cents >= 1000 or amount_cents is null group by id

--- replaced-days bigquery
select d.sales_date, d.amount
from daily_sales as d
where d.sales_date not in (select order_date from orders)
union all
select order_date, sum(tax) from orders group by order_date

--= not-exists
select d.sales_date, d.amount
from daily_sales as d
where not exists (select 1 from orders as o where o.order_date = d.sales_date)
union all
select order_date, sum(tax) from orders group by order_date

--= left-join
select d.sales_date, d.amount
from daily_sales as d
left join (select distinct order_date from orders) as n on n.order_date = d.sales_date
where n.order_date is null
union all
select distinct order_date, sum(tax) over (partition by order_date) from orders

--! nothing-replaced
select d.sales_date, d.amount
from daily_sales as d
union all
select order_date, sum(tax) from orders group by order_date

--! by-later-days-only
select d.sales_date, d.amount
from daily_sales as d
where d.sales_date < (select min(order_date) from orders)
union all
select order_date, sum(tax) from orders group by order_date

--- replaced-raw-days duckdb
select d.sales_date
from daily_sales as d
where not exists (select 1 from raw_orders as r where r.placed_on = d.sales_date)

--= not-in-known
select d.sales_date
from daily_sales as d
where d.sales_date not in (select placed_on from raw_orders where placed_on is not null)

--= left-join
select d.sales_date
from daily_sales as d
left join raw_orders as r on r.placed_on = d.sales_date
where r.placed_on is null

--! not-in: one unknown day and nothing is left
select d.sales_date
from daily_sales as d
where d.sales_date not in (select placed_on from raw_orders)

--! distinct-days
select distinct d.sales_date
from daily_sales as d
where not exists (select 1 from raw_orders as r where r.placed_on = d.sales_date)

--- additive databricks
select channel, sum(tax) as tax, count(*) as orders from orders group by channel

--= two-halves
select channel, sum(tax) as tax, sum(orders) as orders
from (
    select channel, sum(tax) as tax, count(*) as orders from orders where order_id < 1000 group by channel
    union all
    select channel, sum(tax) as tax, count(*) as orders from orders where order_id >= 1000 group by channel
) as halves
group by channel

--= by-day-first
select channel, sum(tax) as tax, sum(orders) as orders
from (
    select channel, order_date, sum(tax) as tax, count(*) as orders from orders group by channel, order_date
) as days
group by channel

--! days-with-orders
select channel, sum(tax) as tax, count(orders) as orders
from (
    select channel, order_date, sum(tax) as tax, count(*) as orders from orders group by channel, order_date
) as days
group by channel

--! average-half
select channel, avg(tax) as tax, sum(orders) as orders
from (
    select channel, order_date, sum(tax) as tax, count(*) as orders from orders group by channel, order_date
) as days
group by channel

--- not-additive snowflake
select channel, count(distinct customer_id) as buyers from orders group by channel

--= kept-by-key
select channel, count(*) as buyers
from (
    select channel, customer_id from orders where order_date < date '2024-06-01' group by channel, customer_id
    union
    select channel, customer_id from orders where order_date >= date '2024-06-01' group by channel, customer_id
) as seen
group by channel

--= distinct-again
select channel, count(distinct customer_id) as buyers
from (
    select distinct channel, customer_id from orders where order_date < date '2024-06-01'
    union all
    select distinct channel, customer_id from orders where order_date >= date '2024-06-01'
) as seen
group by channel

--! summed
select channel, sum(buyers) as buyers
from (
    select channel, count(distinct customer_id) as buyers from orders where order_date < date '2024-06-01' group by channel
    union all
    select channel, count(distinct customer_id) as buyers from orders where order_date >= date '2024-06-01' group by channel
) as halves
group by channel

--! summed-days
select channel, sum(buyers) as buyers
from (
    select channel, order_date, count(distinct customer_id) as buyers from orders group by channel, order_date
) as days
group by channel

--- only-new-keys postgres
select p.payment_id, p.amount
from payments as p
where not exists (select 1 from orders as o where o.order_id = p.order_id and o.status = 'closed')

--= left-join
select p.payment_id, p.amount
from payments as p
left join orders as o on o.order_id = p.order_id and o.status = 'closed'
where o.order_id is null

--= null-safe-not-in
select p.payment_id, p.amount
from payments as p
where p.order_id is null
   or p.order_id not in (select order_id from orders where status = 'closed')

--! not-in: payments without an order are lost where an order is closed
select p.payment_id, p.amount
from payments as p
where p.order_id not in (select order_id from orders where status = 'closed')

--! open-orders: payments without an order, or whose order has no status, are lost
select p.payment_id, p.amount
from payments as p
join orders as o on o.order_id = p.order_id
where o.status <> 'closed'
