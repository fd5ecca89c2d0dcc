"""The bytes of google.rpc.Status for two errors, as Google's own Python classes write them.

Needs googleapis-common-protos. Prints what libs/contracts/src/errors/to-service-status.test.ts expects.
"""

from google.protobuf import duration_pb2
from google.rpc import error_details_pb2, status_pb2

bad = status_pb2.Status(code=3, message='layers: expected "pooled"')
bad.details.add().Pack(error_details_pb2.ErrorInfo(reason="INVALID_ARGUMENT", domain="outsider", metadata={"field": "layers"}))
bad.details.add().Pack(
    error_details_pb2.BadRequest(
        field_violations=[error_details_pb2.BadRequest.FieldViolation(field="layers", description='layers: expected "pooled"')]
    )
)
full = status_pb2.Status(code=8, message="the queue is full")
full.details.add().Pack(error_details_pb2.ErrorInfo(reason="QUEUE_FULL", domain="outsider"))
full.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=1, nanos=250_000_000)))

for name, status in (("bad argument", bad), ("full queue", full)):
    print(name, status.SerializeToString(deterministic=True).hex())
