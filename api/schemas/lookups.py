"""What the API says about itself."""

from typing import Self

from api.schemas.base import Wire


class ApiInfo(Wire):
    """Facts about this API, as the national REST API profile asks for."""

    api_name: str
    api_version: str
    api_released: str
    api_documentation: str
    api_status: str

    @classmethod
    def example(cls) -> Self:
        """Return what this version answers."""
        return cls(
            api_name="Platsverket",
            api_version="1.0.0",
            api_released="2026-11-21",
            api_documentation="/developers",
            api_status="beta",
        )
