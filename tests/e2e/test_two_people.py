"""Two people never see each other's work: not in a list, not by address, not on a shared device."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.deployed import SAMPLES, Deployed
from tests.support.person import expecting, log_in, pick, row, stored

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

SCAN = SAMPLES / "demo.png"
OFFLINE = "() => navigator.serviceWorker.ready.then(() => true)"


def test_two_people_do_not_see_each_others_timetables(
    system: Deployed, visitor: Callable[..., Page]
) -> None:
    from playwright.sync_api import expect

    anna, ben = system.account(), system.account()
    hers, his = visitor(), visitor()
    log_in(hers, anna, keep=True)
    log_in(his, ben)
    pick(hers, SCAN)
    expect(row(hers, SCAN.name)).to_contain_text("Ready")
    row(hers, SCAN.name).get_by_role("link").click()
    expect(hers.get_by_role("heading", level=1, name="Class 6M timetable")).to_be_visible()
    address = hers.url

    his.reload()
    expect(his.get_by_role("heading", name="No timetables yet")).to_be_visible()
    expecting(his.context, "404")
    his.goto(address)
    expect(his.get_by_role("heading", name="There is no such page")).to_be_visible()
    assert "Class 6M" not in his.content()

    # On her device, after she logged out: what was kept for her is not there for him.
    hers.evaluate(OFFLINE)
    hers.get_by_role("button", name="Log out").click()
    expecting(hers.context, "404", "ERR_INTERNET_DISCONNECTED")
    log_in(hers, ben, keep=True)  # a quick page has asked for it by the time he is in
    expect(hers.get_by_role("heading", name="There is no such page")).to_be_visible()
    hers.context.set_offline(True)
    hers.goto(address)
    expect(hers.get_by_role("heading", name="could not be loaded")).to_be_visible()
    assert "Class 6M" not in hers.content()
    left = json.dumps(stored(hers))
    assert "Morning Register" not in left
    assert anna not in left
