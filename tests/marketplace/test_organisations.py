"""Organisations, members, partners and tokens."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from core.actor import Actor, Permission, Role
from core.database.audit import AuditEntry, history
from core.errors import BadInput, Conflict, NotAllowed, NotFound, VersionChanged
from core.time import clock
from marketplace.organisations import queries, rules, service
from marketplace.organisations.models import AccessToken, OrganisationKind
from marketplace.organisations.queries import OrganisationSearch
from marketplace.organisations.rules import MemberDraft, OrganisationDraft, Scope
from tests import builders

AGENCY = OrganisationKind.STATE_AGENCY
VINNOVA = OrganisationDraft("Vinnova", AGENCY, "Stockholm", short_name="Vinnova", number="2021005216")
LEAD = MemberDraft("Projektledare", "projektledare@vinnova.example.se", frozenset({Role.REQUESTER}))


@pytest.fixture
def admin(session: Session) -> Actor:
    return builders.actor(session, roles=["admin"])


class TestOrganisations:
    def test_registering_keeps_the_seat_and_a_number_with_a_hyphen(self, session: Session) -> None:
        row = service.register_organisation(session, builders.coordinator(session), VINNOVA)
        assert (row.municipality_code, row.county_code, row.number) == ("0180", "01", "202100-5216")

    @pytest.mark.parametrize(
        ("values", "wrong"),
        [
            ({"name": " "}, "name"),
            ({"municipality": "Atlantis"}, "municipalityCode"),
            ({"number": "202100-5217"}, "number"),  # the check digit is 6
            ({"number": "12"}, "number"),
            ({"number": "556459-9156"}, "number"),  # a company's number on a state agency
            ({"short_name": "x" * 41}, "shortName"),
        ],
    )
    def test_a_draft_that_cannot_be_right(self, values: dict[str, str], wrong: str) -> None:
        with pytest.raises(BadInput) as refused:
            OrganisationDraft(**({"name": "Vinnova", "kind": AGENCY, "municipality": "0180"} | values))
        assert refused.value.parameters[0].property == wrong

    def test_a_persons_number_is_refused_and_not_repeated(self) -> None:
        with pytest.raises(BadInput, match="person's number") as refused:
            OrganisationDraft("Vinnova", AGENCY, "0180", number="19121212-1212")
        assert "1212" not in str(refused.value)

    def test_only_coordinators_register(self, session: Session, admin: Actor) -> None:
        with pytest.raises(NotAllowed) as refused:
            service.register_organisation(session, admin, VINNOVA)
        assert refused.value.code == "coordinator_only"

    def test_the_same_name_twice_is_a_conflict(self, session: Session) -> None:
        service.register_organisation(session, None, VINNOVA)
        with pytest.raises(Conflict, match="Vinnova"):
            service.register_organisation(session, None, VINNOVA)

    def test_an_admin_renames_its_own_organisation_but_not_its_kind(self, session: Session, admin: Actor) -> None:
        home = queries.organisation(session, admin.organisation_id)
        renamed = OrganisationDraft("Nya myndigheten", AGENCY, home.municipality_code)
        assert service.update_organisation(session, admin, home.id, renamed, if_version=1).version == 2
        with pytest.raises(VersionChanged):
            service.update_organisation(session, admin, home.id, renamed, if_version=1)
        other = OrganisationDraft("Nya myndigheten", OrganisationKind.REGION, home.municipality_code)
        with pytest.raises(NotAllowed, match="coordinator"):
            service.update_organisation(session, admin, home.id, other)

    def test_changing_to_what_stands_there_writes_nothing(self, session: Session) -> None:
        row = service.register_organisation(session, None, VINNOVA)
        before = len(session.exec(select(AuditEntry)).all())
        assert service.update_organisation(session, None, row.id, VINNOVA).version == 1
        assert len(session.exec(select(AuditEntry)).all()) == before

    def test_search_by_text_kind_and_county(self, session: Session) -> None:
        service.register_organisation(session, None, VINNOVA)
        builders.organisation(session, name="Region Jämtland Härjedalen", kind=OrganisationKind.REGION)

        def names(**search: object) -> list[str]:
            found = queries.organisations(session, OrganisationSearch(**search))  # type: ignore[arg-type]
            return [row.name for row in found.items]

        assert names(text="vinn") == ["Vinnova"]
        assert names(text="%") == []
        assert names(kind=OrganisationKind.REGION) == ["Region Jämtland Härjedalen"]
        assert names(county_code="01") == ["Vinnova"]
        assert names() == ["Region Jämtland Härjedalen", "Vinnova"]


class TestMembers:
    def test_an_admin_adds_members_to_its_own_organisation_only(self, session: Session, admin: Actor) -> None:
        row = service.add_member(session, admin, admin.organisation_id, LEAD, "R")
        assert queries.actor_for(session, row.id).may(Permission.REQUEST)
        with pytest.raises(NotAllowed):
            service.add_member(session, admin, builders.organisation(session).id, LEAD, "R")

    def test_an_admin_makes_nobody_a_coordinator(self, session: Session, admin: Actor) -> None:
        grand = MemberDraft("Samordnare", "s@example.se", frozenset({Role.COORDINATOR}))
        with pytest.raises(NotAllowed, match="coordinator"):
            service.add_member(session, admin, admin.organisation_id, grand, "R")
        boss = builders.coordinator(session)
        assert service.add_member(session, boss, admin.organisation_id, grand, "R").roles == ["coordinator"]

    def test_an_admin_does_not_change_a_coordinator(self, session: Session, admin: Actor) -> None:
        home = queries.organisation(session, admin.organisation_id)
        boss = builders.member(session, home, roles=["coordinator"])
        for roles in (frozenset[Role](), frozenset({Role.COORDINATOR})):
            with pytest.raises(NotAllowed):
                service.update_member(session, admin, boss.id, MemberDraft(boss.name, "mine@example.se", roles))
        colleague = builders.member(session, home)
        renamed = MemberDraft("Lokalsamordnare", colleague.email, frozenset({Role.LISTER}))
        assert service.update_member(session, admin, colleague.id, renamed, reason="R").name == "Lokalsamordnare"

    def test_an_address_belongs_to_one_member(self, session: Session, admin: Actor) -> None:
        service.add_member(session, admin, admin.organisation_id, LEAD, "R")
        with pytest.raises(Conflict):
            service.add_member(session, admin, admin.organisation_id, LEAD, "R")

    @pytest.mark.parametrize("values", [{"name": ""}, {"email": "nobody"}, {"language": "de"}])
    def test_a_draft_that_cannot_be_right(self, values: dict[str, str]) -> None:
        with pytest.raises(BadInput) as refused:
            MemberDraft(**({"name": "N", "email": "n@example.se"} | values))
        assert refused.value.parameters[0].property == next(iter(values))

    def test_members_are_seen_at_home_and_by_coordinators(self, session: Session, admin: Actor) -> None:
        stranger, boss = builders.actor(session), builders.coordinator(session)
        assert queries.members(session, admin, admin.organisation_id).total == 1
        assert queries.members(session, boss, admin.organisation_id).total == 1
        assert queries.members(session, stranger, admin.organisation_id).total == 0

    def test_an_inactive_member_is_nobody(self, session: Session) -> None:
        gone = builders.member(session, active=False)
        with pytest.raises(NotFound):
            queries.actor_for(session, gone.id)
        assert gone.id not in {row.id for row, _ in queries.members_to_choose(session)}

    def test_coordinators_may_be_chosen_however_many_others_there_are(self, session: Session) -> None:
        home = builders.organisation(session, name="Arvika")
        for _ in range(3):
            builders.member(session, home, roles=["lister", "requester"])
        boss = builders.member(session, builders.organisation(session, name="Övertorneå"), roles=["coordinator"])
        chosen = queries.members_to_choose(session, limit=2)
        assert [home.name for _, home in chosen] == ["Arvika", "Övertorneå"]
        assert chosen[1][0].id == boss.id

    def test_a_member_is_kept_out_with_its_tokens_until_let_in_again(self, session: Session, admin: Actor) -> None:
        home = queries.organisation(session, admin.organisation_id)
        colleague = builders.actor(session, home)
        text, row = service.issue_token(session, colleague, colleague.member_id, "Skript", scopes=[Scope.READ], days=1)
        for _ in range(2):
            assert not service.deactivate_member(session, admin, colleague.member_id).active
        assert queries.actor_for_token(session, text, clock.now()) is None
        with pytest.raises(NotFound):
            queries.actor_for(session, colleague.member_id)
        assert queries.members(session, admin, home.id).total == 2  # to be found again
        assert service.activate_member(session, builders.coordinator(session), colleague.member_id).active
        assert queries.actor_for_token(session, text, clock.now()) == (colleague, row)
        done = [entry.to_state for entry in history(session, "member", colleague.member_id)]
        assert done == ["inactive", "active"]

    def test_who_keeps_whom_out(self, session: Session, admin: Actor) -> None:
        home = queries.organisation(session, admin.organisation_id)
        colleague, boss = builders.actor(session, home), builders.coordinator(session, home)
        stranger = builders.actor(session, roles=["admin"])
        for actor, member_id, refused in (
            (stranger, colleague.member_id, NotFound),  # as of a member that is not there
            (colleague, admin.member_id, NotAllowed),
            (admin, boss.member_id, NotAllowed),  # only coordinators change somebody who coordinates
        ):
            for use_case in (service.deactivate_member, service.activate_member):
                with pytest.raises(refused):
                    use_case(session, actor, member_id)


class TestPartners:
    def test_partners_are_made_both_ways_once(self, session: Session) -> None:
        one, other = builders.organisation(session), builders.organisation(session)
        assert service.make_partners(session, None, one.id, other.id)
        assert not service.make_partners(session, None, other.id, one.id)
        assert queries.partners_of(session, one.id) == [other]
        assert queries.partners_of(session, other.id) == [one]

    def test_nobody_makes_partners_of_its_own_accord(self, session: Session, admin: Actor) -> None:
        with pytest.raises(NotAllowed):
            service.make_partners(session, admin, admin.organisation_id, builders.organisation(session).id)

    def test_an_organisation_is_not_its_own_partner(self, session: Session) -> None:
        one = builders.organisation(session)
        with pytest.raises(BadInput):
            service.make_partners(session, None, one.id, one.id)


class TestTokens:
    def test_a_token_is_its_member_until_it_expires(self, session: Session) -> None:
        someone = builders.actor(session)
        text, row = service.issue_token(
            session, someone, someone.member_id, "Bokningssystemet", scopes=[Scope.READ], days=30
        )
        now = clock.now()
        assert queries.actor_for_token(session, text, now) == (someone, row)
        assert queries.actor_for_token(session, text, now + timedelta(days=31)) is None
        assert queries.actor_for_token(session, text + "x", now) is None
        assert text not in str(session.get(AccessToken, row.id))

    def test_a_revoked_token_is_worthless_and_revoked_once(self, session: Session) -> None:
        someone = builders.actor(session)
        text, row = service.issue_token(session, someone, someone.member_id, "Skript", scopes=[Scope.WRITE], days=1)
        service.revoke_token(session, someone, row.id)
        assert queries.actor_for_token(session, text, clock.now()) is None
        with pytest.raises(Conflict):
            service.revoke_token(session, someone, row.id)
        assert queries.tokens_of(session, someone) == [row]

    @pytest.mark.parametrize("role", ["lister", "admin", "coordinator", "hr"])
    def test_nobody_makes_a_token_that_acts_as_somebody_else(self, session: Session, role: str) -> None:
        home = builders.organisation(session)
        maker, colleague, stranger = (
            builders.actor(session, home, roles=[role]),
            builders.actor(session, home),
            builders.actor(session),
        )
        for other in (colleague.member_id, stranger.member_id, UUID(int=7)):
            with pytest.raises(NotAllowed) as refused:
                service.issue_token(session, maker, other, "Skript", scopes=[Scope.READ], days=1)
            assert refused.value.code == "not_yourself"
        _, row = service.issue_token(session, None, colleague.member_id, "Skript", scopes=[Scope.READ], days=1)
        assert row.member_id == colleague.member_id, "the operator of the installation names whom"
        with pytest.raises(NotFound):
            service.revoke_token(session, stranger, row.id)

    def test_a_token_may_do_what_its_maker_may_at_each_use(self, session: Session) -> None:
        maker = builders.actor(session, roles=["coordinator"])
        text, _ = service.issue_token(session, maker, maker.member_id, "Skript", scopes=[Scope.WRITE], days=1)
        queries.member(session, maker.member_id).roles = ["requester"]
        session.flush()
        found = queries.actor_for_token(session, text, clock.now())
        assert found is not None
        assert found[0].roles == {Role.REQUESTER}

    @pytest.mark.parametrize("how", ["revoked", "revoked in its row", "expired in its row", "kept out"])
    def test_no_token_outlives_what_it_was_made_by(self, session: Session, how: str) -> None:
        maker = builders.actor(session)
        texts, row = [], None
        for _ in range(3):
            text, made = service.issue_token(
                session, maker, maker.member_id, "Skript", scopes=[Scope.READ], days=9, within=row
            )
            texts.append(text)
            row = made if row is None or len(texts) < 3 else row
            oldest = queries.tokens_of(session, maker)[-1]
        apart, _ = service.issue_token(session, maker, maker.member_id, "Annat", scopes=[Scope.READ], days=9)
        now = clock.now()
        assert all(queries.actor_for_token(session, text, now) for text in texts)
        match how:
            case "revoked":
                service.revoke_token(session, maker, oldest.id)
                assert [each.revoked_at is None for each in queries.tokens_of(session, maker)] == [True] + [False] * 3
            case "revoked in its row":
                oldest.revoked_at = now
            case "expired in its row":
                oldest.expires_at = now
            case "kept out":
                service.deactivate_member(session, None, maker.member_id)
        session.flush()
        assert [queries.actor_for_token(session, text, now) for text in texts] == [None] * 3
        assert (queries.actor_for_token(session, apart, now) is None) is (how == "kept out")

    def test_a_member_has_so_many_tokens_and_no_more(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "MOST_TOKENS", 2)
        maker = builders.actor(session)

        def issue() -> AccessToken:
            return service.issue_token(session, maker, maker.member_id, "Skript", scopes=[Scope.READ], days=1)[1]

        first, _second = issue(), issue()
        with pytest.raises(Conflict):
            issue()
        service.revoke_token(session, maker, first.id)
        issue()

    def test_an_admin_sees_and_revokes_the_tokens_of_its_members(self, session: Session, admin: Actor) -> None:
        home = queries.organisation(session, admin.organisation_id)
        colleague, stranger = builders.actor(session, home), builders.actor(session, roles=["admin"])
        _, row = service.issue_token(session, colleague, colleague.member_id, "Skript", scopes=[Scope.READ], days=1)
        assert queries.tokens_of(session, admin, colleague.member_id) == [row]
        with pytest.raises(NotFound):
            queries.tokens_of(session, stranger, colleague.member_id)
        with pytest.raises(NotAllowed):
            queries.tokens_of(session, colleague, admin.member_id)
        assert service.revoke_token(session, admin, row.id).revoked_at is not None

    def test_a_token_makes_none_that_may_do_more_or_lasts_longer(self, session: Session) -> None:
        someone = builders.actor(session)

        def issue(scopes: list[Scope], days: int, within: AccessToken | None = None) -> AccessToken:
            key = someone.member_id
            return service.issue_token(session, someone, key, "Skript", scopes=scopes, days=days, within=within)[1]

        held = issue([Scope.WRITE], 10)
        assert issue([Scope.WRITE], 9, held).expires_at < held.expires_at
        assert issue([Scope.WRITE], 11, held).expires_at == held.expires_at
        with pytest.raises(NotAllowed):
            issue([Scope.READ, Scope.WRITE], 1, held)

    @pytest.mark.parametrize(("scopes", "days", "wrong"), [([], 1, "scopes"), ([Scope.READ], 0, "days")])
    def test_a_token_that_cannot_be_right(self, session: Session, scopes: list[Scope], days: int, wrong: str) -> None:
        someone = builders.actor(session)
        with pytest.raises(BadInput) as refused:
            service.issue_token(session, someone, someone.member_id, "Skript", scopes=scopes, days=days)
        assert refused.value.parameters[0].property == wrong


def test_each_grant_and_withdrawal_of_a_role_is_in_the_audit(session: Session):
    admin = builders.actor(session, roles=["admin"])
    asked = MemberDraft(name="Bokningen", email="b@example.se", roles=frozenset({Role.LISTER}))
    row = service.add_member(session, admin, admin.organisation_id, asked, "Ny på jobbet")
    service.update_member(session, admin, row.id, replace(asked, roles=frozenset({Role.HR})), reason="Ny tjänst")
    entries = [(each.words, each.details) for each in history(session, "member", row.id) if each.words]
    assert entries == [
        ("Ny på jobbet", {"roles": ["lister"]}),
        ("Ny tjänst", {"granted": ["hr"], "withdrawn": ["lister"]}),
    ]
