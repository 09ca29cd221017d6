# Databricks notebook source
# MAGIC %md
# MAGIC People with several accounts: one of them is kept. The shop does the merging, we only say which.

# COMMAND ----------

# MAGIC %sql
# MAGIC create or replace temporary view twins as
# MAGIC select customer_id, email,
# MAGIC        row_number() over (partition by email order by created_at, customer_id) as nth
# MAGIC from harbor.staging.stg_shop__customers

# COMMAND ----------

# MAGIC %sql
# MAGIC MERGE INTO lake.core_checks.accounts_to_merge t
# MAGIC USING (
# MAGIC   SELECT a.customer_id AS keep_id, b.customer_id AS drop_id
# MAGIC   FROM twins a JOIN twins b ON b.email = a.email AND b.nth > 1
# MAGIC   WHERE a.nth = 1
# MAGIC ) s
# MAGIC ON t.drop_id = s.drop_id
# MAGIC WHEN NOT MATCHED THEN INSERT (keep_id, drop_id) VALUES (s.keep_id, s.drop_id)

# COMMAND ----------

# MAGIC %sql
# MAGIC select count(*) as twins from twins where nth > 1
