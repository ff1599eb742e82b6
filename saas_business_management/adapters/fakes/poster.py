"""A receiver of what is posted that takes everything, and knows what it got by its id."""

from ...kernel.integration.answer import Answer
from ..poster import Parcel
from .faults import Faults


class FakePoster(Faults):
    """`Poster` in memory; `answer` is what it says, `arrived` how often each message came."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer(status=200)
        self.arrived: dict[str, int] = {}

    def send(self, parcel: Parcel) -> Answer:
        """Take a parcel."""
        self._about_to("send")
        name = parcel.headers.get("Saas-Message-Id", parcel.url)
        self.arrived[name] = self.arrived.get(name, 0) + 1
        return self.answer
