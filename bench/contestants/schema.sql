-- The two tables of the peers: Nest with Prisma, Nest with pg, Django.
CREATE TABLE payment_events (
  event_id       text PRIMARY KEY,
  type           text NOT NULL,
  transaction_id text NOT NULL,
  payload        jsonb NOT NULL,
  received_at    timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE payments (
  transaction_id text PRIMARY KEY,
  status         text NOT NULL,
  amount         numeric(12, 2) NOT NULL,
  currency       text NOT NULL,
  reference      text,
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  updated_at     timestamptz(3) NOT NULL
);
