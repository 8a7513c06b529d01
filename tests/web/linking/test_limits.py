"""How often may be tried: by one chat, by many, at one moment, and after a restart."""

import gateways
from bankers import NUMBER, PABLO, PUBLIC, button

from connectors_core.linking.limits import MOST_AN_HOUR, MOST_CODES_AN_HOUR, PAGE_BURST


def test_nobody_is_flooded_with_codes(bank):
    """Three for a linking, and five an hour for an address, by however many linkings."""
    bank.desk.always("customer", PABLO)
    answers = []
    for number in range(3):
        url, browser = bank.offer(f"b{number}"), bank.browser()
        for _ in range(3):
            browser.open(f"{url}?other=1")
            answers.append(browser.post(step="address", address=NUMBER).status_code)
            bank.bring()
    assert answers == [200] * MOST_CODES_AN_HOUR + [429] * (9 - MOST_CODES_AN_HOUR)
    assert len(bank.desk.told("send_code")) == MOST_CODES_AN_HOUR


def test_wishes_of_the_same_moment_are_counted_too(bank):
    """However many chats ask at once for codes to one address."""
    pages = []
    for number in range(10):
        browser = bank.browser()
        browser.open(bank.offer(f"b{number}", f"mallory-{number}"))
        pages.append(browser)
    answers = gateways.together(*(lambda one=one: one.post(step="address", address=NUMBER) for one in pages))
    assert sorted(one.status_code for one in answers) == [200] * MOST_CODES_AN_HOUR + [429] * (10 - MOST_CODES_AN_HOUR)


def test_limits_outlive_a_restart(bank, serve):
    """They stand in the store: another program goes on counting."""
    bank.desk.always("customer", PABLO)
    url, browser = bank.offer(), bank.browser()
    browser.open(url)
    browser.post(step="address", address=NUMBER)
    bank.bring()
    for _ in range(5):
        browser.post(step="code", code="no")
    bank.site = browser.site = serve(bank.house)
    assert browser.open(url).status_code == 200
    assert browser.post(step="code", code=bank.bring()).status_code == 429


def test_one_linking_asks_for_three_codes(bank):
    """And not for a fourth."""
    url, browser = bank.offer(), bank.browser()
    answers = []
    for number in range(4):
        browser.open(f"{url}?other=1")
        answers.append(browser.post(step="address", address=f"+1555010020{number}").status_code)
    assert answers == [200, 200, 200, 429]


def test_a_flood_of_requests_is_stopped(bank):
    """From one network address; the pages of others go on."""
    browser = bank.browser()
    found = {browser.open(f"{PUBLIC}/link/{'a' * 32}").status_code for _ in range(PAGE_BURST + 20)}
    assert found == {404, 429}


def test_a_loop_of_buttons_is_stopped(bank):
    """A chat gets so many in an hour, and then a refusal with the reason."""
    bank.house.arrive(gateways.message("hello"))
    for number in range(MOST_AN_HOUR + 1):
        bank.house.tell(button(f"b{number}"))
    bank.house.work()
    (refused,) = bank.house.rows("deliveries", state="refused")
    assert "in this chat in an hour" in refused.reason


def test_a_guess_counts_for_every_log_in_that_waits(bank):
    """Several at once do not make more guesses."""
    codes = [bank.prove(bank.offer(f"b{number}")).replace(" ", "") for number in range(3)]
    wrong = [f"{number:08d}" for number in range(8) if f"{number:08d}" not in codes][:5]
    for number, guess in enumerate(wrong):
        bank.type(guess, id_=f"guess-{number}")
    assert bank.state() == ["dead"] * 3
