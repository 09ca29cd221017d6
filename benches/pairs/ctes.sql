-- CTE chains, nested subqueries, and the same written flat.

--- chain-of-three snowflake
with paid as (
    select * from orders where status = 'paid'
),
priced as (
    select order_id, customer_id, amount + tax as total from paid
),
large as (
    select * from priced where total > 100
)
select customer_id, sum(total) as total
from large
group by customer_id

--= nested
select customer_id, sum(total) as total
from (
    select * from (
        select order_id, customer_id, amount + tax as total
        from (select * from orders where status = 'paid') as paid
    ) as priced
    where total > 100
) as large
group by customer_id

--= flat
select customer_id, sum(amount + tax) as total
from orders
where status = 'paid' and amount + tax > 100
group by customer_id

--= other-order: filters change places
with large as (
    select customer_id, status, tax + amount as total from orders where 100 < tax + amount
)
select customer_id, sum(total) as total
from large
where 'paid' = status
group by customer_id

--! at-least
select customer_id, sum(amount + tax) as total
from orders
where status = 'paid' and amount + tax >= 100
group by customer_id

--! before-tax
with paid as (
    select * from orders where status = 'paid' and amount > 100
)
select customer_id, sum(amount + tax) as total from paid group by customer_id

--! large-customers: the limit is on the sum
with paid as (
    select * from orders where status = 'paid'
)
select customer_id, sum(amount + tax) as total from paid group by customer_id having sum(amount + tax) > 100

--- read-twice postgres
with totals as (
    select customer_id, sum(amount) as total, count(*) as orders from orders group by customer_id
)
select a.customer_id, a.total, b.orders
from totals as a
join totals as b on b.customer_id = a.customer_id

--= read-once
select customer_id, sum(amount) as total, count(*) as orders from orders group by customer_id

--= two-groupings
select a.customer_id, a.total, b.orders
from (select customer_id, sum(amount) as total from orders group by customer_id) as a
join (select customer_id, count(*) as orders from orders group by customer_id) as b on a.customer_id = b.customer_id

--! joined-on-totals: customers without any amount are lost
with totals as (
    select customer_id, sum(amount) as total, count(*) as orders from orders group by customer_id
)
select a.customer_id, a.total, b.orders
from totals as a
join totals as b on b.customer_id = a.customer_id and b.total = a.total

--! counted-amounts
select customer_id, sum(amount) as total, count(amount) as orders from orders group by customer_id

--! each-with-each
with totals as (
    select customer_id, sum(amount) as total, count(*) as orders from orders group by customer_id
)
select a.customer_id, a.total, b.orders
from totals as a
join totals as b on b.orders = a.orders

--- name-of-a-table duckdb
with orders as (
    select * from main.orders where status = 'paid'
)
select count(*) as orders from orders

--= plain
select count(*) as orders from orders where status = 'paid'

--= counted-case
select count(case when status = 'paid' then order_id end) as orders from orders

--! the-table
with paid as (
    select * from orders where status = 'paid'
)
select count(*) as orders from orders

--! of-lines
with paid as (
    select * from orders where status = 'paid'
)
select count(*) as orders from paid join order_lines on order_lines.order_id = paid.order_id

--- unused databricks
with recent as (
    select customer_id, max(order_date) as latest from orders group by customer_id
),
active as (
    select * from customers where segment is not null
)
select customer_id, email from active

--= without
select customer_id, email from customers where segment is not null

--= negated
with active as (select * from customers)
select customer_id, email from active where not (segment is null)

--! joined
with recent as (
    select customer_id, max(order_date) as latest from orders group by customer_id
),
active as (
    select * from customers where segment is not null
)
select active.customer_id, email from active join recent on recent.customer_id = active.customer_id

--! with-empty-segment
select customer_id, email from customers where segment <> ''

--- named-columns postgres
with totals (country, buyers) as (
    select country, count(*) from customers group by country
)
select country, buyers from totals where buyers > 1

--= having
select country, count(*) as buyers from customers group by country having count(*) > 1

--= alias-of-subquery
select t.c, t.n from (select country, count(customer_id) from customers group by country) as t (c, n) where t.n >= 2

--! changed-over
with totals (buyers, country) as (
    select country, count(*) from customers group by country
)
select buyers, country from totals where country > 2

--! known-countries
select country, count(country) as buyers from customers group by country having count(country) > 1

--- stars bigquery
select * from (
    select * from (select order_id, customer_id, channel from orders where channel <> 'web') as a
) as b

--= columns
select order_id, customer_id, channel from orders where channel <> 'web'

--= except: a star without the rest
select * except (status, amount, tax, coupon, order_date, ordered_at, updated_at)
from orders
where not channel = 'web'

--! columns-changed-over
select customer_id, order_id, channel from orders where channel <> 'web'

--! other-channel
select order_id, customer_id, channel from orders where channel <> 'app'

--- filter-below-join snowflake
with recent as (
    select order_id, customer_id, amount from orders where order_date >= date '2024-01-01'
),
domestic as (
    select customer_id, segment from customers where country = 'PT'
)
select recent.order_id, domestic.segment
from recent
join domestic on domestic.customer_id = recent.customer_id

--= filter-above
select o.order_id, c.segment
from orders as o
join customers as c on c.customer_id = o.customer_id
where c.country = 'PT' and o.order_date >= '2024-01-01'::date

--= filter-in-on
select o.order_id, c.segment
from customers as c, orders as o
where o.customer_id = c.customer_id and (o.order_date >= date '2024-01-01' and c.country = 'PT')

--! outer
with domestic as (
    select customer_id, segment from customers where country = 'PT'
)
select o.order_id, domestic.segment
from orders as o
left join domestic on domestic.customer_id = o.customer_id
where o.order_date >= date '2024-01-01'

--! after-the-day
select o.order_id, c.segment
from orders as o
join customers as c on c.customer_id = o.customer_id
where c.country = 'PT' and o.order_date > date '2024-01-01'

--- constant-column databricks
with web as (
    select order_id, 'web' as source from orders where channel = 'web'
)
select order_id, source from web where source = 'web'

--= without-filter
select order_id, 'web' as source from orders where channel = 'web'

--= the-column-itself
select order_id, channel as source from orders where channel = 'web'

--! another
with web as (
    select order_id, 'web' as source from orders where channel = 'web'
)
select order_id, source from web where source = 'app'

--! all-orders
select order_id, 'web' as source from orders

--- filter-on-group-key snowflake
with by_day as (
    select order_date, channel, sum(tax) as tax from orders group by order_date, channel
)
select order_date, tax from by_day where channel = 'web'

--= filter-first
select order_date, sum(tax) as tax from orders where channel = 'web' group by order_date

--= having
select order_date, sum(tax) as tax from orders group by order_date, channel having channel = 'web'

--! filter-on-sum
with by_day as (
    select order_date, channel, sum(tax) as tax from orders where tax > 0 group by order_date, channel
)
select order_date, tax from by_day where channel = 'web'

--! all-days: days without a web order stay
select order_date, sum(case when channel = 'web' then tax end) as tax from orders group by order_date

--- alias-in-select snowflake
select order_id, amount + tax as total, total * 2 as doubled from orders

--= written-out
select order_id, amount + tax as total, (amount + tax) * 2 as doubled from orders

--= subquery
select order_id, total, total + total as doubled from (select order_id, amount + tax as total from orders) as t

--! without-parentheses
select order_id, amount + tax as total, amount + tax * 2 as doubled from orders

--! null-as-zero
select order_id, coalesce(amount, 0) + tax as total, total * 2 as doubled from orders

--- models-in-models bigquery
with orders_by_customer as (
    select customer_id, count(*) as orders, sum(tax) as tax from orders group by customer_id
),
joined as (
    select c.customer_id, c.country, o.orders, o.tax
    from customers as c
    left join orders_by_customer as o on o.customer_id = c.customer_id
),
final as (
    select customer_id, country, coalesce(orders, 0) as orders, coalesce(tax, 0) as tax from joined
)
select country, sum(orders) as orders, sum(tax) as tax from final group by country

--= joined-first: lines of the join are counted
select c.country, count(o.order_id) as orders, coalesce(sum(o.tax), 0) as tax
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.country

--= pre-aggregated-otherwise
select c.country, sum(coalesce(o.orders, 0)) as orders, sum(coalesce(o.tax, 0)) as tax
from (select customer_id, count(order_id) as orders, sum(tax) as tax from orders group by customer_id) as o
right join customers as c on o.customer_id = c.customer_id
group by c.country

--! buyers-only
select c.country, count(o.order_id) as orders, coalesce(sum(o.tax), 0) as tax
from customers as c
join orders as o on o.customer_id = c.customer_id
group by c.country

--! counted-rows: a customer without orders has one row
select c.country, count(*) as orders, coalesce(sum(o.tax), 0) as tax
from customers as c
left join orders as o on o.customer_id = c.customer_id
group by c.country
