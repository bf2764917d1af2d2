"""Asks this container's own gRPC server how it is: `python -m groundswell_core.probe [ready]`.

For probes where mTLS is on, which the kubelet's own gRPC probe does not speak. Exit code 0: serving.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from groundswell_core.settings import RpcSettings, ServiceSettings, TlsSettings, load_settings


def _read(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None


def _channel(rpc: RpcSettings, tls: TlsSettings) -> grpc.Channel:
    address = f"127.0.0.1:{rpc.port}"
    if tls.certificate_file is None:
        return grpc.insecure_channel(address)
    credentials = grpc.ssl_channel_credentials(
        _read(tls.ca_file), _read(tls.key_file), _read(tls.certificate_file)
    )
    # The certificate names localhost beside its service, for this probe.
    options = (("grpc.ssl_target_name_override", "localhost"),)
    return grpc.secure_channel(address, credentials, options)


def main(arguments: list[str]) -> int:
    """Asks once; returns the exit code."""
    settings = load_settings(ServiceSettings)
    request = health_pb2.HealthCheckRequest(service=arguments[0] if arguments else "")
    with _channel(settings.rpc, settings.tls) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = stub.Check(request, timeout=4.0)
        except grpc.RpcError as error:
            print(f"not serving: {error.code().name}")  # noqa: T201 - the kubelet shows it
            return 1
    serving: bool = answer.status == health_pb2.HealthCheckResponse.SERVING
    return 0 if serving else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
