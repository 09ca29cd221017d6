# Databricks notebook source
# MAGIC %run ../common/setup

# COMMAND ----------

country = dbutils.widgets.get("country")
rates = f"{warehouse}.reference.country_codes"

# COMMAND ----------

filed = spark.sql(f"""
    select v.vat_quarter, v.taxable, v.vat_due
    from {warehouse}.finance.vat_by_country v
    join {rates} c on c.country_name = v.country_name
    where c.country_code = '{country}'
""")
filed.createOrReplaceTempView("filed")

# COMMAND ----------

# MAGIC %sql
# MAGIC -- does what we filed agree with what the bookkeepers see?
# MAGIC select sum(taxable) as filed, (select sum(net_paid) from harbor.finance.orders_de) as booked
# MAGIC from filed

# COMMAND ----------

sql = "select vat_quarter, vat_due from filed where vat_due > 0"
if country in ("DE", "AT"):
    sql += " order by vat_quarter"
spark.sql(sql).write.mode("overwrite").saveAsTable(f"{finance_lab}.vat_due")
