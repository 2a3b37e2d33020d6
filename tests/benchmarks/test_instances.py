import numpy as np
import pytest

from benchmarks.contestants.contestants import RunParams
from benchmarks.harness.judging import judged
from benchmarks.instances import assigning, fetching, packing, running

# Two agents, three jobs. Cheapest: job 1 and 2 with agent 1 (2 + 3), job 3 with agent 2 (1).
ONE = "2 3  2 3 9  4 4 1  2 2 5  3 3 2  4 4"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "e02003").write_text(ONE)
    (tmp_path / "gap1.txt").write_text(f"2 {ONE} {ONE}")
    (tmp_path / "jobs.txt").write_text("3\t10\t0\t0\n0\t0\t5\t6\n1\t4\t9\t6\n2\t5\t9\t4\n")
    return tmp_path


def test_a_file_holds_one_instance_or_several(folder):
    assert [instance.name for instance in assigning.read(folder / "e02003")] == ["e02003"]
    both = list(assigning.read(folder / "gap1.txt"))
    assert [instance.name for instance in both] == ["gap1-1", "gap1-2"]
    assert [instance.most for instance in both] == [True, True]


def test_costs_are_made_least_and_profits_most(folder):
    least = next(assigning.read(folder / "e02003"))
    most = next(assigning.read(folder / "gap1.txt"))
    assert points(least, agents=[0, 0, 1]) == 2 + 3 + 1
    assert points(most, agents=[0, 0, 1]) == 2 + 3 + 1
    worth = {name: judged(one.arrays(), chosen([0, 0, 1]))[0] for name, one in (("least", least), ("most", most))}
    assert worth["least"] > worth["most"]  # cheap, and so of little profit


def points(instance, agents):
    worth, served = judged(instance.arrays(), chosen(agents))
    return instance.points_of(worth, served)


def chosen(agents):
    return np.array([(2 * job + agent, 1) for job, agent in enumerate(agents)])


def test_a_known_instance_is_solved_and_compared(folder):
    instances = [next(assigning.read(folder / "e02003"))]
    (row,) = running.assigned(instances, "highs", RunParams(5))
    assert row["found"] == row["bound"] == 6
    assert row["unserved"] == 0
    assert row["gap"] is None  # nobody has published this one


def test_the_best_known_values_are_named_by_their_papers():
    known = assigning.known()
    assert known["gap1-1"] == assigning.Known(most=True, best=336, bound=336)
    assert known["d05100"].best == 6353
    assert known["e801600"].best == 176820
    assert all(one.bound <= one.best for one in known.values())


def test_as_few_servers_as_will_do(folder):
    jobs = packing.read(folder / "jobs.txt")
    assert jobs.fewest() == 2
    (row,) = running.packed([jobs], "cp-sat-rows", RunParams(5))
    assert (row["servers"], row["fewest"]) == (2, 2)


def test_names_in_archives_stay_inside_the_folder():
    assert "/" not in fetching._flat("gap_c/../../c05100")
    assert fetching._flat("gap_c/c05100") == "c05100"
    assert fetching._flat("c05100") == "c05100"
