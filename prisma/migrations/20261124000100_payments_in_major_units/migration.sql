-- How many digits the minor unit of an ISO 4217 currency has; the same table as
-- src/providers/currencies.ts, and a test compares the two.
CREATE FUNCTION currency_exponent(code text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN code IN ('BEF', 'BIF', 'BYB', 'BYR', 'CLP', 'DJF', 'ESP', 'GNF', 'GRD', 'ISK', 'ITL', 'JPY', 'KMF', 'KRW', 'LUF', 'MGF', 'PTE', 'PYG', 'RWF', 'TPE', 'TRL', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0
    WHEN code IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
    WHEN code IN ('CLF', 'UYW') THEN 4
    ELSE 2
  END;

CREATE FUNCTION major_units(amount numeric, currency text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(amount / power(10::numeric, currency_exponent(currency)), currency_exponent(currency));

-- Payments as people read them: amounts in major units, tombstones and emptied payments left out.
CREATE VIEW payments_in_major_units AS
SELECT
  id,
  source,
  status,
  currency,
  major_units(amount_authorized, currency) AS authorized,
  major_units(amount_captured, currency) AS captured,
  major_units(amount_refunded, currency) AS refunded,
  major_units(amount_disputed, currency) AS disputed,
  major_units(amount_charged_back, currency) AS charged_back,
  reference,
  refs,
  groups,
  failure_code,
  failure_message,
  flags,
  livemode,
  account,
  version,
  occurred_at,
  created_at,
  updated_at
FROM payments
WHERE merged_into IS NULL AND refs <> '{}';
