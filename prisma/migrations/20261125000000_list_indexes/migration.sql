-- Lists are read by id, newest first. Filtered by something that is rare or long ago, such a walk passes
-- millions of rows; these find the few instead, to be sorted. Where a value is frequent Postgres walks
-- on. Columns of few values and no id beside them: equal keys share an entry, of a few bytes per row.
-- The status of payments, which is asked for most, has the id and is walked for itself.
-- CreateIndex
CREATE INDEX "webhook_events_status_type_idx" ON "webhook_events"("status", "type");

-- CreateIndex
CREATE INDEX "webhook_events_received_at_idx" ON "webhook_events"("received_at");

-- CreateIndex
CREATE INDEX "payments_status_id_idx" ON "payments"("status", "id");

-- CreateIndex
CREATE INDEX "payments_currency_source_idx" ON "payments"("currency", "source");

-- CreateIndex
CREATE INDEX "payments_occurred_at_idx" ON "payments"("occurred_at");
