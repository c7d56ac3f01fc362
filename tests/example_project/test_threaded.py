"""The depot app as a thread: what its own project tests against a CMS that misbehaves on request."""

from __future__ import annotations

import pytest

from example_project.depot_app.threaded import ThreadedApp
from mockpilot import faults
from mockpilot.testing import Cms


def test_boots_and_confirms(mockpilot: Cms, product: ThreadedApp) -> None:
    """The simple case stays simple: any violation fails the test at its end."""
    mockpilot.wait_exchange()


def test_lost_confirmation_is_repaired(mockpilot: Cms, product: ThreadedApp) -> None:
    """What was not confirmed comes again, with the same ids.

    A product may send a list of its own after the first push: if that one is lost, the next one says more.
    """
    mockpilot.wait_exchange()
    mockpilot.mark("the next list is not confirmed")
    lost = mockpilot.arm(faults.lose("confirmation", action="ProvideChargingRequests", nth=1))
    product.plan_bus("4711", leave="05:40", soc=80)
    first, second = mockpilot.wait_for("ProvideChargingRequests", count=2, within=5)
    assert lost.fired_at
    assert set(first.request_ids) <= set(second.request_ids)


def test_survives_an_outage(mockpilot: Cms, product: ThreadedApp) -> None:
    """What is planned while the CMS is away arrives once it is back."""
    mockpilot.wait_exchange()
    with mockpilot.outage(how="reset", refuse="tcp"):  # block form, undone on leaving
        product.plan_bus("4712", leave="06:10", soc=90)
    mockpilot.wait_exchange()
    assert mockpilot.depot.requests.vehicle("4712").max_target_soc == 90


@pytest.fixture
def rejected(mockpilot: Cms) -> None:
    """Every boot is rejected: armed before the product connects, since it stands before it in the test's arguments."""
    mockpilot.arm(faults.answer("BootNotification", kind="rejected"))


@pytest.mark.mockpilot(time="manual")
def test_stays_quiet_when_rejected(mockpilot: Cms, rejected: None, product: ThreadedApp) -> None:
    """Whoever was rejected sends no list, however long it takes: half a minute that takes no time."""
    product.plan_bus("4713", leave="06:20", soc=70)
    mockpilot.wait_for("BootNotification")
    mockpilot.never("ProvideChargingRequests", during=30)


@pytest.mark.mockpilot(dialect="chargepilot", time="manual", seed=11)
def test_push_rhythm(mockpilot: Cms, product: ThreadedApp) -> None:
    """Three quarters of a minute without waiting for them."""
    mockpilot.wait_exchange()
    mockpilot.clock.advance(45)
    mockpilot.wait_for("answer", count=4)
    assert [push.at for push in mockpilot.history.sent("ProvideChargingInformation")] == [0, 15, 30, 45]


@pytest.mark.mockpilot(scenario="confirmation_missing")
def test_catalogue(mockpilot: Cms, product: ThreadedApp) -> None:
    """A catalogue scenario as a test."""
    mockpilot.run(provoke=product.do)


@pytest.mark.parametrize("mockpilot_scenario", ["boot_accepted", "link_closed_politely"])
def test_part_of_the_catalogue(mockpilot: Cms, product: ThreadedApp, mockpilot_scenario: str) -> None:
    """Some more of them; ``scenario_names()`` has all."""
    mockpilot.run(provoke=product.do)
