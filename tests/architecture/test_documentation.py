"""Documents that cannot rot: what they name exists, what they count is so, and what they tell to run runs."""

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from api.cli.main import app as command_line
from api.language.labels import label
from core.settings import SECRET, Settings
from marketplace.importing.header import kinds
from marketplace.importing.kinds import Kind
from marketplace.importing.reading import words
from marketplace.planning.options.climate import DAILY_KM
from marketplace.planning.options.policy import (
    HALF_KG,
    MEANINGS,
    MOST_DOUBLINGS,
    POLICIES,
    VALUES,
    Criteria,
    terms_of,
    value_of,
)
from marketplace.requests.models import Priority
from resources.families.emissions import CAR, VAN
from resources.families.vehicle import FUELS

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "competence", "core", "hubs", "marketplace", "matching", "migrations", "resources", "retention")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
sys.path.insert(0, str(ROOT / "scripts"))
from write_reference import PAGES_OF_REFERENCE  # noqa: E402  (scripts are no package)

GUIDES = ROOT / "docs" / "guides"
README = ROOT / "README.md"
DOCUMENTS = sorted([README, ROOT / "samples" / "README.md", *(ROOT / "docs").rglob("*.md")])
TOLD_TO_USERS = [
    README,
    ROOT / "samples" / "README.md",
    ROOT / "docs" / "operating.md",
    ROOT / "docs" / "policies.md",
    *sorted(GUIDES.glob("*.md")),
]
POLICY_PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
POLICY_NAMES = tuple(POLICIES)
MOST_SIZE = 2**MOST_DOUBLINGS
IMPORT_GUIDE = (GUIDES / "import.md").read_text(encoding="utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", PAGES_OF_REFERENCE)
def test_a_reference_page_is_what_the_code_gives(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == PAGES_OF_REFERENCE[name](), f"docs/{name} is older than the code: run make docs"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_relative_links_lead_somewhere(document):
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{named(document)} links to {link}, which is not there"
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), f"{named(document)} links to {link}, but there is no such heading"


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_code_names_documents_that_exist():
    for source in SOURCES:
        for document in re.findall(r"\bdocs/[\w/-]+\.md\b", source.read_text(encoding="utf-8")):
            assert (ROOT / document).exists(), f"{named(source)} names {document}, which is not there"


def test_the_threat_model_names_tests_that_exist():
    named_there = re.findall(r"`(tests/[^`]+)`", (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8"))
    assert len(named_there) > 10
    assert [each for each in named_there if not (ROOT / each).exists()] == []


def test_what_is_said_of_application_security_is_complete_and_its_tests_exist():
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert len({row[0] for row in rows}) == len(rows) == sum(line.startswith("| ") for line in _numbered(text)) == 253
    assert {row[3] for row in rows} == {"held", "not applicable", "not held"}
    told = {state: sum(row[3] == state for row in rows) for state in ("held", "not applicable", "not held")}
    assert (
        "Of {} requirements {} are held, {} are not applicable and {} are not held.".format(len(rows), *told.values())
        in text
    )
    assert [row[0] for row in rows if row[3] != "held" and row[4] == "–"] == [], "say why"
    assert [row[0] for row in rows if row[3] == "held" and row[4] == row[5] == "–"] == [], "say how"
    shown = {each for row in rows for each in re.findall(r"`(tests/[^`]+)`", row[5])}
    assert [each for each in shown if not _is_test(each)] == []


def _numbered(text: str) -> list[str]:
    return re.findall(r"^\| \d.*$", text, re.MULTILINE)


def _is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    return (ROOT / path).exists() and f"def {function}(" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", TOLD_TO_USERS, ids=named)
def test_commands_exist(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for code in _code(document):
        assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets, code
        for words_after in re.findall(r"\bplatsverket((?: +[^\s#|&]+)+)", code):
            _check_command(words_after.split(), f"{named(document)}: platsverket{words_after}")


def _code(document: Path) -> list[str]:
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [line for block in blocks for line in block.splitlines()] + spans


def _check_command(given: list[str], where: str) -> None:
    """Follow the words to a command, and look up its options."""
    command: Any = typer.main.get_command(command_line)
    while given and hasattr(command, "commands"):
        if given[0] in {"…", "..."}:
            return
        context = typer.Context(command)
        found = command.get_command(context, given[0])
        assert found is not None, f"{where}: there is no such command"
        command, given = found, given[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = {word.partition("=")[0] for word in given if word.startswith("-")}
    assert options <= known | {"--help"}, f"{where}: there is no {', '.join(sorted(options - known))}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_settings_exist(document):
    known = {f"PLATSVERKET_{name.upper()}" for name in Settings.model_fields}
    known |= {"PLATSVERKET_", *(f"PLATSVERKET_{name.upper()}_FILE" for name in SECRET)}
    assert set(re.findall(r"PLATSVERKET_[A-Z_]+", document.read_text(encoding="utf-8"))) <= known


def test_the_readmes_solver_commands_run(tmp_path):
    lines = [line for line in _code(README) if re.search(r"platsverket (solve|check) ", line)]
    assert [re.search(r"platsverket (\w+)", line)[1] for line in lines] == ["solve", "check"]
    for line in lines:
        _, *arguments = shlex.split(line, comments=True)
        placed = [
            str(tmp_path / each if each == "plan.json" else ROOT / each) if "." in each else each for each in arguments
        ]
        outcome = CliRunner().invoke(command_line, placed)
        assert outcome.exit_code == 0, f"{line}: {outcome.output}"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_the_guide_to_importing_has_every_column_and_no_other(kind: Kind):
    section = re.search(rf"^## [^\n]*`{kind.files[0]}\.csv`\n(.*?)(?=^## )", IMPORT_GUIDE, re.MULTILINE | re.DOTALL)
    assert section, f"docs/guides/import.md has no section about {kind.files[0]}.csv"
    rows = re.findall(r"^\| \*(.+?)\* \| (.+?) \| (yes)? *\| .+ \|$", section[1], re.MULTILINE)
    assert rows == [(each.swedish, each.english, "yes" if each.required else "") for each in kind.columns]


@pytest.mark.parametrize("name", [name for name in dir(words) if name.isupper()])
def test_the_guide_to_importing_has_every_word(name):
    section = IMPORT_GUIDE.partition("\n## Words\n")[2]
    for name_of, code in getattr(words, name).items():
        assert f"`{code}`" in section, f"docs/guides/import.md does not tell of {code}"
        assert name_of == code or f"*{name_of}*" in section, f"docs/guides/import.md does not tell of {name_of}"


@pytest.mark.parametrize("name", [name for name in dir(words) if name.isupper()])
def test_importing_understands_the_words_of_the_screens(name):
    known = getattr(words, name)
    for code in known.values():
        screen = label(code)
        assert screen.lower() == code.lower() or known.get(screen.lower()) is code, f"{name}: {screen}"


def test_the_page_of_the_policies_has_their_points_as_they_are():
    assert re.findall(r"^\| \*([^*|]+)\* \| `(\w+)` \|", POLICY_PAGE, re.MULTILINE) == [
        (label(name, "policy"), name) for name in POLICY_NAMES
    ]
    told = dict(zip(MEANINGS, _numbers(POLICY_PAGE, r"^\| \*[^*|]+\*((?: \| [\d,]+){5}) \| "), strict=True))
    assert told == {name: [getattr(POLICIES[each].weights, name) for each in POLICY_NAMES] for name in MEANINGS}
    assert [f"| *{label(name, 'weight')}* |" for name in MEANINGS] == re.findall(
        r"^(\| \*[^*|]+\* \|)(?: [\d,]+ \|){5} [^\n]*\w", POLICY_PAGE, re.MULTILINE
    )
    values = [each[0] for each in _numbers(POLICY_PAGE, r"^\| \*[^*|]+\* \| ([\d,]+) \|$")]
    assert values == [VALUES[each] for each in Priority]
    assert f"less than {min(VALUES.values()):,}" in POLICY_PAGE


def test_the_page_of_the_policies_says_how_many_needs_outbid_a_crisis():
    told = _numbers(POLICY_PAGE, r"^\| \*[^*|]+\*((?: \| \d+){5}) \|$")
    policies = [POLICIES[name] for name in POLICY_NAMES]
    assert told == [
        [_needs_to_outbid_a_crisis(policy, priority) for policy in policies]
        for priority in Priority
        if priority is not Priority.CRISIS
    ]


def test_the_page_of_the_policies_says_what_a_crisis_is_worth_on_one_of_its_dates():
    [(dates, points, needs)] = re.findall(r"with (\d+) dates ([\d,]+) points a date, which (\d+)\s", POLICY_PAGE)
    assert int(points.replace(",", "")) * int(dates) == VALUES[Priority.CRISIS]
    assert int(needs) == _needs_to_outbid_a_crisis(POLICIES["balanced"], Priority.ORDINARY, int(dates))


def _needs_to_outbid_a_crisis(policy, priority, dates=1):
    weights = policy.weights
    crisis = (value_of(policy, Priority.CRISIS, size=1, early=0) - weights.greatest_loss) // dates
    other = value_of(policy, priority, size=MOST_SIZE, early=99) + weights.give_and_take + weights.stability
    return crisis // other + 1


def test_the_example_of_the_policies_is_computed_right():
    rooms = (
        Criteria(oversize=2 / 8, wishes=0, distance_m=10_000, co2e_kg=6 * 20 * 1.3 * CAR.g_per_km / 1000),
        Criteria(
            oversize=18 / 24, wishes=1, distance_m=1_000, cost_sek=2_000, co2e_kg=6 * 2 * 1.3 * CAR.g_per_km / 1000
        ),
    )
    a, b = (sum(terms_of(POLICIES["balanced"], room).values()) for room in rooms)
    serving = value_of(POLICIES["balanced"], Priority.ORDINARY, size=6, early=0)
    assert f"| Together | −{-a:,} | −{-b:,} |" in POLICY_PAGE
    assert f"{a - b} points better" in POLICY_PAGE
    assert f"= {serving + a:,}\npoints, and B {serving + b:,}" in POLICY_PAGE
    thrifty = [int(sum(terms_of(POLICIES["thrifty"], room).values())) for room in rooms]
    for points in (-thrifty[0], -thrifty[1], thrifty[0] - thrifty[1]):
        assert f"{points:,}" in POLICY_PAGE.partition("By *Inget slöseri*")[2][:200]


def test_the_page_of_the_policies_has_what_a_kilometre_emits():
    told = dict(re.findall(r"^\| (?:`(\w+)`|[^|`]+) \| (\d+) \| ", POLICY_PAGE, re.MULTILINE))
    del told[""]  # people and furniture, below
    assert told == {fuel.value: str(factor.g_per_km) for fuel, factor in FUELS.items()}
    assert f"| average car (people) | {CAR.g_per_km} |" in POLICY_PAGE
    assert f"| van (furniture) | {VAN.g_per_km} |" in POLICY_PAGE
    assert f"{DAILY_KM} km a day" in POLICY_PAGE
    assert f"lost at {HALF_KG:,} kg" in POLICY_PAGE


def _numbers(text: str, row: str) -> list[list[int]]:
    return [
        [int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", found)]
        for found in re.findall(row, text, re.MULTILINE)
    ]
