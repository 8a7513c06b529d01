"""Who may push webhooks: the one who can sign them, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from connectors_core.errors import Untrusted
from connectors_core.model import Challenge
from connectors_core.settings.fields import SecretsField
from connectors_core.testing.kit import Kit
from connectors_core.testing.promises import broken, expect, promise
from connectors_core.testing.subject import APP, KIT, Subject

PAGE = "hooks/receive.md#authenticate-request"


class Trust:
    """A side that is not pushed to has no door: then each test sees that nobody is let in."""

    @promise("trusted", PAGE)
    def test_signed_requests_are_trusted(self, kit: Kit) -> None:
        """A request with the provider's signature is trusted."""
        if _pushed(kit):
            body = kit.sample("receive").body
            expect(_trusts(kit.subject, body, kit.headers(body)), "a rightly signed request was refused")

    @promise("flipped-byte", PAGE)
    def test_flipped_bytes_are_refused(self, kit: Kit) -> None:
        """A request of which one byte was changed is refused: in the signature, and in the body where it is signed."""
        if not _pushed(kit):
            return
        body = kit.sample("receive").body
        headers = kit.headers(body)
        for place in (0, len(body) // 2, len(body) - 1):
            changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
            if kit.plan.signing is not None and kit.plan.signing.covers_body:
                expect(not _trusts(kit.subject, changed, headers), f"byte {place} of the body was changed, and trusted")
        for name, value in headers.items():
            for place in (0, len(value) // 2, len(value) - 1):
                changed_value = value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
                expect(
                    not _trusts(kit.subject, body, {**headers, name: changed_value}),
                    f"character {place} of {name} was changed, and the request trusted",
                )

    @promise("wrong-secret", PAGE)
    def test_wrong_secrets_are_refused(self, kit: Kit) -> None:
        """A request that was signed with another secret is refused."""
        if _pushed(kit):
            body = kit.sample("receive").body
            for secret in ("another-secret-of-somebody", kit.secret()[:-1], f"{kit.secret()}0"):
                expect(not _trusts(kit.subject, body, kit.headers(body, secret)), "a wrong secret was trusted")

    @promise("old-secret", PAGE)
    def test_secrets_are_rotated(self, kit: Kit) -> None:
        """Where the settings take two secrets both are valid; one that was taken out is not."""
        if not _pushed(kit):
            return
        body = kit.sample("receive").body
        new, old = "the-new-secret-4f1c9d", kit.secret()
        fresh = _with_secret(kit, {"KIT_NEW": new, "KIT_OLD": old}, [{"env": "KIT_NEW"}, {"env": "KIT_OLD"}])
        if fresh is not None:
            for secret in (new, old):
                expect(_trusts(fresh, body, kit.headers(body, secret)), "one of two valid secrets was refused")
        only = _with_secret(kit, {"KIT_NEW": new}, {"env": "KIT_NEW"})
        expect(only is not None, "the settings do not take a secret of 21 characters")
        if only is not None:
            expect(not _trusts(only, body, kit.headers(body, old)), "the old secret is trusted after its removal")
            expect(_trusts(only, body, kit.headers(body, new)), "the new secret is refused")

    @promise("absent-header", PAGE)
    def test_unsigned_requests_are_refused(self, kit: Kit) -> None:
        """A request without its signature, with an empty one or with nonsense in its place is refused."""
        if not _pushed(kit):
            return
        body = kit.sample("receive").body
        signed = kit.headers(body)
        expect(not _trusts(kit.subject, body, {}), "a request without a signature was trusted")
        for name, nonsense in (
            (name, text) for name in signed for text in ("", " ", "x", "sha256=", "é" * 64, "0" * 9000)
        ):
            expect(not _trusts(kit.subject, body, {**signed, name: nonsense}), f"nonsense in {name} was trusted")

    @promise("challenge", PAGE)
    def test_strangers_get_no_challenge(self, kit: Kit) -> None:
        """A GET that proves nothing is refused, whatever it asks to be told back."""
        if not _pushed(kit):
            return
        for query in ({}, {"hub.mode": "subscribe", "hub.verify_token": "x", "hub.challenge": "1"}, {"challenge": "1"}):
            request = kit.subject.request(b"", method="GET")
            try:
                answer = kit.subject.door.authenticate(type(request)(method="GET", path=request.path, query=query))
            except Untrusted:
                continue
            expect(not isinstance(answer, Challenge), "a stranger was answered with a challenge")
            broken("a GET without any proof was trusted")

    @promise("silent-refusal", "explain/security.md")
    def test_refusals_reach_nothing(self, kit: Kit) -> None:
        """A forged webhook is answered 403 and nothing of it is kept; where nobody is pushed to there is no address."""
        house = kit.house()
        body = kit.sample("receive").body if kit.subject.receives else b"{}"
        name = APP if kit.plan.manifest.app else KIT
        status = house.post(f"/hooks/{name}", body, {"x-forged": "1"})
        wanted = 403 if kit.subject.is_pushed else 404
        expect(status == wanted, f"a forged webhook was answered {status} instead of {wanted}")
        expect(not house.rows("journal"), "a forged webhook was journaled")


def _pushed(kit: Kit) -> bool:
    """Whether the subject is pushed to; where it is not, see that it trusts nobody."""
    if kit.subject.is_pushed:
        return True
    expect(not _trusts(kit.subject, b"{}", {}), "a connector that is not pushed to trusts a request")
    return False


def _trusts(subject: Subject, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        answer = subject.door.authenticate(subject.request(body, headers))
    except Untrusted:
        return False
    return not isinstance(answer, Challenge)


def _with_secret(kit: Kit, environ: Mapping[str, str], reference: Any) -> Subject | None:
    """Build the subject with another secret for its webhooks; None where the settings do not take two."""
    plan, signing = kit.plan, kit.plan.signing
    assert signing is not None
    manifest = plan.manifest
    schema = manifest.settings() if not manifest.app else kit.subject.app.manifest.settings()  # type: ignore[union-attr]
    if isinstance(reference, list) and not isinstance(schema.load_fields.get(signing.secret), SecretsField):
        return None
    own = plan.app_settings if manifest.app else plan.settings
    changed = {**own, signing.secret: reference}
    values = {**plan.secrets(), **environ}
    if manifest.app:
        plan = attrs.evolve(plan, app_settings=changed, environ=values)
    else:
        plan = attrs.evolve(plan, settings=changed, environ=values)
    return Subject.build(plan, kit.platform.url)
