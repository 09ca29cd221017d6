import pandas as pd


def model(dbt, session):
    dbt.config(materialized="table", packages=["pandas"])

    customers = dbt.ref("dim_customers").to_pandas()

    orders = customers["LIFETIME_ORDERS"].clip(upper=12)
    revenue = customers["LIFETIME_REVENUE"].rank(pct=True)

    return pd.DataFrame(
        {
            "CUSTOMER_ID": customers["CUSTOMER_ID"],
            "PROPENSITY": (0.6 * orders / 12 + 0.4 * revenue).round(4),
        }
    )
