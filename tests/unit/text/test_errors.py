"""Messages of user-facing errors and of faults."""

import pytest

from letterhub.domain.errors import UserFacingError, first_error_line


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [(OSError(" no room\nat all"), "no room"), (OSError(), "OSError"), (ValueError("\n"), "ValueError"), ("", "str")],
)
def test_a_fault_without_words_is_told_by_its_kind(trouble: object, expected: str) -> None:
    assert first_error_line(trouble) == expected


def test_no_two_refusals_share_a_name_as_their_counts_would() -> None:
    def below(kind: type[UserFacingError]) -> list[str]:
        return [kind.__name__, *(name for one in kind.__subclasses__() for name in below(one))]

    names = below(UserFacingError)
    assert [name for name in set(names) if names.count(name) > 1] == []
