"""Time zones have common names, each a distinct one."""

import pytest

from letterhub.domain.letters.deadlines import USUAL_ZONES
from letterhub.web.filters import named_zone
from letterhub.web.staff.letters.signing_settings_forms import place_name


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/New_York", "Eastern"),
        ("America/Denver", "Mountain"),
        ("America/Phoenix", "Arizona"),
        ("Europe/Berlin", "Central European"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_by_its_name(zone: str, name: str) -> None:
    assert named_zone(zone) == name


def test_no_two_of_the_usual_zones_have_one_name() -> None:
    assert len({named_zone(zone) for zone in USUAL_ZONES}) == len(USUAL_ZONES)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Berlin", "Berlin (Europe)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires (America, Argentina)"),
    ],
)
def test_any_other_zone_is_looked_up_by_its_city(zone: str, name: str) -> None:
    assert place_name(zone) == name
