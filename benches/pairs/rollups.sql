-- Sums of sums, counts of counts: what adds up and what does not.

--- sum-of-sums snowflake
select channel, sum(tax) as tax from orders group by channel

--= by-day-first
select channel, sum(tax) as tax
from (select channel, order_date, sum(tax) as tax from orders group by channel, order_date) as d
group by channel

--= three-levels
select channel, sum(tax) as tax
from (
    select channel, order_date, sum(tax) as tax
    from (select channel, order_date, customer_id, sum(tax) as tax from orders group by channel, order_date, customer_id) as c
    group by channel, order_date
) as d
group by channel

--! largest-day
select channel, max(tax) as tax
from (select channel, order_date, sum(tax) as tax from orders group by channel, order_date) as d
group by channel

--! taxed-days
select channel, sum(total) as tax
from (select channel, order_date, sum(tax) as total from orders group by channel, order_date having sum(tax) > 0) as d
group by channel

--! distinct-days: two days of one sum count once
select channel, sum(tax) as tax
from (select distinct channel, tax from (select channel, order_date, sum(tax) as tax from orders group by channel, order_date) as d) as s
group by channel

--- count-of-counts bigquery
select country, count(*) as customers from customers group by country

--= summed
select country, sum(customers) as customers
from (select country, segment, count(*) as customers from customers group by country, segment) as s
group by country

--= counted-keys
select country, count(customer_id) as customers
from (select country, customer_id, count(*) as n from customers group by country, customer_id) as c
group by country

--! counted
select country, count(customers) as customers
from (select country, segment, count(*) as customers from customers group by country, segment) as s
group by country

--! known-segments
select country, sum(customers) as customers
from (select country, segment, count(segment) as customers from customers group by country, segment) as s
group by country

--- extremes postgres
select customer_id, min(amount) as least, max(amount) as most from orders group by customer_id

--= of-days
select customer_id, min(least) as least, max(most) as most
from (
    select customer_id, order_date, min(amount) as least, max(amount) as most
    from orders
    group by customer_id, order_date
) as d
group by customer_id

--= of-distinct
select customer_id, min(amount) as least, max(amount) as most
from (select distinct customer_id, amount from orders) as a
group by customer_id

--! least-of-most
select customer_id, min(most) as least, max(most) as most
from (select customer_id, order_date, max(amount) as most from orders group by customer_id, order_date) as d
group by customer_id

--! known-amounts: customers without one are lost
select customer_id, min(amount) as least, max(amount) as most
from orders
where amount is not null
group by customer_id

--- means databricks
select kind, avg(value) as mean from events group by kind

--= from-sums-and-counts
select kind, sum(total) / sum(known) as mean
from (select kind, session_id, sum(value) as total, count(value) as known from events group by kind, session_id) as s
group by kind

--! of-means
select kind, avg(mean) as mean
from (select kind, session_id, avg(value) as mean from events group by kind, session_id) as s
group by kind

--! rows-instead-of-values
select kind, sum(total) / sum(events) as mean
from (select kind, session_id, sum(value) as total, count(*) as events from events group by kind, session_id) as s
group by kind

--- distinct-counts snowflake
select country, count(distinct segment) as segments from customers group by country

--= of-pairs
select country, count(segment) as segments
from (select country, segment from customers group by country, segment) as p
group by country

--= of-finer-pairs
select country, count(distinct segment) as segments
from (select country, segment, created_at, count(*) as n from customers group by country, segment, created_at) as p
group by country

--! with-null
select country, count(*) as segments
from (select country, segment from customers group by country, segment) as p
group by country

--! summed
select country, sum(segments) as segments
from (select country, created_at, count(distinct segment) as segments from customers group by country, created_at) as d
group by country

--- to-the-total duckdb
select count(*) as orders from orders

--= zero-for-none
select coalesce(sum(n), 0) as orders from (select channel, count(*) as n from orders group by channel) as c

--= with-total
select sum(n) as orders
from (
    select count(*) as n from orders where channel = 'web'
    union all
    select count(*) as n from orders where channel <> 'web'
) as c

--! null-for-none
select sum(n) as orders from (select channel, count(*) as n from orders group by channel) as c

--! groups
select count(n) as orders from (select channel, count(*) as n from orders group by channel) as c

--- fan-out bigquery
select o.customer_id, sum(l.value) as value
from orders as o
join (select order_id, sum(quantity * price) as value from order_lines group by order_id) as l on l.order_id = o.order_id
group by o.customer_id

--= joined-first
select o.customer_id, sum(l.quantity * l.price) as value
from orders as o
join order_lines as l on l.order_id = o.order_id
group by o.customer_id

--= by-product-first
select o.customer_id, sum(l.value) as value
from orders as o
join (
    select order_id, product_id, sum(price * quantity) as value from order_lines group by order_id, product_id
) as l on l.order_id = o.order_id
group by o.customer_id

--! empty-orders-too
select o.customer_id, sum(l.quantity * l.price) as value
from orders as o
left join order_lines as l on l.order_id = o.order_id
group by o.customer_id

--! distinct-values
select o.customer_id, sum(l.value) as value
from orders as o
join (select distinct order_id, quantity * price as value from order_lines) as l on l.order_id = o.order_id
group by o.customer_id

--- header-and-lines snowflake
select o.customer_id, sum(o.tax) as tax, sum(l.quantity) as quantity
from orders as o
join (select order_id, sum(quantity) as quantity from order_lines group by order_id) as l on l.order_id = o.order_id
group by o.customer_id

--= apart: only orders with lines
select t.customer_id, t.tax, q.quantity
from (
    select customer_id, sum(tax) as tax from orders
    where order_id in (select order_id from order_lines)
    group by customer_id
) as t
join (
    select o.customer_id, sum(l.quantity) as quantity
    from orders as o
    join order_lines as l on l.order_id = o.order_id
    group by o.customer_id
) as q on q.customer_id = t.customer_id

--= exists-and-correlated
select o.customer_id, sum(o.tax) as tax, sum(o.quantity) as quantity
from (
    select
        customer_id, tax, order_id,
        (select sum(l.quantity) from order_lines as l where l.order_id = orders.order_id) as quantity
    from orders
) as o
where o.quantity is not null
group by o.customer_id

--! once-a-line
select o.customer_id, sum(o.tax) as tax, sum(l.quantity) as quantity
from orders as o
join order_lines as l on l.order_id = o.order_id
group by o.customer_id

--! distinct-tax
select o.customer_id, sum(distinct o.tax) as tax, sum(l.quantity) as quantity
from orders as o
join order_lines as l on l.order_id = o.order_id
group by o.customer_id

--- key-dropped databricks
select country, sum(amount) as amount from daily_sales where channel = 'web' group by country

--= dropped-later
select country, sum(amount) as amount
from (select country, channel, sum(amount) as amount from daily_sales group by country, channel) as c
where channel = 'web'
group by country

--= one-channel: each day and country has one row
select country, sum(amount) as amount
from (select sales_date, country, max(amount) as amount from daily_sales where channel = 'web' group by sales_date, country) as c
group by country

--! any-channel
select country, sum(amount) as amount
from (select country, max(channel) as channel, sum(amount) as amount from daily_sales group by country) as c
where channel = 'web'
group by country

--! best-channel
select country, sum(amount) as amount
from (select sales_date, country, max(amount) as amount from daily_sales group by sales_date, country) as c
group by country

--- sizes postgres
select orders, count(*) as customers
from (select customer_id, count(*) as orders from orders group by customer_id) as c
group by orders

--= count-key
select orders, count(customer_id) as customers
from (select customer_id, count(order_id) as orders from orders group by customer_id) as c
group by orders

--= windowed
select distinct orders, count(*) over (partition by orders) as customers
from (select customer_id, count(*) as orders from orders group by customer_id) as c

--! with-none: customers without an order have a size, too
select orders, count(*) as customers
from (
    select c.customer_id, count(o.order_id) as orders
    from customers as c
    left join orders as o on o.customer_id = c.customer_id
    group by c.customer_id
) as c
group by orders

--! sum-of-sizes
select orders, sum(orders) as customers
from (select customer_id, count(*) as orders from orders group by customer_id) as c
group by orders

--! amounts
select orders, count(*) as customers
from (select customer_id, count(amount) as orders from orders group by customer_id) as c
group by orders
