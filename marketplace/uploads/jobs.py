"""The background entries of uploads: checking and writing files that members have sent."""

from uuid import UUID

from core.database import db
from core.jobs import Job, job
from core.time import clock
from marketplace.uploads import service, work


@job(Job.WORK_ON_UPLOAD)
def work_on_upload(upload_id: str) -> None:
    """Check or write a file. Arriving twice, or too late, it does nothing."""
    work.work_on(UUID(upload_id))


@job(Job.SWEEP_UPLOADS)
def sweep_uploads() -> None:
    """Send again what a dead worker left, and throw away what nobody has decided about."""
    if clock.was_set():  # whoever lives says so before the next sweep
        return
    with db.unit_of_work() as session:
        service.send_lost_again(session)
