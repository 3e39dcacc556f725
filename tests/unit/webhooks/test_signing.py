"""Signatures of webhooks are those of Standard Webhooks."""

import re

from letterhub.domain.webhooks.payload_signatures import new_secret, signature_headers

PUBLISHED_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PUBLISHED_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The example of the specification’s own libraries."""


def test_the_published_example_has_the_published_signature() -> None:
    headers = signature_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [PUBLISHED_SECRET]
    )  # fmt: skip
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": PUBLISHED_SIGNATURE,
    }


def test_each_secret_signs() -> None:
    secret = new_secret(lambda count: b"s" * count)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    signed = signature_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret, PUBLISHED_SECRET])
    first, second = signed["webhook-signature"].split(" ")
    assert first.startswith("v1,")
    assert second == PUBLISHED_SIGNATURE
