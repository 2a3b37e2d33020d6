"""What jobs are called in messages: the same on both sides, and for good."""

import importlib

import pytest

from core.jobs import JOB_MODULES, SWEEPS, Job, app


@pytest.fixture(scope="module", autouse=True)
def _jobs() -> None:
    for module in JOB_MODULES:
        importlib.import_module(module)


def test_every_job_is_there_under_its_name_and_no_other():
    own = {name for name in app.tasks if not name.startswith("celery.")}
    assert own == {job.value for job in Job}


@pytest.mark.parametrize("job", list(Job))
def test_no_name_has_a_path_in_it(job: Job):
    assert "." not in job, "code moves, and messages of before have still to be understood"


def test_every_sweep_is_scheduled():
    assert set(SWEEPS.values()) == {job for job in Job if job.startswith("sweep-")}
