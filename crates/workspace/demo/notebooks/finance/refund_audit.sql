-- Databricks notebook source
-- MAGIC %md
-- MAGIC Auditors want the shop's own rows, so this reads `raw_shop` and not our models.

-- COMMAND ----------

CREATE WIDGET TEXT min_cents DEFAULT "50000"

-- COMMAND ----------

-- DBTITLE 1,Large refunds
SELECT r.id, r.order_id, r.reason, r.amount_cents, r.refunded_at
FROM harbor.raw_shop.refunds r
WHERE r.amount_cents >= :min_cents
ORDER BY r.amount_cents DESC

-- COMMAND ----------

-- DBTITLE 1,Refunded more than was paid
WITH paid AS (
  SELECT order_id, SUM(amount_cents) AS cents
  FROM harbor.raw_shop.payments
  WHERE status IN ('paid', 'completed')
  GROUP BY order_id
),
given_back AS (
  SELECT order_id, SUM(amount_cents) AS cents
  FROM harbor.raw_shop.refunds
  GROUP BY order_id
)
SELECT g.order_id, g.cents AS refunded, p.cents AS paid
FROM given_back g
LEFT JOIN paid p ON p.order_id = g.order_id
WHERE p.order_id IS NULL OR g.cents > p.cents

-- COMMAND ----------

-- twice the same amount on one order within a day: Priya looks at these by hand
SELECT a.order_id, a.id AS first_refund, b.id AS second_refund, a.amount_cents
FROM harbor.raw_shop.refunds a
JOIN harbor.raw_shop.refunds b
  ON b.order_id = a.order_id AND b.amount_cents = a.amount_cents AND b.id > a.id
WHERE b.refunded_at < a.refunded_at + INTERVAL 1 DAY
