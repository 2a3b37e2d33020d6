"""`/api/v1/networks`: who may be lent by the hour, in numbers, and how evenly the load is shared."""

from litestar import Controller, get
from litestar.di import NamedDependency
from sqlmodel import Session

from api.schemas.searching.networks import NetworkOut, NetworksOut
from core.actor import Actor
from marketplace.networks.standing import standings


class Networks(Controller):
    """See the networks."""

    path = "/networks"
    tags = ("skills",)

    @get("/", operation_id="listNetworks", sync_to_thread=True, summary="List networks of skills / Lista nätverk")
    def search(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor]) -> NetworksOut:
        """List the networks of skills whose people are lent for some hours: how many, for how much, and how evenly.

        A capacity card joins by its `network` and `networkHours`; a need of staff asks one by `requirements.network`.
        """
        return NetworksOut(networks=[NetworkOut.of(each) for each in standings(session, actor)])
