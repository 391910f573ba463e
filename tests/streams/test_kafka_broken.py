"""A broker that is killed, whose disk lies, or who wants to know who we are: with a broker of the test's own."""

import gc
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from centre.errors import InputError, StreamError
from centre.site import Broker
from streams.event_log import Message
from streams.kafka_settings import KEY_PASSWORD, PASSWORD, USERNAME, client_settings
from streams.memory import MemoryPositions
from tests.streams.logs import PATIENCE_S, holds, messages, read_until, values
from tests.streams.own_broker import OwnBroker, own_broker

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.slow,
    # The client leaves sockets it could not connect to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed .*socket:ResourceWarning"),
]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def broker(tmp_path: Path, kafka_bootstrap: str) -> Iterator[OwnBroker]:
    broker = own_broker(tmp_path)
    broker.start()
    yield broker
    broker.stop()


def log(broker: OwnBroker, group: str = "paiban"):
    from streams.kafka import KafkaLog

    return KafkaLog({"bootstrap_servers": [broker.address]}, group, "desk-1", stall_s=5.0)


def test_a_broker_killed_in_the_middle_loses_nothing_it_took_and_the_reader_goes_on(broker: OwnBroker) -> None:
    writer, reader, positions = log(broker), log(broker), MemoryPositions()
    writer.create(["events"], 3)
    reader.subscribe(["events"], positions.read)
    taken: list[bytes | None] = []
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            piece = messages(10, start=n)
            n += 10
            try:
                writer.append("events", piece)
            except StreamError:
                continue  # it may or may not stand in the log
            taken.extend(message.value for message in piece)
            time.sleep(0.05)

    sender = threading.Thread(target=write, daemon=True)
    sender.start()
    applied: list[bytes | None] = []

    def read(seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            batches = reader.poll(0.2)
            positions.advance(batches)
            applied.extend(values(batches))

    read(1)
    broker.kill()
    read(0.5)
    broker.start()
    read(3)
    stop.set()
    sender.join(PATIENCE_S)
    assert not sender.is_alive(), "a writer comes back, whatever becomes of its broker"
    after_restart = len(taken)
    deadline = time.monotonic() + PATIENCE_S
    while not set(taken) <= set(applied):
        assert time.monotonic() < deadline, f"{len(set(taken) - set(applied))} of {len(taken)} never came"
        read(0.5)
    assert len(applied) == len(set(applied)), "an idempotent producer writes nothing twice"
    assert after_restart > 10
    writer.close()
    reader.close()


def test_a_batch_whose_bytes_changed_on_disk_is_stepped_over_and_said(broker: OwnBroker) -> None:
    writer = log(broker)
    writer.create(["events"], 1)
    for n in range(5):
        writer.append("events", [Message(b"A", b"batch %d message %03d" % (n, m)) for m in range(40)])
    writer.close()
    broker.stop()
    (segment,) = broker.data.glob("log/events-0/*.log")
    content = segment.read_bytes()
    spoilt = content.replace(b"batch 2 message 007", b"batch 2 mess\x00ge 007")
    spoilt = spoilt.replace(b"batch 3 message 039", b"batch 3 mess\x00ge 039")
    assert spoilt != content
    segment.write_bytes(spoilt)
    broker.start()
    reader, positions = log(broker), MemoryPositions()
    reader.subscribe(["events"], positions.read)
    batches = read_until(reader, holds(120))
    for batch in batches:
        positions.advance([batch])
    assert values(batches) == [b"batch %d message %03d" % (n, m) for n in (0, 1, 4) for m in range(40)]
    faults = [fault for batch in batches for fault in batch.faults]
    assert [(fault.first, fault.next) for fault in faults] == [(80, 120), (120, 160)]
    assert "checksum" in faults[0].reason
    reader.rewind()
    assert reader.poll(0.5) == []
    reader.close()


def test_nobody_at_the_address_is_said_with_the_address(tmp_path: Path) -> None:
    from streams.kafka import clients

    absent = own_broker(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "BOOTSTRAP_MS", 1000)
        with pytest.raises(StreamError, match=f"{absent.address}.*nobody let us in: .*ECONNREFUSED"):
            log(absent).subscribe(["events"], MemoryPositions().read)


SECURE = """
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},SASL_SSL://127.0.0.1:{secure}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{secure}
ssl.keystore.location={folder}/broker.p12
ssl.keystore.password=keystore-secret
ssl.keystore.type=PKCS12
ssl.truststore.location={folder}/trusted.p12
ssl.truststore.password=keystore-secret
ssl.truststore.type=PKCS12
ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_desk="desk-secret";
"""


def keytool(folder: Path, *arguments: str) -> None:
    subprocess.run(["keytool", *arguments], cwd=folder, check=True, capture_output=True, timeout=PATIENCE_S)


def pem(folder: Path, store: str, alias: str, target: str) -> None:
    keytool(folder, "-exportcert", "-rfc", "-keystore", store, "-storepass", "keystore-secret", "-alias", alias,
            "-file", target)  # fmt: skip


@pytest.fixture
def secure(tmp_path: Path, kafka_bootstrap: str) -> Iterator[Broker]:
    """A broker that wants TLS with a client certificate, and a user and a password."""
    for store, alias in (("broker.p12", "broker"), ("client.p12", "client")):
        keytool(tmp_path, "-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", f"CN={alias}", "-keystore", store,
                "-storetype", "PKCS12", "-storepass", "keystore-secret", "-ext", "san=ip:127.0.0.1")  # fmt: skip
    pem(tmp_path, "broker.p12", "broker", "broker.pem")
    pem(tmp_path, "client.p12", "client", "client.pem")
    keytool(tmp_path, "-importcert", "-noprompt", "-alias", "client", "-file", "client.pem", "-keystore",
            "trusted.p12", "-storetype", "PKCS12", "-storepass", "keystore-secret")  # fmt: skip
    subprocess.run(
        ["openssl", "pkcs12", "-in", "client.p12", "-nocerts", "-out", "client.key", "-passin", "env:STORE",
         "-passout", "env:KEY"],
        cwd=tmp_path, env=os.environ | {"STORE": "keystore-secret", "KEY": "key-secret"}, check=True,
        capture_output=True,
    )  # fmt: skip
    broker = own_broker(tmp_path, ports=3)
    settings = SECURE.format(port=broker.port, controller=broker.port + 1, secure=broker.port + 2, folder=tmp_path)
    broker.properties.write_text(settings)
    broker.start()
    yield Broker(
        bootstrap=f"127.0.0.1:{broker.port + 2}",
        security="SASL_SSL",
        sasl_mechanism="PLAIN",
        ssl_cafile=str(tmp_path / "broker.pem"),
        ssl_certfile=str(tmp_path / "client.pem"),
        ssl_keyfile=str(tmp_path / "client.key"),
    )
    broker.stop()


def test_tls_with_certificates_and_a_password_lets_us_in_and_nothing_less(
    secure: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streams import kafka
    from streams.kafka import clients

    monkeypatch.setattr(clients, "BOOTSTRAP_MS", 2500)
    secrets = {USERNAME: "desk", PASSWORD: "desk-secret", KEY_PASSWORD: "key-secret"}
    inside = kafka.KafkaLog(client_settings(secure, secrets), "paiban")
    inside.create(["events"], 1)
    inside.append("events", messages(5))
    inside.subscribe(["events"], MemoryPositions().read)
    assert len(values(read_until(inside, holds(5)))) == 5
    inside.close()

    wrong = kafka.KafkaLog(client_settings(secure, secrets | {PASSWORD: "guess"}), "paiban")
    with pytest.raises(StreamError, match=r"Invalid username or password|nobody let us in: .*disconnected"):
        wrong.subscribe(["events"], MemoryPositions().read)

    stranger = secure.model_copy(update={"ssl_cafile": secure.ssl_certfile})
    with pytest.raises(StreamError, match=r"self-signed certificate|nobody let us in"):
        kafka.KafkaLog(client_settings(stranger, secrets), "paiban").subscribe(["events"], MemoryPositions().read)

    with pytest.raises(InputError, match=PASSWORD):
        client_settings(secure, {USERNAME: "desk"})
