"""The address that is served, and the command lines of web server, worker and clock."""

import socket
from collections.abc import Iterator

import pytest

from locality.running import serving
from locality.running.failure import CannotRun


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(taken: int) -> None:
    with pytest.raises(
        CannotRun, match=rf"Port {taken} is taken .* Choose another: LOCALITY_PORT={taken + 1} ./run up"
    ):
        serving.listen(host=None, port=taken)


def test_the_environment_asks_too(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALITY_PORT", str(taken))
    with pytest.raises(CannotRun, match="is taken"):
        serving.listen(host=None, port=None)


def test_a_port_that_nobody_asked_for_gives_way(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCALITY_PORT", raising=False)
    monkeypatch.setattr(serving, "_DEFAULT_PORT", taken)
    listener = serving.listen(host=None, port=None)
    with listener.socket:
        assert (listener.wanted, listener.port > taken) == (taken, True)
        assert listener.address == f"http://127.0.0.1:{listener.port}"


def test_when_all_are_taken_it_says_so(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCALITY_PORT", raising=False)
    monkeypatch.setattr(serving, "_DEFAULT_PORT", taken)
    monkeypatch.setattr(serving, "_OTHERS_TRIED", 1)
    with pytest.raises(CannotRun, match="are all taken"):
        serving.listen(host=None, port=None)


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "８０", "80.0"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALITY_PORT", text)
    with pytest.raises(CannotRun, match="must be a number from 1 to 65535"):
        serving.listen(host=None, port=None)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CannotRun, match=r"Cannot listen on 192\.0\.2\.1"):
        serving.listen(host="192.0.2.1", port=8000)


def test_an_open_port_without_an_answer_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_PROBE_S", 0.1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listener = serving.listen(host=None, port=port)
    with listener.socket:
        assert not listener.answers()


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000"), ("::1", "http://[::1]:8000")],
)
def test_the_address_is_one_to_type(host: str, address: str) -> None:
    with socket.socket() as unused:
        assert serving.Listener(unused, host, 8000, 8000).address == address


def test_the_environment_sizes_the_programs() -> None:
    environment = {"LOCALITY_WEB_WORKERS": "3", "LOCALITY_WEB_THREADS": "9", "LOCALITY_WORKER_PROCESSES": "5"}
    web = serving.web_command("fd://3", environment)
    assert web[web.index("--workers") + 1] == "3"
    assert web[web.index("--threads") + 1] == "9"
    worker = serving.worker_command(environment)
    assert worker[worker.index("--concurrency") + 1] == "5"


def test_no_access_log_is_kept() -> None:
    """Addresses of pages say whom somebody looked at: that belongs in the audit trail and nowhere else."""
    assert not any("access" in word for word in serving.web_command("fd://3", {}))
