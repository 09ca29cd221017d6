-- Rows that have, or have not, a match: IN, EXISTS, joins and what NULLs do to them.

--- customers-with-orders snowflake
select customer_id, email from customers where customer_id in (select customer_id from orders where channel = 'web')

--= exists
select c.customer_id, c.email
from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id and o.channel = 'web')

--= join-distinct
select c.customer_id, c.email
from customers as c
join (select distinct customer_id from orders where channel = 'web') as o on o.customer_id = c.customer_id

--= counted
select c.customer_id, c.email
from customers as c
where (select count(*) from orders as o where o.customer_id = c.customer_id and o.channel = 'web') > 0

--= distinct-join: customers have a key
select distinct c.customer_id, c.email
from customers as c
join orders as o on o.customer_id = c.customer_id
where o.channel = 'web'

--! join: once an order
select c.customer_id, c.email
from customers as c
join orders as o on o.customer_id = c.customer_id and o.channel = 'web'

--! more-than-one
select c.customer_id, c.email
from customers as c
where (select count(*) from orders as o where o.customer_id = c.customer_id and o.channel = 'web') > 1

--! without-key
select distinct c.email, c.email
from customers as c
join orders as o on o.customer_id = c.customer_id
where o.channel = 'web'

--- not-blocked postgres
select c.customer_id from customers as c
where not exists (select 1 from blocked as b where b.customer_id = c.customer_id)

--= left-join
select c.customer_id
from customers as c
left join blocked as b on b.customer_id = c.customer_id
where b.customer_id is null

--= not-in-known
select customer_id from customers
where customer_id not in (select customer_id from blocked where customer_id is not null)

--= except: customers have a key
select customer_id from customers
except
select customer_id from blocked

--= counted
select c.customer_id from customers as c
where 0 = (select count(*) from blocked as b where b.customer_id = c.customer_id)

--! not-in: one NULL and nothing is left
select customer_id from customers
where customer_id not in (select customer_id from blocked)

--! without-reason
select c.customer_id
from customers as c
left join blocked as b on b.customer_id = c.customer_id
where b.reason is null

--! any-other
select distinct c.customer_id
from customers as c
join blocked as b on b.customer_id <> c.customer_id

--- not-in-nullable duckdb
select customer_id from customers where customer_id not in (select customer_id from blocked)

--= all
select customer_id from customers where customer_id <> all (select customer_id from blocked)

--= null-checked
select c.customer_id from customers as c
where not exists (select 1 from blocked as b where b.customer_id = c.customer_id or b.customer_id is null)

--= two-checks
select c.customer_id from customers as c
where not exists (select 1 from blocked as b where b.customer_id = c.customer_id)
  and not exists (select 1 from blocked where customer_id is null)

--! not-exists
select c.customer_id from customers as c
where not exists (select 1 from blocked as b where b.customer_id = c.customer_id)

--! not-in-distinct-known
select customer_id from customers
where customer_id not in (select distinct customer_id from blocked where customer_id is not null)

--- nullable-probe snowflake
select p.payment_id from payments as p
where p.order_id not in (select order_id from orders where channel = 'web')

--= null-checked: NULL is not in nothing
select p.payment_id from payments as p
where not exists (
    select 1 from orders as o where o.channel = 'web' and (o.order_id = p.order_id or p.order_id is null)
)

--= not-any
select p.payment_id from payments as p
where not (p.order_id in (select order_id from orders where channel = 'web'))

--! not-exists: payments without an order stay
select p.payment_id from payments as p
where not exists (select 1 from orders as o where o.channel = 'web' and o.order_id = p.order_id)

--! known: payments without an order go
select p.payment_id from payments as p
where p.order_id is not null
  and p.order_id not in (select order_id from orders where channel = 'web')

--! other-channels
select p.payment_id from payments as p
where p.order_id in (select order_id from orders where channel <> 'web')

--- two-conditions bigquery
select c.customer_id from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id and (o.channel = 'web' or o.tax > 5))

--= or-of-two
select c.customer_id from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id and o.channel = 'web')
   or exists (select 1 from orders as o where o.customer_id = c.customer_id and o.tax > 5)

--= in-or-in
select customer_id from customers
where customer_id in (select customer_id from orders where tax > 5)
   or customer_id in (select customer_id from orders where channel = 'web')

--= in-union
select customer_id from customers
where customer_id in (
    select customer_id from orders where tax > 5
    union all
    select customer_id from orders where channel = 'web'
)

--! and
select c.customer_id from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id and o.channel = 'web')
  and exists (select 1 from orders as o where o.customer_id = c.customer_id and o.tax > 5)

--! one-order
select c.customer_id from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id and o.channel = 'web' and o.tax > 5)

--- both-channels databricks
select c.customer_id from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id and o.channel = 'web')
  and exists (select 1 from orders as o where o.customer_id = c.customer_id and o.channel = 'app')

--= having
select customer_id from orders
where channel in ('web', 'app')
group by customer_id
having count(distinct channel) = 2

--= joined
select distinct w.customer_id
from orders as w
join orders as a on a.customer_id = w.customer_id
where w.channel = 'web' and a.channel = 'app'

--= intersect
select customer_id from orders where channel = 'web'
intersect
select customer_id from orders where channel = 'app'

--! either
select distinct customer_id from orders where channel in ('web', 'app')

--! two-orders
select customer_id from orders
where channel in ('web', 'app')
group by customer_id
having count(channel) = 2

--! two-channels
select customer_id from orders
group by customer_id
having count(distinct channel) = 2

--- inside-does-not-matter snowflake
select email from customers where customer_id in (select customer_id from orders)

--= distinct
select email from customers where customer_id in (select distinct customer_id from orders)

--= grouped
select email from customers where customer_id in (select customer_id from orders group by customer_id)

--= exists-star
select c.email from customers as c where exists (select * from orders as o where o.customer_id = c.customer_id)

--= ordered
select email from customers where customer_id in (select customer_id from orders order by order_id)

--! grouped-by-channel
select email from customers where customer_id in (select customer_id from orders group by customer_id, channel having count(*) > 1)

--! any-order
select c.email from customers as c where exists (select 1 from orders as o where o.customer_id = o.customer_id)

--! distinct-emails
select distinct email from customers where customer_id in (select customer_id from orders)

--- pairs postgres
select l.order_id, l.line_no from order_lines as l
where (l.order_id, l.product_id) in (select order_id, product_id from order_lines where quantity > 10)

--= exists
select l.order_id, l.line_no from order_lines as l
where exists (
    select 1 from order_lines as m
    where m.order_id = l.order_id and m.product_id = l.product_id and m.quantity > 10
)

--= grouped-join
select l.order_id, l.line_no
from order_lines as l
join (select order_id, product_id from order_lines where quantity > 10 group by 1, 2) as m
    on m.order_id = l.order_id and m.product_id = l.product_id

--= max-over
select order_id, line_no
from (select order_id, line_no, max(quantity) over (partition by order_id, product_id) as most from order_lines) as l
where most > 10

--! one-by-one
select l.order_id, l.line_no from order_lines as l
where l.order_id in (select order_id from order_lines where quantity > 10)
  and l.product_id in (select product_id from order_lines where quantity > 10)

--! the-lines-themselves
select order_id, line_no from order_lines where quantity > 10

--- always-there bigquery
select o.order_id from orders as o
where exists (select 1 from customers as c where c.customer_id = o.customer_id)

--= all: each order has its customer
select order_id from orders

--= in
select order_id from orders where customer_id in (select customer_id from customers)

--! known-country
select o.order_id from orders as o
where exists (select 1 from customers as c where c.customer_id = o.customer_id and c.country is not null)

--! has-lines
select o.order_id from orders as o
where exists (select 1 from order_lines as l where l.order_id = o.order_id)

--- every-line duckdb
select o.order_id from orders as o
where not exists (select 1 from order_lines as l where l.order_id = o.order_id and l.quantity <= 1)

--= counted
select o.order_id
from orders as o
left join order_lines as l on l.order_id = o.order_id
group by o.order_id
having count(case when l.quantity <= 1 then 1 end) = 0

--= least: or there is no line
select o.order_id from orders as o
where coalesce((select min(l.quantity) from order_lines as l where l.order_id = o.order_id) > 1, true)

--! least-of-some
select o.order_id from orders as o
where (select min(l.quantity) from order_lines as l where l.order_id = o.order_id) > 1

--! some-line
select o.order_id from orders as o
where exists (select 1 from order_lines as l where l.order_id = o.order_id and l.quantity > 1)

--! at-least-one
select o.order_id from orders as o
where not exists (select 1 from order_lines as l where l.order_id = o.order_id and l.quantity < 1)
