-- What is frequent and long ago (a currency, a source, a type that came no more) was still walked for from
-- the newest row on. With the id in its index it is walked for itself, as a status is. Of events, those
-- that are not applied are few, and have an index of their own. The rows of a time are found with their
-- ids in the index.
-- DropIndex
DROP INDEX "webhook_events_status_type_idx";

-- DropIndex
DROP INDEX "webhook_events_quarantined_idx";

-- DropIndex
DROP INDEX "webhook_events_received_at_idx";

-- DropIndex
DROP INDEX "payments_currency_source_idx";

-- CreateIndex
CREATE INDEX "webhook_events_type_id_idx" ON "webhook_events"("type", "id");

-- CreateIndex
CREATE INDEX "webhook_events_status_id_idx" ON "webhook_events"("status", "id") WHERE (status <> 'applied');

-- CreateIndex
CREATE INDEX "webhook_events_received_at_id_idx" ON "webhook_events"("received_at", "id");

-- CreateIndex
CREATE INDEX "payments_currency_id_idx" ON "payments"("currency", "id");

-- CreateIndex
CREATE INDEX "payments_source_id_idx" ON "payments"("source", "id");
