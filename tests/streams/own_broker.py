"""A Kafka broker of a test's own, for what would disturb others: killing it, damaging its disk, other security."""

import os
import random
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "deploy" / "kafka-local" / "broker"


@dataclass
class OwnBroker:
    """A broker on a free port with its data in `data`; `properties` are added to its settings."""

    port: int
    data: Path
    properties: Path

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self._do("start")

    def stop(self) -> None:
        self._do("stop")

    def kill(self) -> None:
        self._do("kill")

    def segments(self, topic: str) -> list[Path]:
        """The files that hold the records of a topic."""
        return sorted(self.data.glob(f"log/{topic}-*/*.log"))

    def _do(self, verb: str) -> None:
        environment = os.environ | {"PAIBAN_KAFKA_PROPERTIES": str(self.properties)}
        subprocess.run([SCRIPT, verb, str(self.port), self.data], env=environment, check=True, timeout=120)


def own_broker(folder: Path, properties: str = "", ports: int = 2) -> OwnBroker:
    """A broker that is not started yet; its port and the next `ports` - 1 are free."""
    settings = folder / "extra.properties"
    settings.write_text(properties)
    rng = random.Random(str(folder))
    while True:
        port = rng.randrange(21000, 31000)  # below the ports that the system gives away
        if all(_is_free(port + n) for n in range(ports)):
            return OwnBroker(port, folder / "kafka", settings)


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0
