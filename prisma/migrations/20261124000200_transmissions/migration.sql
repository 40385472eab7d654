-- CreateTable
CREATE TABLE "transmissions" (
    "source" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,

    CONSTRAINT "transmissions_pkey" PRIMARY KEY ("source","id")
);
