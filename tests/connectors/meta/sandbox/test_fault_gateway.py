"""A whole gateway under each fault of the menu: nothing is lost, doubled or out of order, and it says what happened."""

import sqlite3

import pytest
from processes import wait_for

pytestmark = pytest.mark.timeout(300)
OPEN = ("waiting", "started", "uncertain")


class Both:
    """The gateway and the sandbox of a test, and what is known on both sides."""

    def __init__(self, scene, folder):
        self.meta, self.crm, self.start, self.reply = scene
        self._store = folder / "store.db"
        self.start()

    def order(self, fault, **more):
        """Order a fault, the next time unless it says something else."""
        wanted = more if {"rate", "next"} & more.keys() else {"next": 1, **more}
        return self.meta.control("POST", "faults", {"fault": fault, **wanted})

    def rows(self, statement):
        """Ask the gateway's store."""
        db = sqlite3.connect(f"file:{self._store}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(statement).fetchall()
        finally:
            db.close()

    def sends(self):
        """Return (state, code) of each message to WhatsApp, the oldest first."""
        return self.rows("SELECT state, code FROM deliveries WHERE target = 'shop' AND verb = 'send' ORDER BY id")

    def open(self):
        """Tell the CRM of a first message, so that there is a conversation with an open window."""
        self.meta.write("hello")
        wait_for("the first message at the CRM", self.crm.messages)

    def answers(self):
        """Return the texts of the business on the phone."""
        return [one["content"]["body"] for one in self.meta.chat() if one["from"] == "business"]

    def statuses(self):
        """Return the statuses that the CRM was told."""
        return [call.status for call in self.crm.calls if call.status]


@pytest.fixture
def both(scene, tmp_path):
    """Run a gateway behind a sandbox."""
    return Both(scene, tmp_path)


@pytest.mark.parametrize("fault", ["duplicate", "delay", "batch", "webhook_drop_before", "webhook_drop_after"])
def test_whatever_befalls_a_webhook_each_message_comes_once_in_order(both, fault):
    """Every second one meets the fault."""
    both.meta.control("PATCH", "faults", {"seed": 1})
    both.order(fault, rate=0.5, **({} if fault.startswith("webhook") else {"seconds": 0.2}))
    written = [both.meta.write(f"message {number}") for number in range(12)]
    wait_for("all at the CRM", lambda: len(both.crm.messages()) >= 12)
    wait_for("no webhook to wait", lambda: both.meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert both.meta.control("GET", "faults")["injected"][fault] >= 3
    assert [call.message for call in both.crm.messages()] == written


def test_an_overtaken_message_comes_once_where_the_platform_brought_it(both):
    """The others keep their order; what the platform promises to nobody, nobody can mend."""
    first = both.meta.write("first")
    both.order("reorder", seconds=1.0)
    late = both.meta.write("late")
    others = [both.meta.write(f"message {number}") for number in range(5)]
    wait_for("all at the CRM", lambda: len(both.crm.messages()) >= 7)
    assert [call.message for call in both.crm.messages()] == [first, *others, late]


def test_receipts_before_the_answer_are_not_lost(both):
    """They wait until the message has its name."""
    both.open()
    both.order("receipts_early")
    both.reply("Yes")
    wait_for("the CRM to hear of it", lambda: "delivered" in both.statuses())
    wait_for("the send to be settled", lambda: both.sends() == [("sent", "")])
    assert both.answers() == ["Yes"]


def test_receipts_that_never_come_stop_nothing(both):
    """The message counts as sent, and the next one goes out."""
    both.open()
    both.order("receipts_never")
    both.reply("Yes")
    both.reply("In blue")
    wait_for("both on the phone", lambda: both.answers() == ["Yes", "In blue"])
    wait_for("both to be settled", lambda: both.sends() == [("sent", ""), ("sent", "")])


def test_a_call_that_was_done_and_not_answered_is_proven_by_its_receipt(both):
    """It counts as sent, and is on the phone once."""
    both.open()
    both.order("drop_after", call="send")
    both.reply("Yes")
    both.reply("In blue")
    wait_for("both to be settled", lambda: [state for state, _ in both.sends()] == ["sent", "sent"])
    assert both.answers() == ["Yes", "In blue"]


@pytest.mark.parametrize("fault", ["drop_before", "server_error", "html"])
def test_a_call_that_was_not_done_and_not_refused_is_never_repeated(both, fault):
    """From here nobody can know; it is looked into, and what comes behind it waits for that."""
    both.open()
    both.order(fault, call="send")
    both.reply("Yes")
    wait_for("it to be looked into", lambda: [state for state, _ in both.sends()] == ["uncertain"])
    both.reply("In blue")
    wait_for("the second to be stored", lambda: len(both.sends()) == 2)
    assert [state for state, _ in both.sends()] == ["uncertain", "waiting"]
    assert both.answers() == []
    ((reason,),) = both.rows("SELECT reason FROM deliveries WHERE state = 'uncertain'")
    assert reason.startswith("shop could not send")


def test_an_answer_that_is_a_page_with_200_is_no_answer(both):
    """What was done is told by a receipt, and none comes."""
    both.open()
    both.order("html", status=200, call="send")
    both.reply("Yes")
    wait_for("it to be looked into", lambda: [state for state, _ in both.sends()] == ["uncertain"])


@pytest.mark.parametrize("told", [{"hint": 1}, {"code": 4}, {"code": 80007}, {"code": 131056}])
def test_a_call_too_many_goes_out_later(both, told):
    """Once, and in its order."""
    both.open()
    both.order("rate_limit", call="send", **told)
    both.reply("Yes")
    both.reply("In blue")
    wait_for("both on the phone", lambda: both.answers() == ["Yes", "In blue"])
    wait_for("both to be settled", lambda: [state for state, _ in both.sends()] == ["sent", "sent"])


def test_a_fault_that_meta_names_is_tried_again(both):
    """Meta says that nothing was sent."""
    both.open()
    both.order("meta_fault", next=2)
    both.reply("Yes")
    wait_for("it on the phone", lambda: both.answers() == ["Yes"])


@pytest.mark.parametrize(
    ("fault", "code"), [("token_revoked", "190"), ("account_locked", "131031"), ("unpaid", "131042")]
)
def test_what_a_human_has_to_mend_pauses_the_endpoint(both, fault, code):
    """Nothing is lost meanwhile; after `connectors resume` it goes out in order."""
    both.open()
    both.order(fault, call="send")
    both.reply("Yes")
    both.reply("In blue")
    paused = "SELECT reason FROM endpoint_states WHERE paused_at IS NOT NULL"
    wait_for("the endpoint to be paused", lambda: both.rows(paused))
    assert code in both.rows(paused)[0][0]
    assert both.answers() == []
    assert both.start("resume", "shop").wait() == 0
    wait_for("both on the phone", lambda: both.answers() == ["Yes", "In blue"])


@pytest.mark.parametrize("at_once", [False, True])
def test_a_closed_window_is_told_to_the_crm(both, at_once):
    """By a status or in the answer, with Meta's code; the next message goes out."""
    both.open()
    both.order("window_closed")
    if at_once:
        both.order("refused_at_once")
    both.reply("Yes")
    wait_for("the CRM to hear of it", lambda: "failed" in both.statuses())
    both.reply("In blue")
    wait_for("the next on the phone", lambda: "In blue" in both.answers())
    assert at_once == (both.sends()[0] == ("refused", "131047"))


def test_a_paused_template_is_refused_and_holds_up_nothing(both):
    """It is not tried again."""
    both.open()
    both.order("template_paused")
    both.reply("", parts=[{"part": "template", "name": "hello_world", "language": "en_US"}])
    wait_for("it to be refused", lambda: both.sends() == [("refused", "132015")])
    both.reply("In blue")
    wait_for("the next on the phone", lambda: both.answers()[-1:] == ["In blue"])


def test_a_file_arrives_whatever_befalls_its_calls(both):
    """Looked up and loaded again until its bytes are those that were announced."""
    both.order("drop_before", call="media")
    both.order("html", call="download", status=200)
    both.order("server_error", call="download")
    answer = both.meta.session.post(
        f"{both.meta.url}/sandbox/customers/sheena/files",
        files={"file": ("plant.png", b"\x89PNG\r\n" * 1000, "image/png")},
        timeout=20,
    )
    assert answer.ok
    wait_for("the file to be kept", lambda: both.rows("SELECT state, size FROM media") == [("kept", 6000)])
