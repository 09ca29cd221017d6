# Databricks notebook source
# MAGIC %md
# MAGIC # Month-end close
# MAGIC Run by the job *finance close*. Jonas knows what to do when it fails.

# COMMAND ----------

# MAGIC %run ../common/setup

# COMMAND ----------

dbutils.widgets.text("period_start", "2024-05-01")
dbutils.widgets.text("period_end", "2024-06-01")
period_start = dbutils.widgets.get("period_start")
period_end = dbutils.widgets.get("period_end")

# COMMAND ----------

# DBTITLE 1,Refunds of the period
spark.sql(f"""
    CREATE OR REPLACE TEMPORARY VIEW period_refunds AS
    SELECT refund_id, order_id, refund_reason, refund_amount
    FROM {staging}.stg_shop__refunds
    WHERE refunded_at >= '{period_start}' AND refunded_at < '{period_end}'
""")

# COMMAND ----------

# MAGIC %sql
# MAGIC CREATE OR REPLACE TABLE lake.finance_lab.close_refunds AS
# MAGIC SELECT o.channel, r.refund_reason, COUNT(*) AS refunds, SUM(r.refund_amount) AS refunded
# MAGIC FROM period_refunds r
# MAGIC JOIN harbor.core.fct_orders o ON o.order_id = r.order_id
# MAGIC GROUP BY o.channel, r.refund_reason

# COMMAND ----------

# DBTITLE 1,Accruals: shipped, not paid
accruals = spark.sql(f"""
    select o.order_id, o.channel, m.goods_revenue, o.paid_amount, m.goods_revenue - o.paid_amount as open_amount
    from {core}.fct_orders o
    join {warehouse}.finance.fct_order_margins m on m.order_id = o.order_id
    where o.order_status = 'shipped'
      and o.order_date < '{period_end}'
      and o.paid_amount < m.goods_revenue
""")
accruals.write.mode("overwrite").saveAsTable(f"{finance_lab}.accruals")

# COMMAND ----------

spark.sql(f"""
    MERGE INTO {finance_lab}.close_history t
    USING (
        SELECT '{period_start}' AS period, channel, SUM(open_amount) AS open_amount
        FROM {finance_lab}.accruals
        GROUP BY channel
    ) n
    ON t.period = n.period AND t.channel = n.channel
    WHEN MATCHED THEN UPDATE SET open_amount = n.open_amount
    WHEN NOT MATCHED THEN INSERT *
""")

# COMMAND ----------

dbutils.notebook.run("./vat_prep", 1800, {"country": "DE"})
dbutils.notebook.exit("closed")
