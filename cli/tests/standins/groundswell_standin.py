"""A stand-in for a service: health and metrics on the ports that the environment names, nothing else.

Behaviour is asked for with STANDIN_<behaviour> in the environment:
  CRASH   file: ends with code 3 while the file exists
  STUBBORN any value: ignores SIGTERM
  JOURNAL file: a line when it ends in order
"""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME = os.environ.get("STANDIN_NAME", "standin")


def asked(behaviour: str) -> bool:
    file = os.environ.get(f"STANDIN_{behaviour}", "")
    return bool(file) and Path(file).exists()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        text = b"groundswell_collector_documents_total 7\n" if self.path == "/metrics" else b"ok"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: object) -> None:
        pass


def end(*_: object) -> None:
    if journal := os.environ.get("STANDIN_JOURNAL"):
        with Path(journal).open("a") as file:
            file.write(f"{NAME}\n")
    os._exit(0)


def serve_grpc(port: int) -> object:
    import grpc
    from grpc_health.v1 import health, health_pb2, health_pb2_grpc

    server = grpc.server(ThreadPoolExecutor(2))
    servicer = health.HealthServicer()
    for name in ("", "ready"):
        servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server


def serve_http(port: str | None) -> None:
    if port:
        server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()


def main() -> None:
    if asked("CRASH"):
        sys.stdout.write("[error    ] the seeded fault\n")
        sys.exit(3)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if "STANDIN_STUBBORN" in os.environ else end)
    serve_http(os.environ.get("GROUNDSWELL_METRICS__PORT"))
    serve_http(os.environ.get("GROUNDSWELL_CONSOLE__PORT"))
    port = os.environ.get("GROUNDSWELL_RPC__PORT")
    # A server that nobody refers to is stopped by the garbage collector.
    kept = serve_grpc(int(port)) if port else None
    if password := os.environ.get("GROUNDSWELL_CONSOLE__FIRST_PASSWORD_FILE"):
        Path(password).write_text("once-only-4711\n")
        Path(password).chmod(0o600)
    sys.stdout.write(f"{NAME} up\n")
    threading.Event().wait()
    del kept


main()
