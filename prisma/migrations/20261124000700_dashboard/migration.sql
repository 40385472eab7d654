-- What is quarantined is looked for among all events: the newest, and those of the last day. Only such
-- an event pays for its entry.
-- CreateIndex
CREATE INDEX "webhook_events_quarantined_idx" ON "webhook_events"("id") WHERE (status = 'quarantined');
