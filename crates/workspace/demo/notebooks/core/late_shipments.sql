-- Databricks notebook source
-- DBTITLE 1,Shipped, on its way for more than ten days
CREATE OR REPLACE TABLE lake.core_checks.late_shipments AS
SELECT s.order_id, s.carrier, s.shipped_at
FROM harbor.core.order_shipping_status s
WHERE s.shipped_at IS NOT NULL
  AND s.delivered_at IS NULL
  AND s.shipped_at < CURRENT_TIMESTAMP() - INTERVAL 10 DAYS

-- COMMAND ----------

SELECT carrier, COUNT(*) AS late
FROM lake.core_checks.late_shipments
GROUP BY carrier

-- COMMAND ----------

-- never left the house
SELECT o.order_id, o.order_date
FROM harbor.core.order_shipping_status o
WHERE o.shipped_at IS NULL AND o.order_date < CURRENT_DATE() - INTERVAL 10 DAYS
