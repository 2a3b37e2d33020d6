"""`/api/v1/api-info`: which API this is."""

from litestar import Controller, get

from api.schemas.lookups import ApiInfo


class Information(Controller):
    """What the API says about itself. Needs no token."""

    path = "/api-info"
    tags = ("about",)
    security = ({},)

    @get("/", operation_id="readApiInfo", sync_to_thread=False, summary="About this API / Om detta API")
    def read(self) -> ApiInfo:
        """Tell name, version, release date, documentation and status of the API."""
        return ApiInfo.example()
