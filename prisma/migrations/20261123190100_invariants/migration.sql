-- The rules that no program may break, kept by the database itself.

-- 1. What is written once.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are written once and never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER "DatasetSnapshot_append_only" BEFORE UPDATE OR DELETE ON "DatasetSnapshot" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "DatasetSnapshot_no_truncate" BEFORE TRUNCATE ON "DatasetSnapshot" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "SnapshotItem_append_only" BEFORE UPDATE OR DELETE ON "SnapshotItem" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "SnapshotItem_no_truncate" BEFORE TRUNCATE ON "SnapshotItem" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "BackboneVersion_append_only" BEFORE UPDATE OR DELETE ON "BackboneVersion" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "BackboneVersion_no_truncate" BEFORE TRUNCATE ON "BackboneVersion" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Detector_append_only" BEFORE UPDATE OR DELETE ON "Detector" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Detector_no_truncate" BEFORE TRUNCATE ON "Detector" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Threshold_append_only" BEFORE UPDATE OR DELETE ON "Threshold" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Threshold_no_truncate" BEFORE TRUNCATE ON "Threshold" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "ThresholdActivation_append_only" BEFORE UPDATE OR DELETE ON "ThresholdActivation" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "ThresholdActivation_no_truncate" BEFORE TRUNCATE ON "ThresholdActivation" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Bundle_append_only" BEFORE UPDATE OR DELETE ON "Bundle" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Bundle_no_truncate" BEFORE TRUNCATE ON "Bundle" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Deployment_append_only" BEFORE UPDATE OR DELETE ON "Deployment" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "Deployment_no_truncate" BEFORE TRUNCATE ON "Deployment" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "JobEvent_append_only" BEFORE UPDATE OR DELETE ON "JobEvent" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "JobEvent_no_truncate" BEFORE TRUNCATE ON "JobEvent" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "AuditEvent_append_only" BEFORE UPDATE OR DELETE ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "AuditEvent_no_truncate" BEFORE TRUNCATE ON "AuditEvent" EXECUTE FUNCTION refuse_change();

-- 2. Jobs only move forward; one that ended does not change any more.

CREATE FUNCTION guard_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."state" IN ('succeeded', 'failed', 'cancelled') THEN
    IF NEW IS DISTINCT FROM OLD THEN
      RAISE EXCEPTION 'job % is % and does not change any more', OLD."id", OLD."state" USING ERRCODE = 'check_violation';
    END IF;
  ELSIF OLD."state" = 'running' AND NEW."state" = 'queued' THEN
    RAISE EXCEPTION 'job % is running and cannot go back to queued', OLD."id" USING ERRCODE = 'check_violation';
  ELSIF OLD."state" = 'queued' AND NEW."state" = 'succeeded' THEN
    RAISE EXCEPTION 'job % cannot succeed before it has run', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  IF NEW."fence" < OLD."fence" OR NEW."eventCount" < OLD."eventCount" THEN
    RAISE EXCEPTION 'fence and event count of job % only grow', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW."id", NEW."kind", NEW."payload", NEW."exclusiveKey", NEW."requestId", NEW."createdAt", NEW."createdBy")
    IS DISTINCT FROM (OLD."id", OLD."kind", OLD."payload", OLD."exclusiveKey", OLD."requestId", OLD."createdAt", OLD."createdBy") THEN
    RAISE EXCEPTION 'what job % is about does not change', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "Job_forward_only" BEFORE UPDATE ON "Job" FOR EACH ROW EXECUTE FUNCTION guard_job();

CREATE UNIQUE INDEX "Job_exclusiveKey_unfinished_key" ON "Job" ("exclusiveKey") WHERE "state" IN ('queued', 'running');

CREATE FUNCTION number_job_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  expected integer;
BEGIN
  SELECT coalesce(max("sequence"), 0) + 1 INTO expected FROM "JobEvent" WHERE "jobId" = NEW."jobId";
  IF NEW."sequence" <> expected THEN
    RAISE EXCEPTION 'events of job % are numbered without gaps: expected %, got %', NEW."jobId", expected, NEW."sequence"
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "JobEvent_no_gaps" BEFORE INSERT ON "JobEvent" FOR EACH ROW EXECUTE FUNCTION number_job_event();

ALTER TABLE "Job"
  ADD CONSTRAINT "progress_is_a_share" CHECK ("progress" BETWEEN 0 AND 1),
  ADD CONSTRAINT "counts_are_not_negative" CHECK ("fence" >= 0 AND "lostWorkers" >= 0 AND "eventCount" >= 0),
  ADD CONSTRAINT "running_has_a_heartbeat" CHECK ("state" <> 'running' OR ("heartbeatAt" IS NOT NULL AND "startedAt" IS NOT NULL)),
  ADD CONSTRAINT "only_running_has_a_worker" CHECK ("worker" IS NULL OR "state" = 'running'),
  ADD CONSTRAINT "failed_says_why" CHECK (("state" = 'failed') = ("error" IS NOT NULL) AND ("state" = 'failed') = ("failureClass" IS NOT NULL)),
  ADD CONSTRAINT "final_has_an_end" CHECK (("state" IN ('succeeded', 'failed', 'cancelled')) = ("finishedAt" IS NOT NULL));

-- 3. Runs: what was asked stays; what came out is set once.

CREATE FUNCTION guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."versionDigest" IS NOT NULL AND NEW."versionDigest" IS DISTINCT FROM OLD."versionDigest" THEN
    RAISE EXCEPTION 'run % has its backbone version already', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  IF OLD."bundleId" IS NOT NULL AND NEW."bundleId" IS DISTINCT FROM OLD."bundleId" THEN
    RAISE EXCEPTION 'run % has its bundle already', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW."id", NEW."experimentId", NEW."number", NEW."jobId", NEW."snapshotDigest", NEW."recipe", NEW."detection", NEW."seed", NEW."parentRunId", NEW."createdAt")
    IS DISTINCT FROM (OLD."id", OLD."experimentId", OLD."number", OLD."jobId", OLD."snapshotDigest", OLD."recipe", OLD."detection", OLD."seed", OLD."parentRunId", OLD."createdAt") THEN
    RAISE EXCEPTION 'the settings of run % do not change', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "Run_set_once" BEFORE UPDATE ON "Run" FOR EACH ROW EXECUTE FUNCTION guard_run();

-- 4. Values that make sense.

ALTER TABLE "DatasetSnapshot"
  ADD CONSTRAINT "digest_is_sha256" CHECK ("digest" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "manifestArtifact_is_sha256" CHECK ("manifestArtifact" ~ '^[0-9a-f]{64}$');
ALTER TABLE "SnapshotItem"
  ADD CONSTRAINT "contentDigest_is_sha256" CHECK ("contentDigest" ~ '^[0-9a-f]{64}$');
ALTER TABLE "BackboneVersion"
  ADD CONSTRAINT "digest_is_sha256" CHECK ("digest" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "onnxArtifact_is_sha256" CHECK ("onnxArtifact" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "headArtifact_is_sha256" CHECK ("headArtifact" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "weightsDigest_is_sha256" CHECK ("weightsDigest" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "preprocessingDigest_is_sha256" CHECK ("preprocessingDigest" ~ '^[0-9a-f]{64}$');
ALTER TABLE "ActivationSet"
  ADD CONSTRAINT "artifact_is_sha256" CHECK ("artifact" ~ '^[0-9a-f]{64}$');
ALTER TABLE "Detector"
  ADD CONSTRAINT "modelArtifact_is_sha256" CHECK ("modelArtifact" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "scoresArtifact_is_sha256" CHECK ("scoresArtifact" ~ '^[0-9a-f]{64}$');
ALTER TABLE "ApiToken"
  ADD CONSTRAINT "tokenHash_is_sha256" CHECK ("tokenHash" ~ '^[0-9a-f]{64}$');
ALTER TABLE "SignInCode"
  ADD CONSTRAINT "codeHash_is_sha256" CHECK ("codeHash" ~ '^[0-9a-f]{64}$');

ALTER TABLE "SnapshotItem"
  ADD CONSTRAINT "label_or_group" CHECK (("label" IS NULL) <> ("group" IS NULL)),
  ADD CONSTRAINT "train_and_calibrate_are_in_distribution" CHECK ("split" NOT IN ('train', 'calibrate') OR "label" IS NOT NULL),
  ADD CONSTRAINT "select_is_irrelevant" CHECK ("split" <> 'select' OR "group" IS NOT NULL),
  ADD CONSTRAINT "position_is_not_negative" CHECK ("position" >= 0),
  ADD CONSTRAINT "photo_is_not_empty" CHECK ("bytes" > 0);
ALTER TABLE "Dataset" ADD CONSTRAINT "name_length" CHECK (char_length("name") BETWEEN 1 AND 100);
ALTER TABLE "Experiment" ADD CONSTRAINT "name_length" CHECK (char_length("name") BETWEEN 1 AND 100);
ALTER TABLE "Backbone" ADD CONSTRAINT "name_shape" CHECK ("name" ~ '^[a-z0-9][a-z0-9-]{0,99}$');
ALTER TABLE "BackboneVersion"
  ADD CONSTRAINT "number_from_one" CHECK ("number" >= 1),
  ADD CONSTRAINT "at_least_two_classes" CHECK (cardinality("classes") >= 2),
  ADD CONSTRAINT "difference_is_not_negative" CHECK ("exportDifference" >= 0 AND "exportDifference" <> 'NaN');
ALTER TABLE "Run" ADD CONSTRAINT "number_from_one" CHECK ("number" >= 1);
ALTER TABLE "MetricPoint" ADD CONSTRAINT "step_is_not_negative" CHECK ("step" >= 0);
ALTER TABLE "ActivationSet" ADD CONSTRAINT "shape_is_positive" CHECK ("rows" > 0 AND "dimension" > 0);
ALTER TABLE "Detector"
  ADD CONSTRAINT "sizes_are_not_negative" CHECK ("stateBytes" >= 0 AND "fitSeconds" >= 0),
  ADD CONSTRAINT "reads_a_layer" CHECK (cardinality("layers") >= 1);
ALTER TABLE "Threshold"
  ADD CONSTRAINT "value_is_a_number" CHECK ("value" <> 'NaN'),
  ADD CONSTRAINT "band_is_whole" CHECK (("abstainFrom" IS NULL) = ("abstainTo" IS NULL) AND coalesce("abstainFrom" <= "abstainTo", true)),
  ADD CONSTRAINT "photos_are_not_negative" CHECK ("calibrationPhotos" >= 0),
  ADD CONSTRAINT "reason_is_given" CHECK ("reason" <> '');
ALTER TABLE "ThresholdActivation" ADD CONSTRAINT "reason_is_given" CHECK ("reason" <> '');
ALTER TABLE "Deployment"
  ADD CONSTRAINT "action_is_known" CHECK ("action" IN ('promote', 'roll-back')),
  ADD CONSTRAINT "reason_is_given" CHECK ("reason" <> '');
ALTER TABLE "ApiToken" ADD CONSTRAINT "kind_is_known" CHECK ("kind" IN ('api', 'service', 'session'));
