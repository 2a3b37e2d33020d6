"""The register of processing: what each table holds, why, what of it is personal, and how long it stands.

One declaration for each table; a test fails where one is missing, or where a column that is named is not there. The
legal ground is for the agency to fill in, which answers for it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """What one table is for. `personal` are the columns that say something of a person, if any do."""

    table: str
    what: str
    why: str
    kept: str
    personal: tuple[str, ...] = ()


_CASE = "With the case, until the agency's own decision on disposal (gallring)."
_AS_LONG = "As long as it is in use; changed and taken away by the organisation itself."
_SIGNED_IN = "To let in whom the organisation has named, and nobody else."

REGISTER = (
    Record("organisation", "Public bodies: name, number, seat.", "To know whose everything is.", _AS_LONG),
    Record("partnership", "Which organisations show each other more.", "To decide who sees what.", _AS_LONG),
    Record(
        "member",
        "Those who use the product: name or function, e-mail address, roles and why, and what the provider and the "
        "organisation's directory call them.",
        "To let in whom the organisation has named, to know who decided what, and to tell both sides of an agreement "
        "whom to call.",
        "Made nameless `PLATSVERKET_KEEP_MEMBER_DAYS` after it was kept out, or when asked for; its id stays in "
        "decisions.",
        (
            "name",
            "email",
            "department",
            "roles",
            "grants",
            "language",
            "mail_choices",
            "issuer",
            "subject",
            "user_name",
            "external_id",
        ),
    ),
    Record(
        "provisioned_group",
        "Groups of an organisation's directory, and which role each gives, if any.",
        "To take over from the directory who has which role.",
        "Until the directory deletes it.",
    ),
    Record(
        "group_membership",
        "Who is in a group that gives no role.",
        "To tell the directory what it has said.",
        "Until the directory takes the member out, deletes the group or the member, or the member is erased.",
        ("member_id",),
    ),
    Record(
        "access_token",
        "Programs that act as a member: a hash of the token, what it may, when it was used.",
        _SIGNED_IN,
        "Deleted `PLATSVERKET_KEEP_TOKEN_DAYS` after it ran out or was revoked.",
        ("member_id", "name", "last_used_at"),
    ),
    Record(
        "calendar_feed",
        "Calendars of bookings that a member's own programs fetch: a hash of the address, what it shows, when it was "
        "fetched.",
        "To show a member's bookings where the member looks.",
        "Deleted `PLATSVERKET_KEEP_TOKEN_DAYS` after it was revoked, or when the member is made nameless.",
        ("member_id", "name", "department", "last_fetched_at"),
    ),
    Record(
        "webhook_endpoint",
        "Where an organisation's own systems are told of what happens: address and secret, sealed, and of what.",
        "To let an organisation's own systems follow what is agreed.",
        _AS_LONG,
    ),
    Record(
        "webhook_delivery",
        "Which notice such a system was told of, when, and what it answered.",
        "To tell each once, and to show what was not taken.",
        "As the notice.",
    ),
    Record(
        "busy_calendar",
        "Calendars that are read for when a resource is busy: where, sealed, and the times; not what for or by whom.",
        "To keep free what its owner uses itself.",
        _AS_LONG,
    ),
    Record(
        "machine_client",
        "Programs that act as themselves: which member each is, and what its organisation's provider knows it as.",
        _SIGNED_IN,
        "Deleted when the member that it is is made nameless.",
        ("member_id", "last_used_at"),
    ),
    Record(
        "web_session",
        "Who is signed in, where from: the browser's own name, the provider's session.",
        _SIGNED_IN,
        "Deleted when it ends, after `PLATSVERKET_SESSION_HOURS` at most.",
        ("member_id", "browser", "issuer", "subject", "provider_session", "began_at", "seen_at", "confirmed_at"),
    ),
    Record(
        "passkey",
        "Keys by which a member confirms who it is: the public half, what the member calls it, when it was used.",
        "To be sure that it is the member itself who grants roles and takes out cases.",
        "Until the member or an admin removes it, or the member is made nameless.",
        ("member_id", "name", "created_at", "last_used_at"),
    ),
    Record(
        "kept_form",
        "What was typed and could not be sent, and drafts of the organisation.",
        "Nothing that was typed is lost.",
        "An hour; drafts `PLATSVERKET_DRAFT_DAYS` after they were last saved.",
        ("member_id", "content"),
    ),
    Record(
        "upload",
        "Files that were sent to be read in: what they would do or have done, and the cells that are wrong.",
        "To show what a file does before it is done, and what was wrong with it.",
        "Deleted `PLATSVERKET_KEEP_UPLOAD_DAYS` after the last that was done with it, and with its sender's name.",
        ("member_id", "name", "report"),
    ),
    Record(
        "upload_content",
        "Such a file as it was sent.",
        "To read it in when its sender has seen what it would do.",
        "Until it is read in, refused or discarded; a day at most.",
        ("body",),
    ),
    Record(
        "scenario",
        "A coordinator's draft of what would be if: a run with changes, never published.",
        "To see whom a decision would help and hurt before it is made.",
        "Deleted `PLATSVERKET_KEEP_SCENARIO_DAYS` after it was last changed, and with its maker's name.",
        ("member_id", "name"),
    ),
    Record("scenario_outcome", "What such a draft comes to, by ids.", "As the draft.", "As the draft."),
    Record(
        "saved_search",
        "What a member wants to hear of: a search under a name, and which offers it has found.",
        "To tell the member of offers that newly fit.",
        "Until the member removes it, or the member is made nameless.",
        ("member_id", "name", "query", "known", "told"),
    ),
    Record(
        "idempotent_answer",
        "The answer to a program's request, so that sending it again changes nothing.",
        "A request that is sent twice is done once.",
        "`PLATSVERKET_IDEMPOTENCY_HOURS`, a day at most.",
        ("member_id", "body"),
    ),
    Record(
        "audit_entry",
        "Who did what with what, when and why, and who was shown personal data: members by id alone.",
        "To be able to show afterwards who decided what, on which ground.",
        "For good, or until the agency prunes it: it only grows. Whoever asks to be erased is nameless in it, as ids "
        "lead to no name any more.",
        ("actor_id", "words", "details"),
    ),
    Record("audit_seal", "The chain over the audit.", "To show that the audit was not changed.", "As the audit."),
    Record(
        "clock_watch", "When the clock was last looked at.", "No deadline passes by a wrong clock.", "The last one."
    ),
    Record(
        "notice",
        "What an organisation was told.",
        "To tell what happened.",
        "`PLATSVERKET_KEEP_NOTICE_DAYS`.",
        ("member_id", "facts"),
    ),
    Record(
        "mail",
        "To which member, calendar or subscriber a mail went and when, or why it could not be sent; not what stood in "
        "it.",
        "To send each mail once, and to show an administrator whom none reaches.",
        "Deleted `PLATSVERKET_KEEP_MAIL_DAYS` after it was sent or has failed, or when the member is made nameless.",
        ("member_id", "sent_at", "fault"),
    ),
    Record(
        "invitation",
        "To which dates of bookings a room's calendar, or a member's, was invited, and what the room's answered.",
        "To tell calendars what changes, and to take their answers once.",
        "As the booking; a member's is deleted when the member is made nameless.",
        ("member_id", "address"),
    ),
    Record(
        "mail_question",
        "What a reply to a mail may answer, until when, and how a reply was understood; not what stood in it.",
        "To take an answer by mail once, and only as it was asked for.",
        "As the mail.",
        ("to_confirm", "outcome"),
    ),
    Record(
        "mail_item",
        "Which notices a member gets by mail.",
        "To send each notice once to whom it is for.",
        "As the mail, and as the notice.",
        ("member_id",),
    ),
    Record("site", "Addresses, with hours and access.", "To find what lies near.", _AS_LONG),
    Record(
        "resource",
        "What can be lent. A capacity card's name and words may tell who the person is.",
        "To lend it.",
        "As long as it is in use; a capacity card is emptied `PLATSVERKET_KEEP_CARD_DAYS` after it was last changed, "
        "offered or lent, or when asked for.",
        ("name", "description"),
    ),
    Record(
        "photo",
        "What a photo of a resource shows, in words. There are none of people.",
        "To show what is lent.",
        "As its resource; removed by the organisation itself.",
    ),
    Record(
        "photo_image",
        "A photo, made anew without what the camera wrote beside it.",
        "To show what is lent.",
        "As the photo.",
    ),
    Record(
        "damage_report",
        "What whoever scans a thing's label says is wrong with it, with a photo. Nothing of who that was.",
        "To mend what is lent.",
        "Deleted `PLATSVERKET_KEEP_NOTICE_DAYS` after it was made.",
        ("words", "picture"),
    ),
    Record("unit", "What of a resource is taken at a time.", "Nothing is taken twice.", "As its resource."),
    Record("resource_unit", "Which units a resource takes.", "Nothing is taken twice.", "As its resource."),
    Record(
        "claim",
        "When something is taken. The owner's note on a closed period may tell why somebody is away.",
        "Nothing is taken twice.",
        "With the resource; its note is emptied `PLATSVERKET_KEEP_NOTE_DAYS` after the period.",
        ("note",),
    ),
    Record(
        "staff_capacity",
        "Capacity cards: extent, places, languages, when all three say yes, and which member's it is.",
        "To lend people's time, with the yes of the employee, the manager and HR.",
        "As the resource.",
        (
            "extent_percent",
            "remote",
            "municipality_codes",
            "languages",
            "extent_changes",
            "clearance_may_be_needed",
            "people_meant",
            "network",
            "network_hours",
            "approved_during",
            "member_id",
        ),
    ),
    Record(
        "card_approval",
        "Each yes to a capacity card: whose, to what, until when, who said or noted it, how it is known, of whom "
        "it is asked.",
        "To show the card only while the employee, the manager and HR say yes, and to show who decided what.",
        "Deleted when the card is emptied. How a yes is known is emptied when it is taken back or the card changes.",
        ("said", "member_id", "noted_by", "evidence", "asked_of_id", "deputy_id"),
    ),
    Record(
        "staff_skill", "Skills of a capacity card.", "To find who can do it.", "As the card.", ("skill_id", "level")
    ),
    Record(
        "roster",
        "Which capacity cards of an organisation may be called in a crisis, for what and with what notice.",
        "To call for help at once when something happens, within what was agreed.",
        _CASE,
        ("member_id", "name"),
    ),
    Record(
        "roster_card",
        "A capacity card in such a roster.",
        "To know who may be called.",
        "Until the roster ends or the card is taken out.",
    ),
    Record(
        "surge",
        "What has happened in a crisis, to whom, and who raised the alert.",
        "To call for help, and to show how it was done.",
        _CASE,
        ("member_id", "title", "what"),
    ),
    Record("surge_role", "Which people an alert asks for.", "To call for help.", _CASE, ("title",)),
    Record(
        "surge_call",
        "Which capacity cards were called by an alert, and what was answered, when and by whom.",
        "To know who comes.",
        _CASE,
        ("state", "begins", "person_said_yes_at", "answered_at", "member_id"),
    ),
    Record(
        "mobility_wish",
        "What an employee would like to try at another employer: read by that one alone.",
        "To show the employee what fits, and to ask HR when the employee says so.",
        "Deleted `PLATSVERKET_KEEP_WISH_DAYS` after it was taken, ended or expired, or when the member is made "
        "nameless.",
        (
            "member_id",
            "skills",
            "extent_percent",
            "months",
            "earliest",
            "county_codes",
            "remote",
            "languages",
            "words",
            "told",
        ),
    ),
    Record(
        "mobility_interest",
        "What the employee has said of a need that fits, and what became of it.",
        "As the wish.",
        "As the wish. The card that was made is kept as every other.",
        ("wish_id", "need_id", "state"),
    ),
    Record(
        "adviser",
        "Which members answer questions about which skill, and whose.",
        "To put a question to whoever knows.",
        "Until the member takes it away, or is made nameless.",
        ("member_id", "skill_id", "audience"),
    ),
    Record(
        "question",
        "What a member asked about a skill, and to whom HR has passed it on.",
        "To learn from whoever knows, and to find later what was asked before.",
        "Deleted with its answers `PLATSVERKET_KEEP_QUESTION_DAYS` after it has ended.",
        ("member_id", "title", "words", "passed_to_id", "refusal_words"),
    ),
    Record(
        "question_answer",
        "What was answered, and whether the reader may know by whom.",
        "As the question.",
        "As the question; nobody is told any more by whom when the member is made nameless.",
        ("member_id", "words", "named"),
    ),
    Record("skill", "Vocabularies of skills.", "One word for one skill.", "With the product."),
    Record(
        "skill_relation", "What concepts of vocabularies say of others.", "One word for one skill.", "As the skill."
    ),
    Record(
        "skill_release",
        "Which version of a vocabulary is the last.",
        "What it has no more is deprecated.",
        "As the skill.",
    ),
    Record("skill_closure", "What skills count as.", "To find who can do it.", "As the skill."),
    Record(
        "offer",
        "What is offered, to whom, when, on what terms, and who answers for it.",
        "To match offers with needs.",
        _CASE,
        ("member_id", "conditions"),
    ),
    Record(
        "request", "What is asked for and why, and who asked.", "To match.", _CASE, ("member_id", "title", "purpose")
    ),
    Record("need", "One thing that is asked for.", "To match offers with needs.", _CASE, ("title",)),
    Record(
        "matching_run",
        "A run of the optimiser, and who started it.",
        "To show how it was decided.",
        _CASE,
        ("member_id",),
    ),
    Record("run_document", "A run's problem and plan, by ids.", "To repeat a decision.", _CASE),
    Record("run_block", "A part of a run that goes on.", "To share the work.", "Until it is solved."),
    Record("need_outcome", "What a run did with a need, and why.", "To explain decisions.", _CASE),
    Record("proposal", "What was proposed, and what became of it.", "To decide.", _CASE, ("refusal_words",)),
    Record("proposal_line", "What each need was proposed, and why.", "To explain decisions.", _CASE, ("conditions",)),
    Record("proposal_party", "Who has answered what.", "To decide.", _CASE, ("member_id",)),
    Record(
        "loan_confirmation",
        "Who has confirmed which rule for a loan of a person, by which version of the rules.",
        "To show that a loan follows its rules.",
        _CASE,
        ("member_id",),
    ),
    Record("line_claim", "What a proposal would take.", "Nothing is promised twice.", _CASE),
    Record("loan_extension", "Which need asks for which loan to go on.", "To tell what a loan led to.", _CASE),
    Record(
        "booking",
        "What both sides agreed, and the borrower's thanks for a person.",
        "To lend and give back.",
        _CASE,
        ("thanks",),
    ),
    Record(
        "movement",
        "What of a booking went out, came back, was lost, damaged or mended, in what condition, and who noted it.",
        "To know what is where, and whose it is to give back.",
        _CASE,
        ("member_id", "condition"),
    ),
    Record(
        "movement_check",
        "What was gone through as something went out or came back, as it was worded then, and what there was to say.",
        "To agree on what became of it.",
        _CASE,
        ("remark",),
    ),
    Record("checklist", "What an organisation goes through at a hand-over and a return.", "To forget none.", _AS_LONG),
    Record(
        "stocktake",
        "What an organisation has counted, and who opened it.",
        "To know what is there.",
        _CASE,
        ("member_id",),
    ),
    Record(
        "stock_count",
        "How many somebody found of a thing when it was counted.",
        "To know what is there.",
        _CASE,
        ("member_id",),
    ),
    Record(
        "stock_decision",
        "What became of what was missing or turned up when it was counted, and who decided.",
        "To know what is there.",
        _CASE,
        ("member_id",),
    ),
    Record(
        "movement_photo",
        "How something looked when it went out or came back, made anew without what the camera wrote beside it.",
        "To agree on what became of it.",
        "Deleted `PLATSVERKET_KEEP_NOTICE_DAYS` after the movement was noted, once its booking is over.",
        ("body",),
    ),
    Record(
        "paper",
        "What an agreement on a booking, or an addendum to it, says, and its number. It names no person; what stands "
        "in titles and conditions may.",
        "To show what was agreed.",
        _CASE,
        ("content",),
    ),
    Record(
        "paper_file",
        "The paper as a PDF, with the signatures that were taken in: they tell who signed.",
        "As the paper.",
        "As the paper.",
        ("body",),
    ),
    Record("paper_series", "How an organisation numbers its papers.", "No number is given twice.", _AS_LONG),
    Record(
        "hub", "Places where people of several organisations meet: rules, fees, phase.", "To run the hub.", _AS_LONG
    ),
    Record("hub_zone", "Which resources are zones of a hub, and what for.", "To find one's way.", _AS_LONG),
    Record("hub_manifesto", "What members of a hub sign, each version.", "To show what was signed.", "As the hub."),
    Record(
        "hub_role_holder",
        "Which organisations, and which of their members, answer for what at a hub.",
        "To know whom to turn to.",
        "Until the host takes it away; without the member when that one is made nameless.",
        ("member_id",),
    ),
    Record("hub_open_house", "Days on which everybody may come.", "To invite.", _AS_LONG),
    Record(
        "hub_visit",
        "Who comes to a hub without being a member: first name, address, from where, when, and who has invited it.",
        "To ask whoever has the address whether it comes, and to tell the host whom to welcome.",
        "Deleted the day after the visit, when it is cancelled, or two days after it was announced and not confirmed.",
        ("first_name", "comes_from", "email", "language", "member_id", "day"),
    ),
    Record("hub_visitors", "How many visitors a hub had on a day.", "To tell how a hub is used.", _AS_LONG),
    Record(
        "hub_activity",
        "What is on at a hub: what, when, where, and who initiated it.",
        "To meet.",
        "As the hub.",
        ("member_id",),
    ),
    Record(
        "hub_registration",
        "Who has registered for what is on, or stands in line for it, with how many.",
        "To let no more come than there is room for, in the order in which they asked.",
        "Deleted `PLATSVERKET_KEEP_NOTICE_DAYS` after it was over.",
        ("member_id",),
    ),
    Record(
        "hub_membership",
        "Agreements by which organisations are members of hubs: from when, for how many, the fee, and who asked.",
        "To know whose people may be members.",
        _CASE,
        ("member_id",),
    ),
    Record("hub_membership_place", "Which hubs such an agreement covers.", "As the agreement.", "As the agreement."),
    Record(
        "hub_member",
        "Who has applied to a hub, what was answered to its two questions, the first name on the clothes-peg, and how "
        "far the welcome has come.",
        "To let in and welcome those who want to belong to it.",
        "Deleted `PLATSVERKET_KEEP_MEMBER_DAYS` after it has ended, or when the member is made nameless.",
        ("member_id", "aims", "contribution", "first_name", "joined_at", "welcomed"),
    ),
    Record(
        "hub_signature",
        "Who has signed which version of a hub's manifesto, and when.",
        "To show what was signed.",
        "As the membership of the person.",
        ("hub_member_id",),
    ),
    Record(
        "hub_profile",
        "What members of a hub can, want to learn and wonder about, and whom each part is told.",
        "To let members find each other.",
        "Deleted when the member belongs to no hub any more, or is made nameless.",
        ("member_id", "can", "learns", "wonders", "told_to"),
    ),
    Record(
        "hub_contact",
        "Which other members somebody has chosen to tell more, or wants to meet.",
        "To tell what is told to the chosen alone, and to plan days on which those meet who want to.",
        "As the profile of either.",
        ("member_id", "other_id"),
    ),
    Record("hub_letter_plan", "When letters of a hub are drafted.", "To send them.", "Until the host takes it away."),
    Record(
        "hub_letter",
        "What letters of a hub say, as its host has written them, and to how many they went. Names of new members "
        "stand in none: they are filled in for each reader.",
        "To tell what happens at the hub, and to read it again.",
        "As the hub.",
        ("words",),
    ),
    Record(
        "hub_letter_wish",
        "Who wants the weekly letter of a hub, or does not.",
        "To send it to whoever wants it alone.",
        "Until the member is made nameless.",
        ("member_id", "wanted"),
    ),
    Record(
        "newsletter_subscriber",
        "Addresses that get the newsletter of a hub, or have been asked for a confirmation.",
        "To send it to whoever wants it alone.",
        "Until its owner wants it no more; two days where it is not confirmed.",
        ("address", "language", "confirmed_at"),
    ),
    Record(
        "hub_question",
        "What a member asked at a hub, who may read it, and whether they learn by whom.",
        "To learn from each other, and to find later what was asked before.",
        "Deleted with its answers `PLATSVERKET_KEEP_QUESTION_DAYS` after it was last answered; nobody is told any more "
        "by whom when the member is made nameless.",
        ("member_id", "title", "words", "named"),
    ),
    Record(
        "hub_question_answer",
        "What was answered, and whether its readers learn by whom.",
        "As the question.",
        "As the question.",
        ("member_id", "words", "named"),
    ),
    Record(
        "hub_week",
        "On which days of a week a member of a hub plans to come or could, whom it tells so, and which it is told.",
        "To let members meet, and to tell who asks which day to come.",
        "Deleted when the week is over; days that are over are shown to nobody else.",
        ("member_id", "plans", "could", "told_to", "visits", "advised", "answered_at", "moved"),
    ),
    Record(
        "hub_survey",
        "On which days a person had registered for, or planned to come to, a hub; whether it is asked how it was, and "
        "whether it has answered. Read by nobody: counted by quarter.",
        "To ask, once, and to count how many come and come again.",
        "Until the figures of the quarter are closed, a year more where it was asked what the hub is worth, or until "
        "the member is made nameless.",
        ("member_id", "day", "asked", "answered"),
    ),
    Record(
        "hub_answer",
        "What was answered about visits to a hub in a quarter, by nobody that is kept.",
        "To know how good it is, for five answers or more.",
        "As the hub; what was added in words until the figures of the next quarter are closed.",
        ("words",),
    ),
    Record(
        "hub_quarter",
        "A hub's figures of a quarter, of five people or more.",
        "To know whether the hub does what it is for.",
        "As the hub.",
    ),
    Record(
        "hub_initiative",
        "What began when people met at a hub, what has become of it, and who noted it.",
        "To know what the hub brings.",
        "As the hub.",
        ("member_id",),
    ),
    Record(
        "hub_introduction",
        "Which two members of a hub its host proposes to meet, what they could talk about, and how it stands.",
        "To let members meet who have something to give each other, if both wish to.",
        "Deleted `PLATSVERKET_KEEP_NOTICE_DAYS` after it did not come about or has ended, or when one of them is made "
        "nameless.",
        ("one_id", "other_id", "words"),
    ),
    Record(
        "hub_introduction_answer",
        "Who has said yes or no to being introduced.",
        "To tell nobody's name before both have said yes.",
        "Deleted when both have said yes, or it did not come about.",
        ("member_id", "answer"),
    ),
    Record(
        "hub_coffee_guest",
        "Who takes part in a hub's rounds of coffee.",
        "To let those meet who wish to.",
        "Until the member takes part no more, has left the hub, or is made nameless.",
        ("member_id",),
    ),
    Record("hub_coffee_schedule", "How often a hub has a round of coffee.", "To make it.", _AS_LONG),
    Record("hub_coffee_round", "When there was a round of coffee at a hub.", "As who met.", "As the hub."),
    Record(
        "hub_coffee_pair",
        "Who had coffee with whom in a round, or rested.",
        "To let no two meet again while there are others.",
        "Deleted when one of them has left the hub or is made nameless.",
        ("one_id", "other_id"),
    ),
    Record(
        "hub_group",
        "Networks and working groups of members of hubs, and who began them.",
        "To let those meet who have something in common.",
        "As the hub.",
        ("member_id",),
    ),
    Record(
        "hub_group_member",
        "Who is in such a group, whether the others in it are told its first name and organisation, and a hash of the "
        "address by which it reads the group's calendar.",
        "To show the group to those who are in it.",
        "Until it leaves, belongs to no hub any more, or is made nameless.",
        ("member_id", "named"),
    ),
    Record(
        "inquiry",
        "What a requester was asked, who asked, and the answer.",
        "To find something that does.",
        _CASE,
        ("member_id", "words"),
    ),
    Record(
        "loan_withdrawal",
        "That a yes to an agreed loan of a person was taken back, and what became of the loan.",
        "To decide.",
        _CASE,
    ),
    Record("shortfall", "Of which bookings how much is missing, and what becomes of them.", "To decide.", _CASE),
    Record(
        "later_end",
        "That a borrower asks to keep what is lent for longer, why, and the answer.",
        "To agree on it.",
        _CASE,
        ("words",),
    ),
    Record("bundle_decision", "What becomes of the rest of what belongs together.", "To decide.", _CASE),
)
GROUND = "*to be filled in by the agency*"


def as_markdown() -> str:
    """Return the register as a page."""
    rows = [
        f"| `{each.table}` | {each.what} | {each.why} | {', '.join(f'`{name}`' for name in each.personal) or '–'} "
        f"| {each.kept} | {GROUND if each.personal else '–'} |"
        for each in REGISTER
    ]
    return "\n".join(
        [
            "# Register of processing",
            "",
            "What the product keeps, why, what of it may be personal data, and for how long. No table holds",
            "personal identity numbers, photographs of people, ratings or appraisals. `platsverket retention apply`",
            "forgets what is past its time; the scheduler does so every hour. `platsverket person export` and",
            "`platsverket person erase` are for what one person asks for. Free text (titles, purposes, words with a",
            "refusal) is not searched for names: who writes it answers for it.",
            "",
            "| table | what | why | personal | kept | legal ground |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )
