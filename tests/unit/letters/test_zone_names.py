"""Time zones have common names, each a distinct one."""

import pytest

from letterhub.domain.signatures.signing import COMMON_ZONES
from letterhub.web.dates import zone_label_for_key
from letterhub.web.staff.letters.signing_settings_forms import zone_city


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
    assert zone_label_for_key(zone) == name


def test_no_two_of_the_usual_zones_have_one_name() -> None:
    assert len({zone_label_for_key(zone) for zone in COMMON_ZONES}) == len(COMMON_ZONES)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Berlin", "Berlin (Europe)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires (America, Argentina)"),
    ],
)
def test_any_other_zone_is_looked_up_by_its_city(zone: str, name: str) -> None:
    assert zone_city(zone) == name
