-- Finds the earliest pending notification of a payment at an endpoint. As "<= 'pending'", which is the
-- first of the statuses, only this index can answer that: while it was "=", Postgres took the one of all
-- that is due as well, and read all of an endpoint's backlog for each payment.
DROP INDEX "notifications_waiting_idx";
CREATE INDEX "notifications_waiting_idx" ON "notifications"("endpoint_id", "payment_id", "version") WHERE (status <= 'pending' AND NOT by_hand);
