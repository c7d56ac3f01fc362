"""From a message that was read to our answer: what the behaviour decides, what it does to the depot, what is said.

A fault may end the link before the answer or after it; the list of that message is then taken over, or not, as the
fault says.
"""

from __future__ import annotations

from mockpilot.cms import behaviour
from mockpilot.cms.link import Link
from mockpilot.cms.parting import drop_for
from mockpilot.cms.reading import Inbound
from mockpilot.cms.sending import carry_out, send
from mockpilot.history.events import BootRead, DepotChanged
from mockpilot.protocol.envelope import Action, Envelope, MessageType
from mockpilot.protocol.vocabulary import Unreadable, read_payload


def act_on(link: Link, inbound: Inbound) -> None:
    """Take note of a message of the presystem and answer it; nothing is said on a link that is ending."""
    if inbound.envelope is None:
        _refuse_unknown(link, inbound)
        return
    violations = link.session.receive(inbound.envelope)
    _note_boot(link, inbound.envelope)
    answer = behaviour.answer(link.world, link.presystem_id, inbound.envelope, violations)
    _answer(link, inbound, inbound.envelope, answer)
    if inbound.dropped_by is not None:
        drop_for(link, inbound.dropped_by, inbound.index)
    link.world.on_occasion()


def _refuse_unknown(link: Link, inbound: Inbound) -> None:
    refusal = behaviour.refuse_unknown(link.world, inbound.slots)
    if refusal is not None and link.ending is None:
        send(link, refusal)


def _note_boot(link: Link, request: Envelope) -> None:
    if (request.action, request.message_type) != (Action.BOOT_NOTIFICATION, MessageType.REQUEST):
        return
    boot = read_payload(link.world.dialect, request.action, request.message_type, request.payload)
    if not isinstance(boot, Unreadable):
        link.world.recorder.record(BootRead(link=link.number, key=boot.key, presystem_kind=str(boot.kind)))


def _answer(link: Link, inbound: Inbound, request: Envelope, answer: behaviour.Answer | None) -> None:
    dropped_by = inbound.dropped_by
    if dropped_by is not None and dropped_by.fault.when == "before-answer":
        _apply(link, answer, request, applied=dropped_by.fault.applied)
    elif answer is not None and link.ending is None:
        fate = link.world.injector.fate_of(answer.envelope, link.occasion)
        _apply(link, answer, request, applied=fate.applied)
        carry_out(link, fate, answer.envelope)
    else:
        _apply(link, answer, request, applied=True)  # it came in time, and nobody is there for the answer


def _apply(link: Link, answer: behaviour.Answer | None, request: Envelope, *, applied: bool) -> None:
    if answer is None or answer.apply is None:
        return
    result = answer.apply(applied)
    link.world.recorder.record(
        DepotChanged(
            link=link.number, what="list applied" if result.applied else "list not applied",
            presystem_id=link.presystem_id, message_id=request.message_id, created=tuple(result.created),
            changed=tuple(result.changed), deleted=tuple(result.deleted), detail=result.error or "",
        )
    )  # fmt: skip
