"""Two sides that change the owner at any moment, with news on their way in any order: never two who believe it."""

from datetime import UTC, datetime

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors_core.errors import NotInControl
from connectors_core.model import (
    NATIVE_APP,
    OTHER,
    OURS,
    ConversationRef,
    Handover,
    HandoverAction,
    Message,
    Origin,
    Text,
)
from connectors_core.switchboard import ELSEWHERE, THEIRS, Control, Switchboard

NOW = 1_800_000_000.5
IDLE = 3600.0
BOARD = Switchboard(
    name="page",
    responders=("bot", "desk"),
    idle=IDLE,
    owners={"11": OURS, "22": NATIVE_APP},
    controls=frozenset(HandoverAction),
)
WHOSE = ConversationRef(endpoint="page", account="1", id="7")


def said(writer, origin=Origin.AGENT):
    """Return what a responder writes."""
    at = datetime.fromtimestamp(NOW, UTC)
    return Message(
        endpoint=writer, account=writer, id="m", at=at, parts=[Text(body="x")], origin=origin, conversation=WHOSE
    )


def moved(action, new="", *, by="page", at=NOW, **more):
    """Return a handover."""
    moment = datetime.fromtimestamp(at, UTC)
    return Handover(endpoint=by, account=by, id="h", at=moment, action=HandoverAction(action), new_owner=new, **more)


OPS = ("person", "native", "app", "gives", "lets_go", "bot", "agent", "to_native", "release", "wait", "deliver")


@attrs.define
class World:
    """A platform that routes conversations, this program beside it, and what is on its way between them."""

    now: float = NOW
    thread: str = OURS
    control: Control = attrs.field(factory=Control)
    flying: list = attrs.field(factory=list)
    newest: float = 0.0
    heard: float = 0.0
    silent: bool = False

    def tell(self, kind, **told):
        """Send news to us; it arrives some time."""
        self.flying.append((kind, self.now, told))
        self.newest, self.silent = self.now, False

    def take(self, who):
        """Somebody else takes the thread: one that is idle, or their own, without a word."""
        before, self.thread = self.thread, who
        if before == OURS:
            self.tell("take", new="22" if who == NATIVE_APP else "99")
        elif before != who:
            self.silent = True

    def person(self):
        """Let the person write: an idle thread goes to the default app, which is ours."""
        self.thread = self.thread or OURS
        self.tell("person", standby=self.thread != OURS)

    def native(self):
        """Let a human answer in the native inbox."""
        self.take(NATIVE_APP)
        self.tell("echo", app="22")

    def app(self):
        """Another app takes the thread."""
        self.take(OTHER)

    def gives(self):
        """Whoever else has it passes it to us."""
        if self.thread in ELSEWHERE:
            self.thread = OURS
            self.tell("pass", new="11")

    def lets_go(self):
        """Whoever else has it lets it go, which is told to nobody."""
        if self.thread in ELSEWHERE:
            self.thread = ""

    def bot(self):
        """Let the bot write if it believes that it may."""
        try:
            self.control = BOARD.responder_wrote(self.control, said("bot", Origin.BOT), self.now)
        except NotInControl:
            return
        self._call(agent=False)

    def agent(self):
        """Let an agent write; the thread is taken where that is needed."""
        self.control = BOARD.responder_wrote(self.control, said("desk"), self.now)
        self._call(agent=True)

    def _call(self, *, agent):
        if self.thread in ELSEWHERE and not agent:
            self._found(OTHER)
            return
        self.thread = OURS
        if self.control.held == THEIRS:
            self._found(OURS)

    def _found(self, who):
        self.control = BOARD.told(self.control, moved("take", who, at=self.now), self.now, own=True)
        self.newest = self.heard = self.now
        self.silent = False

    def to_native(self):
        """Let an agent pass the conversation to the native inbox."""
        self._ask("pass", NATIVE_APP)

    def release(self):
        """Let an agent give the conversation back."""
        self._ask("release")

    def _ask(self, action, new=""):
        wish = moved(action, new, by="desk", origin=Origin.AGENT, at=self.now)
        self.control, forward = BOARD.asked(self.control, wish, self.now)
        if forward is HandoverAction.TAKE:
            self.thread = OURS
        elif forward is HandoverAction.PASS:
            self.thread = NATIVE_APP
        elif forward is HandoverAction.RELEASE and self.thread == OURS:
            self.thread = ""

    def wait(self):
        """Let the idle time pass, at both sides."""
        self.now += IDLE
        self.thread = ""
        if self.control.until is not None and self.control.until <= self.now:
            self.control, forward = BOARD.lapsed(self.control, self.now)
            if forward is HandoverAction.TAKE:
                self.thread = OURS

    def deliver(self, which=0):
        """One piece of news arrives, whichever."""
        if not self.flying:
            return
        kind, at, told = self.flying.pop(which % len(self.flying))
        self.heard = max(self.heard, at)
        if kind == "person":
            self.control = BOARD.person_wrote(self.control, at, self.now, **told)
        elif kind == "echo":
            self.control = BOARD.echoed(self.control, told["app"], at, self.now, standby=True)
        else:
            self.control = BOARD.told(self.control, moved(kind, told["new"], at=at), self.now)

    @property
    def two_believe(self):
        """Whether one of ours and somebody else both believe that they may answer."""
        return self.thread in ELSEWHERE and BOARD.owner(self.control, self.now) in BOARD.responders


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 9)), max_size=40))
def test_two_never_both_believe_that_they_may_answer_once_the_news_has_arrived(steps):
    """Whatever both sides do, and however news is delayed and exchanged: the newest that arrived settles it."""
    world = World()
    for name, which in steps:
        world.now += 0.01
        if name == "deliver":
            world.deliver(which)
        else:
            getattr(world, name)()
        if world.heard >= world.newest and not world.silent:
            assert not world.two_believe, (name, world)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 9)), max_size=40))
def test_of_our_own_responders_one_at_a_time_believes_it_once_all_were_told(steps):
    """Each hears of every change, in its order."""
    world, believes, moves = World(), {"bot": True, "desk": False}, 0
    for name, which in steps:
        world.now += 0.01
        before = world.control
        if name == "deliver":
            world.deliver(which)
        else:
            getattr(world, name)()
        if world.control.moves != before.moves:
            assert world.control.moves > moves
            moves = world.control.moves
            told = BOARD.owner(world.control, world.now)
            believes = {one: one == told for one in believes}
        assert sum(believes.values()) <= 1
        assert not [one for one, may in believes.items() if may and BOARD.owner(world.control, world.now) != one]
