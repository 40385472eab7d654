-- CreateEnum
CREATE TYPE "event_status" AS ENUM ('applied', 'ignored', 'quarantined');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('pending', 'authorized', 'partially_captured', 'captured', 'partially_refunded', 'refunded', 'failed', 'canceled', 'expired', 'disputed', 'charged_back');

-- CreateEnum
CREATE TYPE "statement_kind" AS ENUM ('authorization', 'capture', 'refund', 'refund_total', 'dispute', 'reversal');

-- CreateEnum
CREATE TYPE "change_cause" AS ENUM ('event', 'replay', 'reprojection');

-- CreateTable
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "body_encoding" TEXT NOT NULL,
    "body_sha256" TEXT NOT NULL,
    "body_size" INTEGER NOT NULL,
    "headers" JSONB NOT NULL,
    "verified_with" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_events" (
    "id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "status" "event_status" NOT NULL,
    "code" TEXT,
    "account" TEXT,
    "livemode" BOOLEAN,
    "occurred_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "normaliser_version" INTEGER NOT NULL,
    "options_hash" TEXT NOT NULL,

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactions" (
    "webhook_event_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "payment_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "kind" "statement_kind" NOT NULL,
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "amount" BIGINT,
    "currency" TEXT,
    "occurred_at" TIMESTAMPTZ(3),
    "refs" TEXT[],
    "ref_scope" TEXT NOT NULL,
    "groups" TEXT[],
    "account" TEXT,
    "livemode" BOOLEAN,
    "final" BOOLEAN NOT NULL,
    "implied" BOOLEAN NOT NULL,
    "release" BOOLEAN NOT NULL,
    "release_amount" BIGINT,
    "born" TIMESTAMPTZ(3),
    "of" TEXT,
    "reference" TEXT,
    "failure_code" TEXT,
    "failure_message" TEXT,

    CONSTRAINT "transactions_pkey" PRIMARY KEY ("webhook_event_id","ordinal")
);

-- CreateTable
CREATE TABLE "payments" (
    "id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "merged_into" UUID,
    "merged_from" UUID[],
    "source" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "account" TEXT,
    "livemode" BOOLEAN,
    "status" "payment_status" NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_authorized" DECIMAL(38,0) NOT NULL,
    "amount_captured" DECIMAL(38,0) NOT NULL,
    "amount_refunded" DECIMAL(38,0) NOT NULL,
    "amount_disputed" DECIMAL(38,0) NOT NULL,
    "amount_charged_back" DECIMAL(38,0) NOT NULL,
    "reference" TEXT,
    "refs" TEXT[],
    "groups" TEXT[],
    "failure_code" TEXT,
    "failure_message" TEXT,
    "flags" TEXT[],
    "occurred_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_refs" (
    "source" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "payment_id" UUID NOT NULL,

    CONSTRAINT "payment_refs_pkey" PRIMARY KEY ("id","namespace","source","scope")
);

-- CreateTable
CREATE TABLE "payment_changes" (
    "payment_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "cause" "change_cause" NOT NULL,
    "webhook_event_id" UUID,
    "from" JSONB,
    "to" JSONB NOT NULL,
    "silent" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_changes_pkey" PRIMARY KEY ("payment_id","version")
);

-- CreateIndex
CREATE INDEX "webhook_events_delivery_id_idx" ON "webhook_events"("delivery_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_events_source_event_id_key" ON "webhook_events"("source", "event_id");

-- CreateIndex
CREATE INDEX "transactions_payment_id_idx" ON "transactions"("payment_id");

-- CreateIndex
CREATE INDEX "payments_reference_idx" ON "payments"("reference");

-- CreateIndex
CREATE INDEX "payments_groups_idx" ON "payments" USING GIN ("groups");

-- CreateIndex
CREATE INDEX "payment_refs_payment_id_idx" ON "payment_refs"("payment_id");

-- AddForeignKey
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "transactions" ADD CONSTRAINT "transactions_webhook_event_id_fkey" FOREIGN KEY ("webhook_event_id") REFERENCES "webhook_events"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "transactions" ADD CONSTRAINT "transactions_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "payments" ADD CONSTRAINT "payments_merged_into_fkey" FOREIGN KEY ("merged_into") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "payment_refs" ADD CONSTRAINT "payment_refs_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "payment_changes" ADD CONSTRAINT "payment_changes_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "payment_changes" ADD CONSTRAINT "payment_changes_webhook_event_id_fkey" FOREIGN KEY ("webhook_event_id") REFERENCES "webhook_events"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
