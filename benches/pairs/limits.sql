-- LIMIT and ORDER BY: orders that leave nothing open, and those that do.

--- top-three snowflake
select order_id, tax from orders order by tax desc, order_id limit 3

--= fetch
select order_id, tax from orders order by tax desc, order_id fetch first 3 rows only

--= top
select top 3 order_id, tax from orders order by tax desc, order_id

--= row-number
select order_id, tax from orders qualify row_number() over (order by tax desc, order_id) <= 3

--= more-keys: what comes after the key does not matter
select order_id, tax from orders order by tax desc, order_id, channel limit 3

--= few-before
select o.order_id, o.tax
from orders as o
where (
    select count(*) from orders as p where p.tax > o.tax or (p.tax = o.tax and p.order_id < o.order_id)
) < 3

--! four
select order_id, tax from orders order by tax desc, order_id limit 4

--! ascending
select order_id, tax from orders order by tax, order_id limit 3

--! rank
select order_id, tax from orders qualify rank() over (order by tax desc) <= 3

--? ties: orders of one tax
select order_id, tax from orders order by tax desc limit 3

--- unordered postgres
select order_id, tax from orders order by order_id

--= without: rows are a bag
select order_id, tax from orders

--= inside
select order_id, tax from (select order_id, tax from orders order by tax) as o

--= no-limit
select order_id, tax from orders order by tax limit all

--= no-offset
select order_id, tax from orders order by order_id offset 0

--! skipped
select order_id, tax from orders order by order_id offset 1

--! limited
select order_id, tax from orders order by order_id limit 1

--? any-one
select order_id, tax from orders limit 1

--- none bigquery
select order_id from orders limit 0

--= false
select order_id from orders where false

--= ordered
select order_id from orders order by order_id desc limit 0

--= of-few
select order_id from (select order_id from orders order by order_id limit 2) as o where order_id is null

--! one
select order_id from orders order by order_id limit 1

--! all
select order_id from orders

--- first-and-limit databricks
select order_id from orders order by order_id limit 1

--= min: or nothing
select min(order_id) as order_id from orders having count(*) > 0

--= none-before
select o.order_id from orders as o where not exists (select 1 from orders as p where p.order_id < o.order_id)

--= number
select order_id from (select order_id, row_number() over (order by order_id) as n from orders) as o where n = 1

--! min-always: NULL where there is no order
select min(order_id) as order_id from orders

--! last
select order_id from orders order by order_id desc limit 1

--- filter-and-limit duckdb
select order_id from orders where channel = 'web' order by order_id limit 2

--= filter-inside
select order_id from (select * from orders where channel = 'web') as o order by order_id limit 2

--= window
select order_id
from (select order_id, row_number() over (partition by channel order by order_id) as n, channel from orders) as o
where n <= 2 and channel = 'web'

--! limit-first
select order_id from (select * from orders order by order_id limit 2) as o where channel = 'web'

--! window-over-all
select order_id
from (select order_id, row_number() over (order by order_id) as n, channel from orders) as o
where n <= 2 and channel = 'web'

--- pages snowflake
select order_id from orders order by order_id limit 2 offset 2

--= numbers
select order_id from orders qualify row_number() over (order by order_id) between 3 and 4

--= in-two-steps
select order_id from (select order_id from orders order by order_id limit 4) as o order by order_id limit 2 offset 2

--! other-way: the last of the first two
select order_id from (select order_id from orders order by order_id limit 2) as o order by order_id limit 4 offset 2

--! first-page
select order_id from orders order by order_id limit 2

--! numbers-from-two
select order_id from orders qualify row_number() over (order by order_id) between 2 and 3

--- limit-of-limit postgres
select order_id from orders order by order_id limit 2

--= outer-is-larger
select order_id from (select order_id from orders order by order_id limit 2) as o limit 5

--= inner-is-larger
select order_id from (select order_id from orders order by order_id limit 5) as o order by order_id limit 2

--! other-end
select order_id from (select order_id from orders order by order_id limit 5) as o order by order_id desc limit 2

--? any-two
select order_id from (select order_id from orders order by order_id limit 5) as o limit 2

--- ties-that-look-alike bigquery
select tax from orders order by tax desc limit 3

--= row-number: rows that tie are equal
select tax from orders qualify row_number() over (order by tax desc) <= 3

--= more-keys
select tax from orders order by tax desc, order_id limit 3

--! distinct
select distinct tax from orders order by tax desc limit 3

--! rank
select tax from orders qualify rank() over (order by tax desc) <= 3

--- nulls snowflake
select order_id from orders order by amount desc nulls last, order_id limit 1

--= null-flag
select order_id from orders order by amount is null, amount desc, order_id limit 1

--= known-first
select order_id from orders qualify row_number() over (order by iff(amount is null, 1, 0), amount desc, order_id) = 1

--! nulls-first: unknown amounts count as largest
select order_id from orders order by amount desc, order_id limit 1

--! known
select order_id from orders where amount is not null order by amount desc, order_id limit 1

--- nulls-by-default postgres
select order_id from orders order by amount desc, order_id limit 1

--= nulls-first
select order_id from orders order by amount desc nulls first, order_id limit 1

--= null-flag
select order_id from orders order by amount is not null, amount desc, order_id limit 1

--! nulls-last
select order_id from orders order by amount desc nulls last, order_id limit 1

--! ascending
select order_id from orders order by amount, order_id limit 1

--- nulls-by-default-elsewhere databricks
select order_id from orders order by amount desc, order_id limit 1

--= nulls-last
select order_id from orders order by amount desc nulls last, order_id limit 1

--! nulls-first
select order_id from orders order by amount desc nulls first, order_id limit 1

--! ascending
select order_id from orders order by amount, order_id limit 1

--- of-each snowflake
select c.customer_id, o.order_id
from customers as c
join orders as o on o.customer_id = c.customer_id
qualify row_number() over (partition by c.customer_id order by o.order_id) <= 2

--= numbers-first
select c.customer_id, o.order_id
from customers as c
join (select customer_id, order_id, row_number() over (partition by customer_id order by order_id) as n from orders) as o
    on o.customer_id = c.customer_id
where o.n <= 2

--= alone
select customer_id, order_id
from orders
qualify row_number() over (partition by customer_id order by order_id) <= 2

--! of-all
select customer_id, order_id from orders order by customer_id, order_id limit 2

--! backwards
select customer_id, order_id
from orders
qualify row_number() over (partition by customer_id order by order_id desc) <= 2

--- of-each-lateral postgres
select c.customer_id, o.order_id
from customers as c
cross join lateral (select p.order_id from orders as p where p.customer_id = c.customer_id order by p.order_id desc limit 1) as o

--= max
select customer_id, max(order_id) as order_id from orders group by customer_id

--= distinct-on
select distinct on (customer_id) customer_id, order_id from orders order by customer_id, order_id desc

--! left: customers without an order stay
select c.customer_id, o.order_id
from customers as c
left join lateral (select p.order_id from orders as p where p.customer_id = c.customer_id order by p.order_id desc limit 1) as o on true

--! ascending
select distinct on (customer_id) customer_id, order_id from orders order by customer_id, order_id

--! uncorrelated
select c.customer_id, o.order_id
from customers as c
cross join lateral (select p.order_id from orders as p order by p.order_id desc limit 1) as o
