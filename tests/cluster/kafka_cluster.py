"""Three Apache Kafka brokers (KRaft) on loopback, each a Java process with a small heap."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import subprocess
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from groundswell_core.embedded import Child, free_port
from groundswell_core.settings import KafkaSettings

HEAP = "-Xmx256m"
CLUSTER_ID = "Z3JvdW5kc3dlbGwtdGVzdA"
POM = Path(__file__).parent / "pom.xml"
LIBRARIES = Path(__file__).parents[2] / "build" / "kafka" / "libs"
JAR = "kafka_2.13-3.9.1.jar"
JAR_SHA256 = "5631c61356d55611c158291a69ad028f3c4fed5d0a610c62a0853c65c89d10f6"


def missing() -> str:
    """Returns what the cluster needs and this machine lacks; empty when it lacks nothing."""
    lacking = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return " and ".join(lacking)


def fetch() -> None:
    """Fetches the broker with Maven, once, and checks that it is the pinned one."""
    if not (LIBRARIES / JAR).exists():
        command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
        options = [f"-DoutputDirectory={LIBRARIES}", "-DincludeScope=runtime"]
        subprocess.run([*command, *options], check=True, timeout=600)
    found = hashlib.sha256((LIBRARIES / JAR).read_bytes()).hexdigest()
    if found != JAR_SHA256:
        raise RuntimeError(f"{JAR} has sha256 {found}; pinned is {JAR_SHA256}")


class KafkaCluster:
    """Starts, kills and restarts the brokers; node ids are 1, 2, 3."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {node: free_port() for node in (1, 2, 3)}
        self._controllers = {node: free_port() for node in (1, 2, 3)}
        self._children: dict[int, Child] = {}

    async def start(self) -> None:
        """Formats and starts all brokers; returns when each of them is in the metadata."""
        for node in self.ports:
            await asyncio.to_thread(self._format, node)
            self.restart(node)
        await self.wait_for_all()

    def settings(self) -> KafkaSettings:
        """Returns how services reach the cluster; the idempotent producer is on."""
        servers = ",".join(f"127.0.0.1:{port}" for port in self.ports.values())
        return KafkaSettings(
            bootstrap_servers=servers, idempotent=True, replication_factor=3, session_timeout=6.0
        )

    async def leader(self, topic: str, partition: int = 0) -> int:
        """Returns the node that leads a partition now."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings().bootstrap_servers)
        await admin.start()
        try:
            (described,) = await admin.describe_topics([topic])
            found = {p["partition"]: p["leader"] for p in described["partitions"]}
            return int(found[partition])
        finally:
            await admin.close()

    async def kill(self, node: int) -> None:
        """Ends a broker with SIGKILL."""
        await self._children[node].kill()

    def restart(self, node: int) -> None:
        """Starts a broker that does not run."""
        child = Child(
            self._java("kafka.Kafka", str(self._properties(node))),
            pid_file=self.folder / f"{node}.pid",
            log_file=self.folder / f"{node}.log",
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
        child.start()
        self._children[node] = child

    async def wait_for_all(self) -> None:
        """Waits until all brokers are back in the metadata."""
        async with asyncio.timeout(90):
            while len(await self._brokers()) < len(self.ports):  # noqa: ASYNC110 - a poll
                await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """Ends all brokers."""
        for child in self._children.values():
            await child.kill()

    async def _brokers(self) -> list[int]:
        admin = AIOKafkaAdminClient(
            bootstrap_servers=self.settings().bootstrap_servers, request_timeout_ms=3000
        )
        try:
            await admin.start()
            described = await admin.describe_cluster()
        except (KafkaError, OSError, TimeoutError):
            return []
        finally:
            await admin.close()
        return [broker["node_id"] for broker in described["brokers"]]

    def _java(self, main: str, *arguments: str) -> list[str]:
        java = shutil.which("java") or "java"
        return [java, HEAP, "-XX:+UseSerialGC", "-cp", f"{LIBRARIES}/*", main, *arguments]

    def _format(self, node: int) -> None:
        properties = self._properties(node)
        voters = ",".join(f"{n}@127.0.0.1:{port}" for n, port in self._controllers.items())
        lines = {
            "process.roles": "broker,controller",
            "node.id": node,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.ports[node]},"
            f"CONTROLLER://127.0.0.1:{self._controllers[node]}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": self.folder / f"data-{node}",
            "default.replication.factor": 3,
            "min.insync.replicas": 2,
            "offsets.topic.replication.factor": 3,
            "offsets.topic.num.partitions": 3,
            "transaction.state.log.replication.factor": 3,
            "transaction.state.log.min.isr": 2,
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": 0,
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            "num.network.threads": 2,
            "num.io.threads": 2,
        }
        properties.parent.mkdir(parents=True, exist_ok=True)
        properties.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        format_command = self._java(
            "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(properties)
        )
        subprocess.run(format_command, check=True, capture_output=True, timeout=60)

    def _properties(self, node: int) -> Path:
        return self.folder / f"broker-{node}.properties"
