"""The contract itself: a connector that can be built, imported and configured as the program needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from connectors_core.errors import ConnectorsError, SettingsError, defect
from connectors_core.settings.fields import SecretField, SecretsField
from connectors_core.testing.cases import CARE
from connectors_core.testing.kit import Kit
from connectors_core.testing.promises import broken, expect, promise

_IMPORT = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system"):
        sys.stderr.write(event)
        sys.stderr.flush()
        __import__("os")._exit(7)
sys.path[:0] = sys.argv[2:]
sys.addaudithook(refuse)
__import__(sys.argv[1])
"""


class Contract:
    """What holds before any message."""

    @promise("samples", "guides/conformance.md")
    def test_samples_can_be_read(self, kit: Kit) -> None:
        """Every sample can be read, and says in a sentence what it shows."""
        found = kit.plan.samples
        expect(not found.problems, "; ".join(found.problems))
        expect(found.all, f"there is no sample in {found.folder}")
        dumb = [str(one) for one in found.all if not str(one.about).strip()]
        expect(not dumb, f"{', '.join(dumb)}: `about` is empty")

    @promise("build", "hooks/index.md")
    def test_it_can_be_built(self, kit: Kit) -> None:
        """The program finds the connector by its name and builds it from settings; manifest and hooks agree."""
        try:
            subject = kit.subject
        except SettingsError as error:
            broken(error.text)
        expect(subject.endpoint.manifest.title, "the manifest has no title")

    @promise("import", "explain/security.md")
    def test_importing_it_does_nothing(self, kit: Kit) -> None:
        """Importing a connector neither uses the network nor starts a program."""
        module = kit.plan.connector.__module__
        paths = [path for path in sys.path if path and Path(path).exists()]
        done = subprocess.run(  # noqa: S603 - this interpreter, with the connector's own module
            [sys.executable, "-c", _IMPORT, module, *paths], capture_output=True, text=True, timeout=60, check=False
        )
        said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        expect(done.returncode == 0, f"the import of {module} ended with {done.returncode}: {said[0]}")

    @promise("secrets-by-reference", "reference/settings.md")
    def test_secrets_are_references(self, kit: Kit) -> None:
        """A secret stands in the settings by reference alone, and no text of the settings shows it."""
        subject, plan = kit.subject, kit.plan
        shown = f"{subject.settings.endpoints!r} {subject.settings.apps!r}"
        leaked = [name for name, value in plan.secrets().items() if value in shown]
        expect(not leaked, f"the settings' repr shows the value of {', '.join(leaked)}")
        schema: Any = plan.manifest.settings()
        fields = schema.load_fields
        odd = [name for name, field in fields.items() if _sounds_secret(name) and not _is_secret(field)]
        expect(not odd, f"{', '.join(odd)} sounds like a secret and is no SecretField")
        for name in (name for name, field in fields.items() if isinstance(field, SecretField)):
            try:
                plan.load(plan.document(kit.platform.url, **{name: "written-here-in-plain"}))
            except SettingsError:
                continue
            broken(f"{name} may stand in the settings as it is")

    @promise("unknown-settings", "reference/settings.md")
    def test_unknown_settings_are_refused(self, kit: Kit) -> None:
        """A key that the connector does not know is refused at start, so that a misspelt one cannot be ignored."""
        plan = kit.plan
        try:
            plan.load(plan.document(kit.platform.url, kit_novelty="x"))
        except SettingsError as error:
            expect(any("kit_novelty" in problem.path for problem in error.problems), f"the problem says: {error.text}")
            return
        broken("the key kit_novelty, which nobody knows, was accepted")

    @promise("check-away", "hooks/care.md")
    def test_check_says_what_is_wrong(self, kit: Kit) -> None:
        """With the other side away, `check` and `plan` say so; they neither break off nor show a secret."""
        subject = kit.subject
        for name in sorted({"check", "plan"} & subject.endpoint.verbs):
            kit.platform.begin()
            try:
                found = subject.endpoint.check(()) if name == "check" else subject.endpoint.plan("")
                words = " ".join(map(str, found))
            except ConnectorsError as error:
                words = error.text
            except Exception as error:  # noqa: BLE001 - that is what is promised not to be
                broken(f"{name} broke off: {defect(error)}")
            leaked = [variable for variable, value in kit.plan.secrets().items() if value in words]
            expect(not leaked, f"{name} shows the value of {', '.join(leaked)}")

    @promise("care-samples", "guides/conformance.md")
    def test_care_hooks_have_samples(self, kit: Kit) -> None:
        """Every hook of the care family that the connector has is shown by a sample."""
        bare = sorted(hook for hook in kit.subject.endpoint.verbs & set(CARE) if not kit.plan.samples.of(hook))
        expect(not bare, f"there is no sample for {', '.join(bare)}")

    @promise("care", "hooks/care.md")
    def test_care_hooks_answer_their_samples(self, kit: Kit, cared: object) -> None:
        """The hooks of the care family make the calls of their samples and return what the samples say."""
        if cared is None:
            return
        from connectors_core.testing import care  # noqa: PLC0415 - one module for what one test needs

        care.try_sample(kit, cared)  # type: ignore[arg-type]


def _is_secret(field: object) -> bool:
    return isinstance(field, SecretField | SecretsField)


def _sounds_secret(name: str) -> bool:
    return any(word in name.split("_") for word in ("secret", "token", "password"))
