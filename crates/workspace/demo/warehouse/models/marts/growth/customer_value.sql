SELECT O.CUSTOMER_ID          AS CUSTOMER
     , SUM(P.AMOUNT)          AS VALUE_TO_DATE
     , COUNT(1)               AS TIMES_PAID
     , MAX(P.PAID_AT)         AS NEWEST
     , MIN(P.PAID_AT)         AS OLDEST
  FROM {{ ref('stg_shop__orders') }} O
     , {{ ref('stg_shop__payments') }} P
 WHERE P.ORDER_ID = O.ORDER_ID
   AND 'completed' = P.PAYMENT_STATUS
   AND DATEDIFF('second', O.ORDERED_AT, P.PAID_AT) <= 86400
 GROUP BY 1
