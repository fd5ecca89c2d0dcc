-- What a run trained is also kept as a TensorFlow.js layers model, to be trained further. Versions of before have none.

ALTER TABLE "BackboneVersion" ADD COLUMN     "layersModelArtifact" CHAR(64);

ALTER TABLE "BackboneVersion" ADD CONSTRAINT "layersModelArtifact_is_sha256" CHECK ("layersModelArtifact" ~ '^[0-9a-f]{64}$');
