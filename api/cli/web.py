"""`serve`: the web process, in the foreground. Apart from `processes`, which would load all pages for nothing."""

from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.cli.database import check_role
from api.cli.processes import check_port
from api.http.patience import PatientProtocol
from core.database import embedded
from core.settings import check_serves, settings
from core.telemetry.export import export_traces
from core.telemetry.listening import Place, show_metrics


def serve(
    host: Annotated[str | None, typer.Option(help="Left out: the setting.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Left out: the setting.")] = None,
) -> None:
    """Serve pages and API."""
    host, port = host or settings().host, port or settings().port
    check_serves(host)
    check_port(host, port)
    with embedded.database():
        check_role()
        app = create_app()
        show_metrics(Place.WEB)
        export_traces()
        uvicorn.run(
            app,
            http=PatientProtocol,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            proxy_headers=bool(settings().trusted_proxies),
            forwarded_allow_ips=settings().trusted_proxies,
            timeout_graceful_shutdown=5,
        )
