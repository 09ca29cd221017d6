-- Databricks notebook source
-- MAGIC %run ../common/names

-- COMMAND ----------

-- MAGIC %md
-- MAGIC Who shouts? Feeds the "leave alone" list of the mailing tool. _Ines, runs nightly._

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW urgent AS
SELECT ticket_id, customer_id AS who
FROM staging.stg_support__tickets
WHERE 'urgent' = priority

-- COMMAND ----------

-- DBTITLE 1,Everybody, nought included
CREATE OR REPLACE TABLE lake.growth_lab.ticket_pressure AS
SELECT p.customer_id AS member_id, COUNT(u.ticket_id) AS shouts
FROM staging.stg_shop__customers p
LEFT JOIN urgent u ON p.customer_id = u.who
GROUP BY p.customer_id

-- COMMAND ----------

SELECT shouts, COUNT(*) AS members
FROM lake.growth_lab.ticket_pressure
GROUP BY shouts
ORDER BY shouts DESC

-- COMMAND ----------

-- MAGIC %python
-- MAGIC worst = spark.sql("select member_id from lake.growth_lab.ticket_pressure where shouts > 5")
-- MAGIC worst.write.mode("overwrite").saveAsTable("lake.growth_lab.leave_alone")
