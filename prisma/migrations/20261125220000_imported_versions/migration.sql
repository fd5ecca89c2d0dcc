-- Classifiers that were trained elsewhere become versions without a run.

ALTER TABLE "BackboneVersion" ADD COLUMN     "importedBy" TEXT,
ADD COLUMN     "importedFile" TEXT,
ADD COLUMN     "importedLayer" TEXT,
ALTER COLUMN "runId" DROP NOT NULL;

-- Every version says where it comes from: a run, or an import with all that is known of it.
ALTER TABLE "BackboneVersion" ADD CONSTRAINT "made_by_a_run_or_imported" CHECK (
  num_nonnulls("importedBy", "importedFile", "importedLayer") = CASE WHEN "runId" IS NULL THEN 3 ELSE 0 END
);
