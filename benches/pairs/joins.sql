-- Inner joins: order, ON and WHERE, USING, what follows from equal columns, self joins.

--- order-of-joins snowflake
select o.order_id, p.sku
from orders as o
join order_lines as l on l.order_id = o.order_id
join products as p on p.product_id = l.product_id
where o.channel = 'web'

--= other-order
select o.order_id, p.sku
from products as p
join order_lines as l on p.product_id = l.product_id
join orders as o on o.order_id = l.order_id and o.channel = 'web'

--= commas
select o.order_id, p.sku
from order_lines as l, products as p, orders as o
where l.product_id = p.product_id and o.channel = 'web' and l.order_id = o.order_id

--= nested
select o.order_id, lp.sku
from (select * from orders where channel = 'web') as o
join (select l.order_id, p.sku from order_lines as l join products as p on p.product_id = l.product_id) as lp
    on lp.order_id = o.order_id

--! forgotten-condition
select o.order_id, p.sku
from orders as o
cross join order_lines as l
join products as p on p.product_id = l.product_id
where o.channel = 'web'

--! by-line-number
select o.order_id, p.sku
from orders as o
join order_lines as l on l.order_id = o.order_id
join products as p on p.product_id = l.line_no
where o.channel = 'web'

--! each-product-once
select distinct o.order_id, p.sku
from orders as o
join order_lines as l on l.order_id = o.order_id
join products as p on p.product_id = l.product_id
where o.channel = 'web'

--- using postgres
select customer_id, order_id, email from orders join customers using (customer_id)

--= on
select o.customer_id, o.order_id, c.email from orders as o join customers as c on o.customer_id = c.customer_id

--= other-side
select c.customer_id, o.order_id, c.email from customers as c inner join orders as o on o.customer_id = c.customer_id

--= natural-columns
select customer_id, order_id, email
from (select order_id, customer_id from orders) as o
natural join (select customer_id, email from customers) as c

--! natural
select customer_id, order_id, email
from (select order_id, customer_id, channel as email from orders) as o
natural join customers as c

--! referrer
select o.customer_id, o.order_id, c.email from orders as o join customers as c on o.customer_id = c.referrer_id

--- equal-columns bigquery
select o.order_id
from orders as o
join order_lines as l on l.order_id = o.order_id
join payments as p on p.order_id = l.order_id
where o.order_id > 5

--= other-edges
select p.order_id
from orders as o
join order_lines as l on l.order_id = o.order_id
join payments as p on p.order_id = o.order_id
where l.order_id > 5

--= condition-repeated
select l.order_id
from order_lines as l
join payments as p on p.order_id = l.order_id
join orders as o on p.order_id = o.order_id
where o.order_id > 5 and p.order_id > 5

--! other-limit
select o.order_id
from orders as o
join order_lines as l on l.order_id = o.order_id
join payments as p on p.order_id = l.order_id
where o.customer_id > 5

--! either-edge
select o.order_id
from orders as o
join order_lines as l on l.order_id = o.order_id
join payments as p on p.order_id = l.order_id or p.order_id = o.customer_id
where o.order_id > 5

--- constant-through-join databricks
select o.order_id, l.quantity
from orders as o
join order_lines as l on l.order_id = o.order_id
where o.order_id = 7

--= both-constant
select o.order_id, l.quantity
from orders as o
cross join order_lines as l
where o.order_id = 7 and l.order_id = 7

--= literal-out
select 7 as order_id, l.quantity
from orders as o
join order_lines as l on l.order_id = o.order_id
where l.order_id = 7

--! one-side
select o.order_id, l.quantity
from orders as o
cross join order_lines as l
where o.order_id = 7

--! another-number
select o.order_id, l.quantity
from orders as o
join order_lines as l on l.order_id = o.order_id
where l.order_id = 8

--- referrers snowflake
select c.email, r.email as referrer
from customers as c
join customers as r on r.customer_id = c.referrer_id

--= aliases-changed-over
select r.email, c.email as referrer
from customers as c
join customers as r on c.customer_id = r.referrer_id

--= scalar
select c.email, (select r.email from customers as r where r.customer_id = c.referrer_id) as referrer
from customers as c
where c.referrer_id is not null

--! other-way
select c.email, r.email as referrer
from customers as c
join customers as r on c.customer_id = r.referrer_id

--! left
select c.email, r.email as referrer
from customers as c
left join customers as r on r.customer_id = c.referrer_id

--- pairs-of-orders postgres
select a.order_id as one, b.order_id as two
from orders as a
join orders as b on b.customer_id = a.customer_id and a.order_id < b.order_id

--= turned
select b.order_id as one, a.order_id as two
from orders as a, orders as b
where a.customer_id = b.customer_id and b.order_id < a.order_id

--= unequal-and-less
select a.order_id as one, b.order_id as two
from orders as a
join orders as b on b.customer_id = a.customer_id
where a.order_id <> b.order_id and not a.order_id > b.order_id

--! both-ways
select a.order_id as one, b.order_id as two
from orders as a
join orders as b on b.customer_id = a.customer_id and a.order_id <> b.order_id

--! with-itself
select a.order_id as one, b.order_id as two
from orders as a
join orders as b on b.customer_id = a.customer_id and a.order_id <= b.order_id

--- between-join duckdb
select s.session_id, e.event_id
from sessions as s
join events as e on e.user_id = s.user_id and e.happened_at between s.started_at and s.ended_at

--= comparisons
select s.session_id, e.event_id
from events as e
join sessions as s on s.user_id = e.user_id
where e.happened_at >= s.started_at and s.ended_at >= e.happened_at

--= cross
select s.session_id, e.event_id
from sessions as s
cross join events as e
where s.user_id = e.user_id and not (e.happened_at < s.started_at or e.happened_at > s.ended_at)

--! open-sessions
select s.session_id, e.event_id
from sessions as s
join events as e
    on e.user_id = s.user_id and e.happened_at >= s.started_at and (e.happened_at <= s.ended_at or s.ended_at is null)

--! half-open
select s.session_id, e.event_id
from sessions as s
join events as e on e.user_id = s.user_id and e.happened_at >= s.started_at and e.happened_at < s.ended_at

--- null-safe-join snowflake
select a.event_id as one, b.event_id as two
from events as a
join events as b on a.user_id is not distinct from b.user_id

--= equal-null
select a.event_id as one, b.event_id as two
from events as a
join events as b on equal_null(a.user_id, b.user_id)

--= or
select a.event_id as one, b.event_id as two
from events as a
join events as b on a.user_id = b.user_id or (a.user_id is null and b.user_id is null)

--! equal
select a.event_id as one, b.event_id as two
from events as a
join events as b on a.user_id = b.user_id

--! coalesced: 0 may be a user
select a.event_id as one, b.event_id as two
from events as a
join events as b on coalesce(a.user_id, 0) = coalesce(b.user_id, 0)

--- cross-and-one bigquery
select o.order_id, t.total
from orders as o
cross join (select sum(tax) as total from orders) as t
where o.tax * 2 > t.total

--= scalar
select order_id, (select sum(tax) from orders) as total
from orders
where tax * 2 > (select sum(tax) from orders)

--= window
select order_id, total
from (select order_id, tax, sum(tax) over () as total from orders) as o
where tax + tax > total

--! of-customer
select order_id, total
from (select order_id, tax, sum(tax) over (partition by customer_id) as total from orders) as o
where tax * 2 > total

--! at-least
select order_id, (select sum(tax) from orders) as total
from orders
where tax * 2 >= (select sum(tax) from orders)
