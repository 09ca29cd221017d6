-- Conditions on one value: BETWEEN, IN, comparisons, ranges, and what NULL makes of them.

--- between snowflake
select order_id from orders where tax between 5 and 10

--= comparisons
select order_id from orders where tax >= 5 and tax <= 10

--= turned
select order_id from orders where 10 >= tax and 5 <= tax

--= not-outside
select order_id from orders where not (tax < 5 or tax > 10)

--= not-not-between
select order_id from orders where not (tax not between 5 and 10)

--! open-end
select order_id from orders where tax >= 5 and tax < 10

--! changed-over
select order_id from orders where tax between 10 and 5

--! or
select order_id from orders where tax >= 5 or tax <= 10

--- not-between postgres
select order_id from orders where amount not between 5 and 10

--= or
select order_id from orders where amount < 5 or amount > 10

--= not
select order_id from orders where not (amount >= 5 and amount <= 10)

--! or-null
select order_id from orders where (amount between 5 and 10) is not true

--! at-the-ends
select order_id from orders where amount <= 5 or amount >= 10

--- in-list bigquery
select order_id from orders where status in ('paid', 'shipped', 'closed')

--= or
select order_id from orders where status = 'closed' or status = 'paid' or status = 'shipped'

--= twice
select order_id from orders where status in ('shipped', 'paid', 'closed', 'paid')

--= two-lists
select order_id from orders where status in ('paid', 'shipped') or status in ('closed', 'paid')

--= narrower
select order_id from orders where status in ('paid', 'shipped', 'closed', 'open') and status <> 'open'

--! less
select order_id from orders where status in ('paid', 'shipped')

--! not-open
select order_id from orders where status not in ('open')

--- not-in-list snowflake
select order_id from orders where status not in ('paid', 'shipped')

--= and
select order_id from orders where status <> 'paid' and status <> 'shipped'

--= not-or
select order_id from orders where not (status = 'shipped' or status = 'paid')

--! or
select order_id from orders where status <> 'paid' or status <> 'shipped'

--! null-in-list
select order_id from orders where status not in ('paid', 'shipped', null)

--! unknown-too
select order_id from orders where status is null or status not in ('paid', 'shipped')

--- null-in-list duckdb
select order_id from orders where status in ('paid', null)

--= without
select order_id from orders where status in ('paid')

--= equal
select order_id from orders where status = 'paid'

--! or-null
select order_id from orders where status = 'paid' or status is null

--! list-of-null
select order_id from orders where status in (null)

--- whole-numbers databricks
select order_id, line_no from order_lines where quantity > 3

--= from-four
select order_id, line_no from order_lines where quantity >= 4

--= not-up-to
select order_id, line_no from order_lines where not (quantity <= 3)

--= shifted
select order_id, line_no from order_lines where quantity + 1 > 4

--= doubled
select order_id, line_no from order_lines where quantity * 2 > 6

--! doubled-at-least
select order_id, line_no from order_lines where quantity * 2 >= 6

--! prices: a price has parts
select order_id, line_no from order_lines where price > 3

--- parts-of-numbers snowflake
select order_id, line_no from order_lines where price > 3

--= doubled
select order_id, line_no from order_lines where price * 2 > 6

--= shifted
select order_id, line_no from order_lines where price - 3 > 0

--! from-four
select order_id, line_no from order_lines where price >= 4

--! from-three
select order_id, line_no from order_lines where price >= 3

--- days postgres
select order_id from orders where order_date > date '2023-12-31'

--= from-next
select order_id from orders where order_date >= date '2024-01-01'

--= not-before
select order_id from orders where not (order_date < date '2024-01-01')

--! moments
select order_id from orders where ordered_at > timestamp '2023-12-31 00:00:00'

--! from-same
select order_id from orders where order_date >= date '2023-12-31'

--- neighbours bigquery
select order_id, line_no from order_lines where quantity between 1 and 5 or quantity between 6 and 9

--= one-range: nothing lies between 5 and 6
select order_id, line_no from order_lines where quantity between 1 and 9

--= overlapping
select order_id, line_no from order_lines where quantity between 1 and 7 or quantity between 4 and 9

--! hole
select order_id, line_no from order_lines where quantity between 1 and 4 or quantity between 6 and 9

--! prices
select order_id, line_no from order_lines where price between 1 and 5 or price between 6 and 9

--- two-limits snowflake
select order_id from orders where tax > 3 and tax > 5

--= stronger
select order_id from orders where tax > 5

--= three
select order_id from orders where tax > 5 and tax >= 5 and tax <> 5

--! weaker
select order_id from orders where tax > 3

--! or
select order_id from orders where tax > 3 or tax > 5

--- nothing databricks
select order_id from orders where tax > 5 and tax < 5

--= false
select order_id from orders where false

--= two-values
select order_id from orders where channel = 'web' and channel = 'app'

--= null-compared
select order_id from orders where status = null

--! the-limit
select order_id from orders where tax >= 5 and tax <= 5

--! two-values-of-two
select order_id from orders where channel = 'web' and status = 'app'

--- everything postgres
select order_id from orders where channel = 'web' or channel <> 'web'

--= all: a channel is never unknown
select order_id from orders

--= is-not-null
select order_id from orders where channel is not null

--! status
select order_id from orders where status = 'web' or status <> 'web'

--! web
select order_id from orders where channel = 'web' or channel is null

--- known bigquery
select order_id from orders where status = 'paid' or status <> 'paid'

--= is-not-null
select order_id from orders where status is not null

--= itself
select order_id from orders where status = status

--! all
select order_id from orders

--! twice-unequal
select order_id from orders where status <> 'paid' or status <> 'open' and status <> 'paid'

--- factored snowflake
select order_id from orders where (channel = 'web' and tax > 5) or (channel = 'web' and status = 'paid')

--= common-part-first
select order_id from orders where channel = 'web' and (status = 'paid' or tax > 5)

--= absorbed
select order_id from orders
where channel = 'web' and (tax > 5 or status = 'paid') and (channel = 'web' or coupon = 'x')

--! without-parentheses
select order_id from orders where channel = 'web' and status = 'paid' or tax > 5

--! all-three
select order_id from orders where channel = 'web' and status = 'paid' and tax > 5

--- de-morgan duckdb
select order_id from orders where not (status = 'paid' and amount > 5)

--= or
select order_id from orders where status <> 'paid' or amount <= 5

--= nested-nots
select order_id from orders where not (not (status <> 'paid') and not (amount <= 5))

--! both
select order_id from orders where status <> 'paid' and amount <= 5

--! unknown-too
select order_id from orders where (status = 'paid' and amount > 5) is not true

--- case-as-condition databricks
select order_id from orders where case when status = 'paid' then amount > 5 else amount > 10 end

--= or
select order_id from orders
where (status = 'paid' and amount > 5) or ((status <> 'paid' or status is null) and amount > 10)

--= weaker-first: above ten it does not matter
select order_id from orders where amount > 10 or (status = 'paid' and amount > 5)

--! known-status: an amount above ten without a status is lost
select order_id from orders
where (status = 'paid' and amount > 5) or (status <> 'paid' and amount > 10)

--! without-else
select order_id from orders where case when status = 'paid' then amount > 5 when status <> 'paid' then amount > 10 end

--- coalesced snowflake
select order_id from orders where coalesce(status, 'none') = 'paid'

--= equal
select order_id from orders where status = 'paid'

--= nvl
select order_id from orders where nvl(status, '') = 'paid'

--! to-paid
select order_id from orders where coalesce(status, 'paid') = 'paid'

--! to-channel
select order_id from orders where coalesce(status, channel) = 'paid'

--- coalesced-to-it bigquery
select order_id from orders where ifnull(status, 'paid') = 'paid'

--= or-null
select order_id from orders where status = 'paid' or status is null

--= not-other
select order_id from orders where not coalesce(status <> 'paid', false)

--! paid
select order_id from orders where status = 'paid'

--! coupon
select order_id from orders where ifnull(status, coupon) = 'paid'

--- null-safe postgres
select order_id from orders where status is not distinct from coupon

--= or
select order_id from orders where status = coupon or (status is null and coupon is null)

--= case
select order_id from orders
where case when status is null then coupon is null else coalesce(status = coupon, false) end

--! equal
select order_id from orders where status = coupon

--! coalesced: an empty text is not NULL
select order_id from orders where coalesce(status, '') = coalesce(coupon, '')

--- pairs-of-values bigquery
select order_id from orders where (channel = 'web' and status = 'paid') or (channel = 'app' and status = 'open')

--= tuples
select order_id from orders where (status, channel) in (('paid', 'web'), ('open', 'app'))

--= case
select order_id from orders
where status = case channel when 'web' then 'paid' when 'app' then 'open' end

--! each
select order_id from orders where channel in ('web', 'app') and status in ('paid', 'open')

--! crossed
select order_id from orders where (channel = 'web' and status = 'open') or (channel = 'app' and status = 'paid')

--- as-a-value snowflake
select order_id, not (amount > 5) as small from orders

--= at-most
select order_id, amount <= 5 as small from orders

--= case
select order_id, case when amount > 5 then false when amount <= 5 then true end as small from orders

--! case-else
select order_id, case when amount > 5 then false else true end as small from orders

--! coalesced
select order_id, coalesce(amount, 0) <= 5 as small from orders
