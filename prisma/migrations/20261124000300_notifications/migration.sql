-- CreateEnum
CREATE TYPE "endpoint_status" AS ENUM ('active', 'paused', 'off');

-- CreateEnum
CREATE TYPE "notification_status" AS ENUM ('pending', 'delivered', 'dead');

-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "announced" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Payments of before have told nobody, but an app that is told from now on must not ship what was
-- captured long ago when a dispute of it is won.
UPDATE "payments" p SET "announced" = ARRAY(
    SELECT DISTINCT c."to" ->> 'status' FROM "payment_changes" c
    WHERE c."payment_id" = p."id"
    AND c."to" ->> 'status' IN ('authorized', 'partially_captured', 'captured')
);

-- CreateTable
CREATE TABLE "endpoints" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "types" TEXT[],
    "sources" TEXT[],
    "status" "endpoint_status" NOT NULL,
    "status_reason" TEXT,
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_secret_until" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messages" (
    "payment_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("payment_id","version")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "status" "notification_status" NOT NULL,
    "attempts" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "fence" INTEGER NOT NULL,
    "by_hand" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_attempts" (
    "notification_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "status" INTEGER,
    "answer" TEXT,
    "error" TEXT,

    CONSTRAINT "notification_attempts_pkey" PRIMARY KEY ("notification_id","number")
);

-- CreateIndex
CREATE UNIQUE INDEX "endpoints_name_key" ON "endpoints"("name");

-- CreateIndex
CREATE INDEX "notifications_payment_id_version_idx" ON "notifications"("payment_id", "version");

-- CreateIndex
CREATE INDEX "notifications_endpoint_id_id_idx" ON "notifications"("endpoint_id", "id");

-- CreateIndex
CREATE INDEX "notifications_due_idx" ON "notifications"("endpoint_id", "due_at") WHERE (status = 'pending');

-- CreateIndex
CREATE INDEX "notifications_waiting_idx" ON "notifications"("endpoint_id", "payment_id", "version") WHERE (status = 'pending' AND NOT by_hand);

-- CreateIndex
CREATE INDEX "notifications_dead_idx" ON "notifications"("id") WHERE (status = 'dead');

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "endpoints"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_payment_id_version_fkey" FOREIGN KEY ("payment_id", "version") REFERENCES "messages"("payment_id", "version") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "notification_attempts" ADD CONSTRAINT "notification_attempts_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "notifications"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
