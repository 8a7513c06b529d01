"""Templates: what the account has, what a message fills in, and what is wrong before it is tried."""

import pytest

from connectors.meta.checking import problems
from connectors.meta.templates import filled, info
from connectors_core import Malformed, NotSupported
from connectors_core.model import Slot, Template

ORDER = {
    "name": "order_update",
    "language": "en_US",
    "status": "APPROVED",
    "category": "UTILITY",
    "components": [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}},
        {"type": "BODY", "text": "Hi {{1}}, {{2}} is on its way.", "example": {"body_text": [["Pablo", "order 7"]]}},
        {"type": "FOOTER", "text": "Lucky Shrub"},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Track",
                    "url": "https://example.com/{{1}}",
                    "example": ["https://example.com/7"],
                },
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "COPY_CODE", "text": "Copy", "example": "25OFF"},
            ],
        },
    ],
}
NAMED = {
    "name": "sale",
    "language": "en",
    "status": "APPROVED",
    "category": "MARKETING",
    "components": [
        {
            "type": "HEADER",
            "format": "TEXT",
            "text": "{{season}} sale",
            "example": {"header_text_named_params": [{"param_name": "season", "example": "Summer"}]},
        },
        {
            "type": "BODY",
            "text": "Until {{ day }}, {{day}} only",
            "example": {"body_text_named_params": [{"param_name": "day", "example": "Friday"}]},
        },
    ],
}
GOOD = {
    "header.image": "https://example.com/shrub.png",
    "body.1": "Pablo",
    "body.2": "order 7",
    "button.0": "7",
    "button.2.code": "25OFF",
}


def link(kind, value):
    """Take every value for a link."""
    return {"link": value}


def wrong(values=None, data=ORDER, **more):
    """Return what is wrong with these values."""
    template = Template(name=data["name"], language=data["language"], values=values or {}, **more)
    return list(problems(template, info(data)))


def without(key):
    """Return the good values but one."""
    return {name: value for name, value in GOOD.items() if name != key}


def test_a_template_names_its_slots():
    """With what they are, what they belong to, and an example; its text has their keys."""
    found = info(ORDER)
    assert (found.name, found.language, found.usable, found.category) == ("order_update", "en_US", True, "utility")
    assert found.body == "Hi {{body.1}}, {{body.2}} is on its way.\nLucky Shrub"
    assert found.slots == (
        Slot(key="header.image", kind="image"),
        Slot(key="body.1", example="Pablo"),
        Slot(key="body.2", example="order 7"),
        Slot(key="button.0", label="Track", example="https://example.com/7"),
        Slot(key="button.2.code", label="Copy", example="25OFF"),
    )


def test_named_slots_keep_their_names():
    """Each once, however often it stands in the text."""
    found = info(NAMED)
    assert [(slot.key, slot.example) for slot in found.slots] == [("header.season", "Summer"), ("body.day", "Friday")]
    assert found.body == "{{header.season}} sale\nUntil {{body.day}}, {{body.day}} only"


def test_a_code_goes_into_the_text_and_into_its_button():
    """An authentication template asks for it twice."""
    parts = [{"type": "BODY", "text": "{{1}} is your code."}, {"type": "BUTTONS", "buttons": [{"type": "OTP"}]}]
    assert [slot.key for slot in info({**ORDER, "components": parts}).slots] == ["body.1", "button.0"]


@pytest.mark.parametrize(
    ("status", "more", "reason"),
    [
        ("PAUSED", {}, "paused"),
        ("REJECTED", {"rejected_reason": "INVALID_FORMAT"}, "(INVALID_FORMAT)"),
        ("PENDING", {"rejected_reason": "NONE"}, "not approved it yet"),
        ("DISABLED", {}, "disabled"),
        ("TOMORROW", {}, "its state is TOMORROW"),
    ],
)
def test_only_an_approved_template_is_usable(status, more, reason):
    """Any other says why not."""
    found = info({**ORDER, "status": status, **more})
    assert not found.usable
    assert reason in found.reason
    assert any(reason in text for text in wrong(GOOD, {**ORDER, "status": status, **more}))


def test_values_become_components():
    """In the documented shape, positions in their order."""
    assert filled({**GOOD, "button.1.payload": "STOP"}, link) == [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/shrub.png"}}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Pablo"}, {"type": "text", "text": "order 7"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "7"}]},
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "1",
            "parameters": [{"type": "payload", "payload": "STOP"}],
        },
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "2",
            "parameters": [{"type": "coupon_code", "coupon_code": "25OFF"}],
        },
    ]


def test_the_tenth_value_comes_after_the_ninth():
    """Positions are numbers, not words."""
    (body,) = filled({f"body.{n}": str(n) for n in (10, 2, 1)}, link)
    assert [one["text"] for one in body["parameters"]] == ["1", "2", "10"]


def test_named_values_go_with_their_names():
    """As the format asks for."""
    header, body = filled({"header.season": "Summer", "body.day": "Friday"}, link)
    assert header["parameters"] == [{"type": "text", "parameter_name": "season", "text": "Summer"}]
    assert body["parameters"] == [{"type": "text", "parameter_name": "day", "text": "Friday"}]


def test_a_place_is_a_header_too():
    """Made of its four slots."""
    data = {**ORDER, "components": [{"type": "HEADER", "format": "LOCATION"}, {"type": "BODY", "text": "Here"}]}
    values = {"header.latitude": "37.44", "header.longitude": "-122.16", "header.name": "Lucky Shrub"}
    assert [slot.key for slot in info(data).slots] == [
        f"header.{n}" for n in ("latitude", "longitude", "name", "address")
    ]
    assert wrong(values, data) == []
    (header,) = filled(values, link)
    assert header["parameters"][0]["location"] == {"latitude": "37.44", "longitude": "-122.16", "name": "Lucky Shrub"}


@pytest.mark.parametrize("key", ["body", "footer.1", "button.x", "button.0.colour", "header."])
def test_a_key_of_no_kind_is_refused(key):
    """In a sentence that names it."""
    with pytest.raises(NotSupported, match=f"no slot of the kind {key}"):
        filled({key: "x"}, link)


def test_a_good_message_has_no_problem():
    """Nor has one that also sets what a quick reply brings back."""
    assert wrong(GOOD) == []
    assert wrong({**GOOD, "button.1.payload": "STOP"}) == []
    assert wrong({"header.season": "Summer", "body.day": "Friday"}, NAMED) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (without("body.2"), "the value of body.2 is missing"),
        (without("header.image"), "the value of header.image is missing"),
        ({**GOOD, "body.3": "x"}, "the template has no slot body.3"),
        ({**GOOD, "button.0.payload": "x"}, "the template has no slot button.0.payload"),
        ({**GOOD, "body.1": " "}, "the value of body.1 is empty"),
        ({**GOOD, "body.1": "a\nb"}, "line break"),
        ({**GOOD, "body.1": "a     b"}, "four blanks"),
        ({**GOOD, "button.2.code": "x" * 16}, "has 16 characters, and 15 are allowed"),
        ({**GOOD, "body.1": "x" * 1020}, "the body would have"),
    ],
)
def test_what_does_not_fit_is_said(values, said):
    """One sentence for each mistake."""
    (text,) = wrong(values)
    assert said in text


def test_another_language_is_said():
    """And nothing else, as the rest may be right in that language."""
    template = Template(name="order_update", language="pt_BR", values={})
    assert list(problems(template, info(ORDER))) == ["the template order_update is approved in en_US, not in pt_BR"]


def test_what_no_slot_expresses_needs_components():
    """A component of tomorrow, say."""
    data = {**ORDER, "components": [{"type": "BODY", "text": "Look"}, {"type": "HOLOGRAM"}]}
    assert wrong({}, data) == ["the template has hologram, which only `components` can fill"]


PLANTS = {
    **ORDER,
    "name": "plants",
    "components": [
        {"type": "BODY", "text": "For you, {{1}}"},
        {
            "type": "CAROUSEL",
            "cards": [
                {
                    "components": [
                        {"type": "HEADER", "format": "IMAGE"},
                        {"type": "BODY", "text": "{{1}} off"},
                        {
                            "type": "BUTTONS",
                            "buttons": [
                                {"type": "QUICK_REPLY", "text": "Tell me more"},
                                {"type": "URL", "text": "Buy", "url": "https://example.com/{{1}}"},
                            ],
                        },
                    ]
                },
                {"components": [{"type": "HEADER", "format": "PRODUCT"}]},
            ],
        },
    ],
}
OFFER = {
    **ORDER,
    "name": "offer",
    "components": [
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Expiring!", "has_expiration": True}},
        {"type": "BODY", "text": "Until tonight"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "COPY_CODE", "example": "25OFF"},
                {"type": "FLOW", "text": "Answer"},
                {"type": "CATALOG", "text": "See all"},
            ],
        },
    ],
}
CARDS = {
    "body.1": "Pablo",
    "card.0.header.image": "https://example.com/echeveria.png",
    "card.0.body.1": "20%",
    "card.0.button.1": "echeveria",
    "card.1.header.product": "sku-1",
    "card.1.header.catalogue": "194836987003835",
}


def test_the_cards_of_a_carousel_have_slots_of_their_own():
    """Each with the number of its card before it; the text shows those of the cards, too."""
    found = info(PLANTS)
    assert [slot.key for slot in found.slots] == list(CARDS)
    assert found.body == "For you, {{body.1}}\n{{card.0.body.1}} off"
    assert wrong(CARDS, PLANTS) == []
    assert wrong({**CARDS, "card.0.button.0.payload": "MORE"}, PLANTS) == []
    assert wrong({**CARDS, "card.1.button.0.payload": "MORE"}, PLANTS) == [
        "the template has no slot card.1.button.0.payload"
    ]
    assert filled({**CARDS, "card.0.button.0.payload": "MORE"}, link)[1] == {
        "type": "carousel",
        "cards": [
            {
                "card_index": 0,
                "components": [
                    {
                        "type": "header",
                        "parameters": [{"type": "image", "image": {"link": "https://example.com/echeveria.png"}}],
                    },
                    {"type": "body", "parameters": [{"type": "text", "text": "20%"}]},
                    {
                        "type": "button",
                        "sub_type": "quick_reply",
                        "index": "0",
                        "parameters": [{"type": "payload", "payload": "MORE"}],
                    },
                    {
                        "type": "button",
                        "sub_type": "url",
                        "index": "1",
                        "parameters": [{"type": "text", "text": "echeveria"}],
                    },
                ],
            },
            {
                "card_index": 1,
                "components": [
                    {
                        "type": "header",
                        "parameters": [
                            {
                                "type": "product",
                                "product": {"product_retailer_id": "sku-1", "catalog_id": "194836987003835"},
                            }
                        ],
                    }
                ],
            },
        ],
    }


def test_an_offer_ends_at_a_time():
    """In ISO 8601 with a zone; WhatsApp is told milliseconds. What its buttons bring back need not be given."""
    good = {"offer.expires": "2026-12-24T18:00:00+00:00", "button.0.code": "25OFF"}
    assert [slot.key for slot in info(OFFER).slots] == list(good)
    assert wrong({**good, "button.1.flow": "token", "button.2.catalogue": "sku-1"}, OFFER) == []
    assert wrong({**good, "offer.expires": "tonight"}, OFFER)[0].startswith("the value of offer.expires is no time")
    offer, code, flow, catalogue = filled({**good, "button.1.flow": "token", "button.2.catalogue": "sku-1"}, link)
    told = {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1798135200000}}
    assert offer == {"type": "limited_time_offer", "parameters": [told]}
    assert [one["sub_type"] for one in (code, flow, catalogue)] == ["copy_code", "flow", "catalog"]
    assert flow["parameters"] == [{"type": "action", "action": {"flow_token": "token"}}]
    assert catalogue["parameters"] == [{"type": "action", "action": {"thumbnail_product_retailer_id": "sku-1"}}]
    with pytest.raises(NotSupported, match="no time with a zone"):
        filled({"offer.expires": "2026-12-24T18:00:00"}, link)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda parts: parts[1:], "the header must be one image"),
        (lambda parts: [{**parts[0], "parameters": [{"type": "video", "video": {}}]}, *parts[1:]], "must be one image"),
        (lambda parts: [parts[0], {**parts[1], "parameters": parts[1]["parameters"][:1]}, *parts[2:]], "body takes 2"),
        (lambda parts: [*parts, parts[1]], "body is given twice"),
        (lambda parts: parts[:-1], "button 2 copy_code takes 1 parameters, and 0 are given"),
        (
            lambda parts: [*parts, {"type": "button", "sub_type": "url", "index": "5", "parameters": []}],
            "no button 5 url",
        ),
        (lambda parts: [*parts[:2], {**parts[2], "parameters": [{"type": "colour"}]}, parts[3]], "unknown type colour"),
        (lambda parts: [{"type": "header", "parameters": "x"}, *parts[1:]], "cannot be read"),
    ],
)
def test_components_are_compared_with_the_template(change, said):
    """Counts, types and buttons, where a message brings its own."""
    parts = filled(GOOD, link)
    assert wrong(data=ORDER, components=tuple(parts)) == []
    assert any(said in text for text in wrong(data=ORDER, components=tuple(change(parts))))


def test_a_parameter_too_many_is_said():
    """A template without variables takes none."""
    data = {**ORDER, "components": [{"type": "BODY", "text": "Hello"}]}
    parts = ({"type": "body", "parameters": [{"type": "text", "text": "x"}]},)
    assert wrong(data=data, components=parts) == ["the body of the template takes no parameters, and 1 are given"]


def test_a_missing_name_is_said():
    """Named parameters are told apart by name."""
    parts = filled({"header.season": "Summer", "body.day": "Friday"}, link)
    parts[1]["parameters"][0]["parameter_name"] = "month"
    assert wrong(data=NAMED, components=tuple(parts)) == ["body lacks the parameters day"]


@pytest.mark.parametrize("data", [{"components": "x"}, {"components": [{"type": "BODY", "text": []}]}])
def test_what_is_no_template_is_malformed(data):
    """Not half a template."""
    with pytest.raises(Malformed):
        info({**ORDER, **data})
