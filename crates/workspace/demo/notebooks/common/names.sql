-- Databricks notebook source
-- MAGIC %md
-- MAGIC Names for SQL notebooks: after `%run ../common/names` the warehouse can be read without its catalog.

-- COMMAND ----------

USE CATALOG harbor

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW live_customers AS
SELECT customer_id, email, full_name, created_at
FROM staging.stg_shop__customers
