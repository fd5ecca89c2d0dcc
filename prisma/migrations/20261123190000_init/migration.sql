-- CreateEnum
CREATE TYPE "Role" AS ENUM ('viewer', 'operator');

-- CreateEnum
CREATE TYPE "Split" AS ENUM ('train', 'fit', 'calibrate', 'select', 'test');

-- CreateEnum
CREATE TYPE "Alias" AS ENUM ('production', 'shadow');

-- CreateEnum
CREATE TYPE "JobState" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "FailureClass" AS ENUM ('input', 'code', 'infrastructure');

-- CreateTable
CREATE TABLE "ApiToken" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "kind" TEXT NOT NULL,
    "tokenHash" CHAR(64) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInCode" (
    "codeHash" CHAR(64) NOT NULL,
    "role" "Role" NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "SignInCode_pkey" PRIMARY KEY ("codeHash")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Backbone" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "architecture" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Backbone_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BackboneVersion" (
    "digest" CHAR(64) NOT NULL,
    "backboneId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "architecture" TEXT NOT NULL,
    "onnxArtifact" CHAR(64) NOT NULL,
    "headArtifact" CHAR(64) NOT NULL,
    "weightsDigest" CHAR(64) NOT NULL,
    "classes" TEXT[],
    "preprocessing" JSONB NOT NULL,
    "preprocessingDigest" CHAR(64) NOT NULL,
    "layers" JSONB NOT NULL,
    "recipe" JSONB NOT NULL,
    "snapshotDigest" CHAR(64) NOT NULL,
    "runId" UUID NOT NULL,
    "exportDifference" DOUBLE PRECISION NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BackboneVersion_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "Dataset" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DatasetSnapshot" (
    "digest" CHAR(64) NOT NULL,
    "datasetId" UUID NOT NULL,
    "manifestArtifact" CHAR(64) NOT NULL,
    "classes" TEXT[],
    "groups" TEXT[],
    "counts" JSONB NOT NULL,
    "report" JSONB NOT NULL,
    "seed" INTEGER NOT NULL,
    "requestId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT NOT NULL,

    CONSTRAINT "DatasetSnapshot_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "SnapshotItem" (
    "snapshotDigest" CHAR(64) NOT NULL,
    "position" INTEGER NOT NULL,
    "contentDigest" CHAR(64) NOT NULL,
    "path" TEXT NOT NULL,
    "split" "Split" NOT NULL,
    "label" TEXT,
    "group" TEXT,
    "bytes" INTEGER NOT NULL,

    CONSTRAINT "SnapshotItem_pkey" PRIMARY KEY ("snapshotDigest","position")
);

-- CreateTable
CREATE TABLE "Bundle" (
    "id" UUID NOT NULL,
    "backboneId" UUID NOT NULL,
    "backboneVersionDigest" CHAR(64) NOT NULL,
    "detectorId" UUID NOT NULL,
    "thresholdId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT NOT NULL,

    CONSTRAINT "Bundle_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Deployment" (
    "id" UUID NOT NULL,
    "backboneId" UUID NOT NULL,
    "alias" "Alias" NOT NULL,
    "bundleId" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "Deployment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ActivationSet" (
    "id" UUID NOT NULL,
    "snapshotDigest" CHAR(64) NOT NULL,
    "backboneVersionDigest" CHAR(64) NOT NULL,
    "layer" TEXT NOT NULL,
    "preprocessingDigest" CHAR(64) NOT NULL,
    "artifact" CHAR(64) NOT NULL,
    "rows" INTEGER NOT NULL,
    "dimension" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ActivationSet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Detector" (
    "id" UUID NOT NULL,
    "backboneVersionDigest" CHAR(64) NOT NULL,
    "snapshotDigest" CHAR(64) NOT NULL,
    "jobId" UUID NOT NULL,
    "method" TEXT NOT NULL,
    "options" JSONB NOT NULL,
    "formatVersion" INTEGER NOT NULL,
    "seed" INTEGER NOT NULL,
    "layers" TEXT[],
    "modelArtifact" CHAR(64) NOT NULL,
    "stateBytes" INTEGER NOT NULL,
    "fitSeconds" DOUBLE PRECISION NOT NULL,
    "scoresArtifact" CHAR(64) NOT NULL,
    "evaluation" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Detector_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Threshold" (
    "id" UUID NOT NULL,
    "detectorId" UUID NOT NULL,
    "backboneVersionDigest" CHAR(64) NOT NULL,
    "policy" JSONB NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "abstainFrom" DOUBLE PRECISION,
    "abstainTo" DOUBLE PRECISION,
    "calibrationSnapshotDigest" CHAR(64) NOT NULL,
    "calibrationPhotos" INTEGER NOT NULL,
    "operatingPoint" JSONB NOT NULL,
    "author" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Threshold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ThresholdActivation" (
    "id" BIGSERIAL NOT NULL,
    "detectorId" UUID NOT NULL,
    "thresholdId" UUID NOT NULL,
    "author" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ThresholdActivation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Experiment" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "backboneId" UUID NOT NULL,
    "requestId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT NOT NULL,

    CONSTRAINT "Experiment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Run" (
    "id" UUID NOT NULL,
    "experimentId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "jobId" UUID NOT NULL,
    "snapshotDigest" CHAR(64) NOT NULL,
    "recipe" JSONB NOT NULL,
    "detection" JSONB NOT NULL,
    "seed" INTEGER NOT NULL,
    "backend" TEXT,
    "parentRunId" UUID,
    "versionDigest" CHAR(64),
    "bundleId" UUID,
    "summary" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MetricPoint" (
    "runId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "step" INTEGER NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MetricPoint_pkey" PRIMARY KEY ("runId","key","step")
);

-- CreateTable
CREATE TABLE "Job" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" "JobState" NOT NULL DEFAULT 'queued',
    "stage" TEXT NOT NULL DEFAULT '',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT,
    "failureClass" "FailureClass",
    "exclusiveKey" TEXT,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "worker" TEXT,
    "lostWorkers" INTEGER NOT NULL DEFAULT 0,
    "eventCount" INTEGER NOT NULL DEFAULT 0,
    "cancelRequestedAt" TIMESTAMPTZ(3),
    "heartbeatAt" TIMESTAMPTZ(3),
    "requestId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "JobEvent" (
    "jobId" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "JobEvent_pkey" PRIMARY KEY ("jobId","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_tokenHash_key" ON "ApiToken"("tokenHash");

-- CreateIndex
CREATE INDEX "AuditEvent_at_idx" ON "AuditEvent"("at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Backbone_name_key" ON "Backbone"("name");

-- CreateIndex
CREATE UNIQUE INDEX "BackboneVersion_runId_key" ON "BackboneVersion"("runId");

-- CreateIndex
CREATE UNIQUE INDEX "BackboneVersion_backboneId_number_key" ON "BackboneVersion"("backboneId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "BackboneVersion_digest_backboneId_key" ON "BackboneVersion"("digest", "backboneId");

-- CreateIndex
CREATE UNIQUE INDEX "BackboneVersion_digest_preprocessingDigest_key" ON "BackboneVersion"("digest", "preprocessingDigest");

-- CreateIndex
CREATE UNIQUE INDEX "Dataset_name_key" ON "Dataset"("name");

-- CreateIndex
CREATE UNIQUE INDEX "DatasetSnapshot_requestId_key" ON "DatasetSnapshot"("requestId");

-- CreateIndex
CREATE INDEX "DatasetSnapshot_datasetId_createdAt_idx" ON "DatasetSnapshot"("datasetId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "SnapshotItem_contentDigest_idx" ON "SnapshotItem"("contentDigest");

-- CreateIndex
CREATE UNIQUE INDEX "SnapshotItem_snapshotDigest_contentDigest_key" ON "SnapshotItem"("snapshotDigest", "contentDigest");

-- CreateIndex
CREATE UNIQUE INDEX "Bundle_backboneVersionDigest_detectorId_thresholdId_key" ON "Bundle"("backboneVersionDigest", "detectorId", "thresholdId");

-- CreateIndex
CREATE UNIQUE INDEX "Bundle_id_backboneId_key" ON "Bundle"("id", "backboneId");

-- CreateIndex
CREATE UNIQUE INDEX "Deployment_sequence_key" ON "Deployment"("sequence");

-- CreateIndex
CREATE INDEX "Deployment_backboneId_alias_sequence_idx" ON "Deployment"("backboneId", "alias", "sequence" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "ActivationSet_snapshotDigest_backboneVersionDigest_layer_key" ON "ActivationSet"("snapshotDigest", "backboneVersionDigest", "layer");

-- CreateIndex
CREATE INDEX "Detector_backboneVersionDigest_createdAt_idx" ON "Detector"("backboneVersionDigest", "createdAt" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Detector_jobId_method_modelArtifact_key" ON "Detector"("jobId", "method", "modelArtifact");

-- CreateIndex
CREATE UNIQUE INDEX "Detector_id_backboneVersionDigest_key" ON "Detector"("id", "backboneVersionDigest");

-- CreateIndex
CREATE INDEX "Threshold_detectorId_createdAt_idx" ON "Threshold"("detectorId", "createdAt" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Threshold_id_detectorId_backboneVersionDigest_key" ON "Threshold"("id", "detectorId", "backboneVersionDigest");

-- CreateIndex
CREATE UNIQUE INDEX "Threshold_id_detectorId_key" ON "Threshold"("id", "detectorId");

-- CreateIndex
CREATE INDEX "ThresholdActivation_detectorId_id_idx" ON "ThresholdActivation"("detectorId", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Experiment_name_key" ON "Experiment"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Experiment_requestId_key" ON "Experiment"("requestId");

-- CreateIndex
CREATE UNIQUE INDEX "Run_jobId_key" ON "Run"("jobId");

-- CreateIndex
CREATE INDEX "Run_createdAt_idx" ON "Run"("createdAt" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Run_experimentId_number_key" ON "Run"("experimentId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "Job_requestId_key" ON "Job"("requestId");

-- CreateIndex
CREATE INDEX "Job_kind_state_idx" ON "Job"("kind", "state");

-- CreateIndex
CREATE INDEX "Job_createdAt_idx" ON "Job"("createdAt" DESC);

-- AddForeignKey
ALTER TABLE "BackboneVersion" ADD CONSTRAINT "BackboneVersion_backboneId_fkey" FOREIGN KEY ("backboneId") REFERENCES "Backbone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BackboneVersion" ADD CONSTRAINT "BackboneVersion_snapshotDigest_fkey" FOREIGN KEY ("snapshotDigest") REFERENCES "DatasetSnapshot"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BackboneVersion" ADD CONSTRAINT "BackboneVersion_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DatasetSnapshot" ADD CONSTRAINT "DatasetSnapshot_datasetId_fkey" FOREIGN KEY ("datasetId") REFERENCES "Dataset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SnapshotItem" ADD CONSTRAINT "SnapshotItem_snapshotDigest_fkey" FOREIGN KEY ("snapshotDigest") REFERENCES "DatasetSnapshot"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Bundle" ADD CONSTRAINT "Bundle_backboneVersionDigest_backboneId_fkey" FOREIGN KEY ("backboneVersionDigest", "backboneId") REFERENCES "BackboneVersion"("digest", "backboneId") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Bundle" ADD CONSTRAINT "Bundle_detectorId_backboneVersionDigest_fkey" FOREIGN KEY ("detectorId", "backboneVersionDigest") REFERENCES "Detector"("id", "backboneVersionDigest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Bundle" ADD CONSTRAINT "Bundle_thresholdId_detectorId_backboneVersionDigest_fkey" FOREIGN KEY ("thresholdId", "detectorId", "backboneVersionDigest") REFERENCES "Threshold"("id", "detectorId", "backboneVersionDigest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Deployment" ADD CONSTRAINT "Deployment_backboneId_fkey" FOREIGN KEY ("backboneId") REFERENCES "Backbone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Deployment" ADD CONSTRAINT "Deployment_bundleId_backboneId_fkey" FOREIGN KEY ("bundleId", "backboneId") REFERENCES "Bundle"("id", "backboneId") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ActivationSet" ADD CONSTRAINT "ActivationSet_snapshotDigest_fkey" FOREIGN KEY ("snapshotDigest") REFERENCES "DatasetSnapshot"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ActivationSet" ADD CONSTRAINT "ActivationSet_backboneVersionDigest_preprocessingDigest_fkey" FOREIGN KEY ("backboneVersionDigest", "preprocessingDigest") REFERENCES "BackboneVersion"("digest", "preprocessingDigest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Detector" ADD CONSTRAINT "Detector_backboneVersionDigest_fkey" FOREIGN KEY ("backboneVersionDigest") REFERENCES "BackboneVersion"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Detector" ADD CONSTRAINT "Detector_snapshotDigest_fkey" FOREIGN KEY ("snapshotDigest") REFERENCES "DatasetSnapshot"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Detector" ADD CONSTRAINT "Detector_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Threshold" ADD CONSTRAINT "Threshold_detectorId_backboneVersionDigest_fkey" FOREIGN KEY ("detectorId", "backboneVersionDigest") REFERENCES "Detector"("id", "backboneVersionDigest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Threshold" ADD CONSTRAINT "Threshold_calibrationSnapshotDigest_fkey" FOREIGN KEY ("calibrationSnapshotDigest") REFERENCES "DatasetSnapshot"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ThresholdActivation" ADD CONSTRAINT "ThresholdActivation_detectorId_fkey" FOREIGN KEY ("detectorId") REFERENCES "Detector"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ThresholdActivation" ADD CONSTRAINT "ThresholdActivation_thresholdId_detectorId_fkey" FOREIGN KEY ("thresholdId", "detectorId") REFERENCES "Threshold"("id", "detectorId") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Experiment" ADD CONSTRAINT "Experiment_backboneId_fkey" FOREIGN KEY ("backboneId") REFERENCES "Backbone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_experimentId_fkey" FOREIGN KEY ("experimentId") REFERENCES "Experiment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_snapshotDigest_fkey" FOREIGN KEY ("snapshotDigest") REFERENCES "DatasetSnapshot"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_parentRunId_fkey" FOREIGN KEY ("parentRunId") REFERENCES "Run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_versionDigest_fkey" FOREIGN KEY ("versionDigest") REFERENCES "BackboneVersion"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_bundleId_fkey" FOREIGN KEY ("bundleId") REFERENCES "Bundle"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MetricPoint" ADD CONSTRAINT "MetricPoint_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "JobEvent" ADD CONSTRAINT "JobEvent_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
