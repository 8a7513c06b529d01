"""Core's own tables: the store, `when`, and limits between keys."""

from __future__ import annotations

import pytest


def test_a_store_with_a_password_comes_by_reference(read):
    """The address of the store is a secret as a whole, and so is the password in it; neither shows."""
    settings = read('[gateway]\nstore = { env = "DATABASE" }\n')
    assert settings.gateway.store == "postgresql://shop:database-password@db.example.com/connectors"
    assert "database-password" in {secret.reveal() for secret in settings.secrets}
    assert "database-password" not in repr(settings)


@pytest.mark.parametrize(
    ("store", "word"),
    [
        ("postgresql://shop:hunter22@db.example.com/x", "has a password"),
        ("mysql://db.example.com/x", "must begin with"),
        ("postgresql://[db/x", "can be read"),
    ],
)
def test_other_stores_are_refused(problems, store, word):
    """A password in the file, another database and a broken address; the password is not repeated."""
    (found,) = problems(f'[gateway]\nstore = "{store}"\n')
    assert word in found
    assert "hunter22" not in found


@pytest.mark.parametrize(
    "when",
    [
        '{ "event.origin" = "contact", "contact.language" = "de" }',
        '{ event.origin = "contact", contact.language = "de" }',
    ],
)
def test_when_may_be_written_as_toml_reads_it(read, good, when):
    """A path in quotes and TOML's own dotted key mean the same."""
    settings = read(good.replace('["shop", "books"]\n', f'["shop", "books"]\nwhen = {when}\n'))
    assert settings.routes[0].when == {"event.origin": "contact", "contact.language": "de"}


def test_when_compares_with_plain_values_only(problems, good):
    """Lists and times are no values to compare with, and a path of a rule's `when` is checked too."""
    bad = 'when = { "event.text" = ["a"] }\n'
    assert problems(good.replace('using = "phone_e164"', bad)) == [
        'routes[0].map.books[0].when: "event.text" must be compared with a text, a number, true or false'
    ]
    assert problems(good.replace('using = "phone_e164"', 'when = "always"')) == [
        'routes[0].map.books[0].when: must be a table, such as { "event.origin" = "contact" }'
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "retry_first = 30\nretry_longest = 10",
            "endpoints.shop.delivery.retry_first: must not be above retry_longest",
        ),
        ("timeout = 0", "endpoints.shop.delivery.timeout: must be greater than 0"),
        ("concurrency = 2.5", "endpoints.shop.delivery.concurrency: must be a whole number"),
        ("pace = { pair_every = 1 }", "endpoints.shop.delivery.pace.pair_every: is below the 2 of letters"),
        ("pace = { burst = 6 }", "endpoints.shop.delivery.pace.burst: is above the 5 of letters"),
        ("pace = { rates = 1 }", 'endpoints.shop.delivery.pace.rates: unknown key. Did you mean "rate"?'),
        ("pace = 5", "endpoints.shop.delivery.pace: must be a table"),
    ],
)
def test_delivery_has_limits(problems, good, line, problem):
    """Times are positive, repetitions grow, and the pace is never above the connector's own."""
    (found,) = problems(f"{good}\n[endpoints.shop.delivery]\n{line}\n")
    assert found.startswith(problem)
