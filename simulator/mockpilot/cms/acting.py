"""What armed faults do unasked: bring messages in, drop links, make the CMS forget. Done as soon as the fault may.

Whoever sees something happen calls ``act``: a message passed, a link opened, a fault was armed or fired, time went by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockpilot.cms.link import Link
from mockpilot.cms.parting import drop
from mockpilot.cms.sending import depart
from mockpilot.cms.server import Server
from mockpilot.faults.injector import Armed, Occasion
from mockpilot.faults.striking import means_link
from mockpilot.history.events import DepotChanged

Fired = Callable[[str, str, int | None, int | None], None]


class Acting:
    """The unasked doings of one episode's faults.

    Args:
        server: whose links are meant.
        fired: told of each fault that strikes, before it does.
    """

    def __init__(self, server: Server, fired: Fired) -> None:
        self._server, self._fired = server, fired
        self._busy = False

    def act(self) -> None:
        """Do whatever is due by now; what that sets off is done in the same go."""
        if self._busy:
            return
        self._busy = True
        try:
            while self._do_all():
                pass
            self._press()
        finally:
            self._busy = False

    def _do_all(self) -> bool:
        done = [self._do(armed) for armed in self._server.world.injector.acts(self._now)]
        return any(done)

    def _press(self) -> None:
        injector = self._server.world.injector
        for armed in injector.presses():
            for link in self._server.live_links():
                if not injector.is_open(armed, self._now):
                    link.pressure.end(armed.name)
                elif injector.strikes_link(armed, link.occasion):
                    self._fired(armed.name, armed.fault.do, None, link.number)
                    link.pressure.begin(armed)

    @property
    def _now(self) -> float:
        return self._server.world.clock.now()

    def _meant(self, armed: Armed) -> Iterator[Link]:
        for link in self._server.live_links():
            if means_link(armed.fault.selects, link.number, link.presystem_id):
                yield link

    def _do(self, armed: Armed) -> bool:
        match armed.fault.do:
            case "inject":
                return self._inject(armed)
            case "drop":
                return self._drop(armed)
            case "refuse":
                return self._refuse(armed)
        return self._forget(armed)

    def _inject(self, armed: Armed) -> bool:
        world = self._server.world
        struck = [link for link in self._meant(armed) if world.injector.strikes_link(armed, link.occasion)]
        for link in struck:
            self._fired(armed.name, armed.fault.do, None, link.number)
            depart(link, world.injector.injected(armed, link.presystem_id, world.clock.stamp()))
        return bool(struck)

    def _drop(self, armed: Armed) -> bool:
        meant = list(self._meant(armed))
        if armed.acted_on or not meant or not self._server.world.injector.strikes_link(armed, meant[-1].occasion):
            return False
        self._fired(armed.name, armed.fault.do, None, meant[-1].number)
        for link in meant:
            drop(link, armed.fault, armed.name)
        return True

    def _refuse(self, armed: Armed) -> bool:
        now, until_s = self._now, armed.fault.selects.until_s
        if armed.acted_on or not self._server.world.injector.strikes_link(armed, Occasion(now)):
            return False
        self._fired(armed.name, armed.fault.do, None, None)
        if until_s is None:
            self._server.close_port()
        else:
            self._server.tcp.close_for(armed.at + until_s - now)
        return True

    def _forget(self, armed: Armed) -> bool:
        occasion = self._moment(armed)
        if armed.acted_on or occasion is None or not self._server.world.injector.strikes_link(armed, occasion):
            return False
        self._fired(armed.name, armed.fault.do, None, None)
        if armed.fault.how != "sessions":
            self._forget_requests(occasion.presystem_id)
        if armed.fault.how != "requests":
            for link in self._meant(armed):
                link.session.forget()
        return True

    def _moment(self, armed: Armed) -> Occasion | None:
        """The present for a fault that needs no link; None while the link that it names is not there."""
        named = armed.fault.selects.link
        if isinstance(named, int):
            return next((link.occasion for link in self._meant(armed)), None)
        return Occasion(self._now, presystem_id=named or "")

    def _forget_requests(self, presystem_id: str) -> None:
        world = self._server.world
        for account in world.accounts.values():
            if presystem_id in ("", account.presystem_id):
                lost = tuple(map(world.dialect.spelling.out, world.site.requests_of(account.presystem_id)))
                world.site.forget(account.presystem_id)
                world.recorder.record(
                    DepotChanged(what="requests forgotten", presystem_id=account.presystem_id, deleted=lost)
                )  # fmt: skip
