"""A verdict on each photo named on the command line, over gRPC. See ../clients.md for the stubs this imports."""

import os
import sys

import grpc
from outsider.detection.v1 import detector_service_pb2 as detection
from outsider.detection.v1 import detector_service_pb2_grpc as services

address = os.environ.get("DETECTOR_ADDRESS", "127.0.0.1:50053")
token = os.environ.get("OUTSIDER_TOKEN") or open(".outsider/token").read().strip()
credentials = [("authorization", f"Bearer {token}")]
words = {
    detection.VERDICT_IN_DISTRIBUTION: "in-distribution",
    detection.VERDICT_NOVEL: "novel",
    detection.VERDICT_ABSTAIN: "abstain",
}

with grpc.insecure_channel(address, options=[("grpc.max_send_message_length", 36 * 2**20)]) as channel:
    detector = services.DetectorServiceStub(channel)
    for path in sys.argv[1:]:
        with open(path, "rb") as photo:
            request = detection.DetectRequest(image=photo.read())
        try:
            found = detector.Detect(request, metadata=credentials, timeout=30).detection
        except grpc.RpcError as error:
            print(f"{path}: {error.code().name}: {error.details()}")
            continue
        sign = ">" if found.score > found.threshold else "≤"
        print(
            f"{path}: {words[found.verdict]} (score {found.score:.4g} {sign} threshold {found.threshold:.4g}, "
            f'p = {found.p_value:.3g}); the classifier says "{found.predicted_class}"'
        )
