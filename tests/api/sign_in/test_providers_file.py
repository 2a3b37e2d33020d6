"""The file of identity providers: what may stand in it, and every fault told at once."""

from pathlib import Path

import pytest

from api.http.openid.providers import claimed_organisations, read_providers
from core.errors import BadInput

RIGHT = {
    "key": '"one"',
    "name": '"One"',
    "issuer": '"https://id.example"',
    "client_id": '"c"',
    "organisations": '"any"',
}


def written(tmp_path: Path, *tables: dict[str, str]) -> Path:
    path = tmp_path / "providers.toml"
    path.write_text("".join("[[provider]]\n" + "".join(f"{n} = {v}\n" for n, v in table.items()) for table in tables))
    return path


def refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as error:
        read_providers(path)
    return [(each.property, each.reason) for each in error.value.parameters]


def test_what_is_right_is_read(tmp_path):
    [found] = read_providers(
        written(tmp_path, RIGHT | {"issuer": '"https://id.example/tenant/"', "organisations": '["2120002627"]'})
    )
    assert (found.issuer, found.organisations) == ("https://id.example/tenant", ("212000-2627",))
    assert "none" not in found.algorithms
    assert not any(each.startswith("HS") for each in found.algorithms)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("key", '"Två ord"', "pattern"),
        ("name", '""', "at least 1 character"),
        ("issuer", '"http://id.example"', "https://"),
        ("issuer", '"id.example"', "https://"),
        ("organisations", '["212000-2628"]', "not an organisation number"),
        ("organisations", '"all"', "or a list of organisation numbers"),
        ("algorithms", '["RS256", "HS256"]', "HS256 is not allowed"),
        ("algorithms", '["none"]', "none is not allowed"),
        ("organisation_from", '"domain"', "'claims' or 'provider'"),
        ("secret", '"x"', "not permitted"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, field, value, reason):
    [(where, why), *_] = refused(written(tmp_path, RIGHT | {field: value}))
    assert where.startswith(f"sign_in_providers.provider[0].{field}")
    assert reason in why


def test_all_faults_of_all_providers_are_told_at_once(tmp_path):
    found = refused(written(tmp_path, RIGHT | {"issuer": '"ftp://x"', "key": '""'}, {"key": '"two"'}))
    assert [where.removeprefix("sign_in_providers.") for where, _why in found] == [
        "provider[0].key",
        "provider[0].issuer",
        "provider[1].name",
        "provider[1].issuer",
        "provider[1].client_id",
        "provider[1].organisations",
    ]


def test_who_has_to_be_sure_says_of_what(tmp_path):
    assert "sure_acr or sure_amr" in refused(written(tmp_path, RIGHT | {"sure_only": "true"}))[0][1]


def test_who_stands_for_one_organisation_names_one(tmp_path):
    assert "exactly one" in refused(written(tmp_path, RIGHT | {"organisation_from": '"provider"'}))[0][1]


def test_two_of_one_key_or_issuer(tmp_path):
    assert [why for _where, why in refused(written(tmp_path, RIGHT, RIGHT))] == [
        "two providers have the same key",
        "two providers have the same issuer",
    ]


@pytest.mark.parametrize("text", ["", "provider = 7", "[[provider", "\x00"])
def test_no_file_of_providers(tmp_path, text):
    path = tmp_path / "providers.toml"
    path.write_text(text)
    assert refused(path)[0][0] == "sign_in_providers"
    assert refused(tmp_path / "none")[0][0] == "sign_in_providers"


NUMBER, AFFILIATION = "https://id.oidc.se/claim/orgNumber", "https://id.oidc.se/claim/orgAffiliation"


@pytest.mark.parametrize(
    ("claims", "numbers"),
    [
        ({NUMBER: "2120002627"}, ["212000-2627"]),
        ({NUMBER: "162120002627"}, ["212000-2627"]),
        ({AFFILIATION: "hk123@2120002627"}, ["212000-2627"]),
        ({AFFILIATION: ["a@2120002627", "c@212000-0142"]}, ["212000-2627", "212000-0142"]),
        (
            {
                NUMBER: "2120002627",
                AFFILIATION: "a@2120002627",
            },
            ["212000-2627"],
        ),
        ({NUMBER: "2120002628"}, []),
        ({NUMBER: 2120002627}, []),
        ({NUMBER: {"a": 1}}, []),
        ({"email": "someone@212000-2627"}, []),
        ({"orgNumber": "2120002627"}, []),
    ],
)
def test_organisations_are_found_in_the_claims_of_the_swedish_profile_only(claims, numbers):
    assert claimed_organisations(claims) == numbers
