{{ country_orders('NL') }}
