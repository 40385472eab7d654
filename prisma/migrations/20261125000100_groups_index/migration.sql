-- A GIN index has an entry for an empty list too, and its newest entries are read one by one by whoever
-- looks something up. Most payments are in no group.
-- DropIndex
DROP INDEX "payments_groups_idx";

-- CreateIndex
CREATE INDEX "payments_groups_idx" ON "payments" USING GIN ("groups") WHERE (groups <> '{}');
