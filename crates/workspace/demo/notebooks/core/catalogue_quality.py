# Databricks notebook source
# MAGIC %md
# MAGIC Checks on the shop's catalogue, before staging. Core Data, every morning.

# COMMAND ----------

raw = "harbor.raw_shop"
checks = {
    "no_sku": f"select id from {raw}.products where sku is null or trim(sku) = ''",
    "no_cost": f"select id from {raw}.products where cost_cents is null or cost_cents <= 0",
    "sold_but_inactive": f"""
        select distinct p.id
        from {raw}.products p
        join {raw}.order_lines l on l.product_id = p.id
        where p.is_active = false
    """,
}

# COMMAND ----------

for name, query in checks.items():
    bad = spark.sql(query).count()
    print(f"{name}: {bad}")

# COMMAND ----------

spark.sql(f"""
    create or replace table lake.core_checks.products_without_category as
    select id, sku, name from {raw}.products where category is null
""")

# COMMAND ----------

# MAGIC %sql
# MAGIC select category, count(*) as products, count(distinct sku) as skus
# MAGIC from harbor.raw_shop.products
# MAGIC group by category
# MAGIC having count(*) <> count(distinct sku)
