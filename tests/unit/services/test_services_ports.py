from __future__ import annotations

import socket

import pytest
from pilaster_local.services import ports


@pytest.mark.enable_socket
def test_the_first_wanted_port_that_is_free_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert ports.choose(port) != port
        assert ports.choose(None, port) != port
    assert ports.choose(None, port) == port
    assert ports.choose(port, taken=(port,)) != port


@pytest.mark.enable_socket
def test_a_port_of_our_choice_is_not_one_the_system_lends():
    assert 20_000 <= ports.choose() < 32_000
